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
    "inconsolable_crying": re.compile(r"[^|]{0,10}(?<![아애얘])기울"),
    "cardiac_arrest": re.compile(r"[^|]{0,6}(?:멎|멈추)는줄"),
    "amputation": re.compile(r"[^|]{0,12}떨어져?(?:나가)?겠"),
    "testicular_pain": re.compile(r"알(?:았|아|려|고|게)"),
    # "머리가 뽀사지겠다"
    "head_injury": re.compile(r"머리[^|]{0,6}(?:깨[져지]|뿌[사서]|뽀[사개]|빠개)지?겠"),
    # Who lies in the street is not frozen, unless it is cold.
    "cold_injury": re.compile(r"길(?:거리|바닥)?(?:에서|에)[^|]{0,8}쓰러져있"),
    "diarrhea": re.compile(r"화장실[^|]{0,16}(?:찔끔|소변|오줌|쉬가|쉬를)"),
    "airway_foreign_body": re.compile(r"목[^|]{0,10}코(?:가|도)?(?:꽉)?막"),
    # Water that is drunk and a pain that goes down; a bottom that is sore and no stool.
    "breathing_sign": re.compile(r"숨(?:은|도|을|이)?(?:잘|편하게|편히)쉬[고어는]"),
    "dyspnea": re.compile(r"베개[^|]{0,6}(?:자서|베서|베고자서)(?:그런|그렇|그랬)"),
    "drowning": re.compile(r"물(?:을|이나)?(?:좀|한잔)?마시(?:니|면|고)[^|]{0,4}가라앉"),
    "hematochezia": re.compile(
        r"기저귀(?:발진|에쓸|쓸)[^|]{0,14}(?:빨[개갛간]|붉|벌[겋개]|발[갛개])(?![^|]{0,8}피)"
    ),
    # Lids that are swollen or stuck, or an eye that smarts, are no loss of consciousness.
    "altered_mental_status": re.compile(
        r"눈(?:이|을|도)?(?:잘|제대로|아예)?(?:안떠[지질졌져]|못뜨겠|못뜰|안떠져서)"
        r"(?=[^|]{0,10}(?:만큼|정도로|게)?[^|]{0,6}(?:부[었어]|붓|따가|따끔|시[려리]|아[파프]|가려)"
        r"|(?:어요|다|네|는데|음|습니다)?(?:\||$))"
    ),
}
# A joint that is out, or a bone that is broken, is why the limb does not move.
_RAN_OUT = re.compile(
    r"(?:약|연고|크림|안약|패치|로션|인슐린|흡입기|분유|기저귀|처방|수액|소독약|밴드|파스)"
    r"(?:이|가|은|는|도)?(?:다|거의|똑|벌써|그만|오늘|어제)?$"
)
_BEFORE = {
    "catastrophic_mechanism": _RAN_OUT,
    "fall": re.compile(rf"(?:tv|티비|텔레비전)(?:를|을)?보[^|]{{0,10}}$|{_RAN_OUT.pattern}"),
    "stridor_barking_cough": re.compile(r"귀(?:에서|에|속에서|안에서)?(?:자꾸|계속|삐)?$"),
    "much_blood": re.compile(r"(?:똥|변|땀|눈물|설사|침|콧물|밥|물)(?:을|를|만|이)?$"),
    "back_pain": re.compile(r"[손발콧]$"),
    # What turns yellow besides a person; a big step, and no sniffle.
    "jaundice": re.compile(
        r"(?:가래|콧물|소변|오줌|냉|변|똥|고름|진물|침|잎)(?:이|가|도|은|는|색이|색깔이)?$"
    ),
    "fatigue_lethargy": re.compile(
        r"(?:얼굴|입꼬리|입|눈꺼풀|볼|뺨)(?:한쪽|쪽|한쪽으로)?(?:이|가|도)?$"
    ),
    "inconsolable_crying": re.compile(r"(?<![아애얘])기$"),
    "rhinorrhea": re.compile(
        r"(?:스물|서른|마흔|쉰|예순|일흔|여든|아흔|[이삼사오육칠팔구]십|\d0|나이|시간|때)"
        r"(?:대)?(?:을|를|이|살을|세를)?$"
    ),
    # A limb that was lain on.
    "tia": re.compile(
        r"(?:엎드려|베고|베개|깔고|깔려|눌려|쪼그|꼬고|저[려린렸리]|쥐나|쥐가)[^|]{0,20}$"
    ),
    # "기절까지는 안 했는데 눈앞이 캄캄해졌어요"
    "syncope": re.compile(
        r"(?:기절|실신|쓰러지|의식을?잃|정신을?잃)[가-힣]{0,4}(?:안|않)[가-힣]{1,5}(?:눈)?$"
    ),
    "cardiac_arrest": re.compile(r"(?:발등|발목|발|다리|종아리|무릎뒤)(?:에서|에|의|쪽)?$"),
    "high_energy": re.compile(
        r"(?:소파|침대|의자|매트|이불)(?:위)?에서(?:(?!떨어|넘어)[^|]){0,5}$"
    ),
    "substance_problem": re.compile(
        r"짬$|(?:혈압|당뇨|갑상선|고지혈증?|콜레스테롤|피임|심장|천식|항생|감기|소염|진통|스테로이드|부신"
        r"|뇌전증|간질|경련|관절염?|통풍|위장|영양)$"
    ),
    "limb_weakness": re.compile(
        r"(?:어깨|팔꿈치|팔|손목|무릎|골반)(?:가|이|뼈가|관절이)?(?:또)?"
        r"(?:빠[졌진져](?!것|거|듯|는)|빠졌|탈구|부러[졌진져])[^|]{0,16}\|?[^|]{0,16}$"
        # Tetanus (파상풍) is no stroke (풍).
        r"|파상$"
    ),
}


def is_misread(name: str, squeezed: str, start: int, end: int) -> bool:
    """Whether what was found for `name` from `start` to `end` of the squeezed text is no such."""
    after, before = _FROM.get(name), _BEFORE.get(name)
    if after is not None and after.match(squeezed, start):
        return True
    return before is not None and before.search(squeezed, max(0, start - _REACH), start) is not None
