"""Wordings that are there and yet mean something else: a pain likened to a blade, a joint that
is out and therefore cannot lift, a nose that is blocked beside a throat."""

import re

_REACH = 24
# A blow that was dealt ends the search: then it is told, not likened.
_DEALT = r"(?!찔[렸려림]|쑤셔|베[였었]|맞았|박[혔혀]|꽂[혔혀]|칼부림|흉기)"
_LIKENED = re.compile(
    rf"(?:{_DEALT}[^|]){{0,20}}?(?:찌르|쑤시|베|후비|긋|도려내|찢|쪼개|에)"
    r"(?:(?:는|ㄴ)?듯|는(?:것|거|느낌|기분|통증)(?:같|처럼|마냥|이|을|$)?)"
    r"|(?:가슴|배|등|옆구리|목|명치)(?:쪽|한쪽)?(?:이|가|도)(?:콕콕|쿡쿡|막|자꾸|계속|푹푹)*찌[르른]"
    rf"|(?:{_DEALT}[^|]){{0,20}}?(?:찔린|베인|맞은)(?:것|거)?(?:처럼|마냥|듯이?(?:아[프파]|통증|욱신))"
)
_FROM = {
    "torso_wound": _LIKENED,
    "stabbed": _LIKENED,
    "penetrated_trunk": _LIKENED,
    "penetrating_injury": _LIKENED,
    "torso_injury": _LIKENED,
    "chest_pain": re.compile(r"심장이?(?:좀|막|자꾸|계속)?이상하게(?:좀|막|자꾸|계속)?뛰"),
    # Pallor of a face is no blow to it, and what came out below was not vomited.
    "facial_injury": re.compile(
        r"얼굴(?:이|도)?(?:완전|갑자기|막)?(?:하[얗얘]|허[옇예]|창백|새파|파래|노래|노랗)"
        r"(?![^|]{0,20}(?:코[가를뼈]|턱|입술|이빨|앞니|광대|다[쳤치]|찢))"
    ),
    "hematemesis": re.compile(r"커피(?:찌꺼기|가루|색)[^|]{0,6}(?:대변|변|똥|설사)"),
    "airway_foreign_body": re.compile(r"목[^|]{0,10}코(?:가|도)?(?:꽉)?막"),
}
# A joint that is out, or a bone that is broken, is why the limb does not move.
_BEFORE = {
    "back_pain": re.compile(r"[손발콧]$"),
    # A limb that was lain on.
    "tia": re.compile(
        r"(?:엎드려|베고|베개|깔고|깔려|눌려|쪼그|꼬고|저[려린렸리]|쥐나|쥐가)[^|]{0,20}$"
    ),
    "fall": re.compile(r"(?:tv|티비|텔레비전)(?:를|을)?보[^|]{0,10}$"),
    "cardiac_arrest": re.compile(r"(?:발등|발목|발|다리|종아리|무릎뒤)(?:에서|에|의|쪽)?$"),
    "high_energy": re.compile(
        r"(?:소파|침대|의자|매트|이불)(?:위)?에서(?:(?!떨어|넘어)[^|]){0,5}$"
    ),
    "substance_problem": re.compile(
        r"(?:혈압|당뇨|갑상선|고지혈증?|콜레스테롤|피임|심장|천식|항생|감기|소염|진통|스테로이드|부신"
        r"|뇌전증|간질|경련|관절염?|통풍|위장|영양)$"
    ),
    "limb_weakness": re.compile(
        r"(?:어깨|팔꿈치|팔|손목|무릎|골반)(?:가|이|뼈가|관절이)?(?:또)?"
        r"(?:빠[졌진져](?!것|거|듯|는)|빠졌|탈구|부러[졌진져])[^|]{0,16}\|?[^|]{0,16}$"
    ),
}


def is_misread(name: str, squeezed: str, start: int, end: int) -> bool:
    """Whether what was found for `name` from `start` to `end` of the squeezed text is no such."""
    after, before = _FROM.get(name), _BEFORE.get(name)
    if after is not None and after.match(squeezed, start):
        return True
    return before is not None and before.search(squeezed, max(0, start - _REACH), start) is not None
