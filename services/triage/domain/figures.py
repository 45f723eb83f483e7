"""Everybody who is named in a text: the one who writes, and those who are spoken of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Relation, Sex

_SELF = re.compile(
    r"(?<![가-힣])(?:저는|제가|저도|저만|전|저|난|나는(?!\s(?:디|데|거|것|게|건|지|중|듯|곳|소리|냄새|느낌|기분|정도|편|상태))|내가|나도|나만|나|저희는|내|제|전요|지가|지는|지도|내사|내는|내도|낼로)(?=\s|[0-9]|$|,)"
    r"|(?<![가-힣])(?:저는|제가|나는(?!\s?(?:디|데|거|것|게|건|지|중|듯|곳|소리|냄새|느낌|기분|정도|편|상태))"
    r"|내가|저도|나도|저예요|저에요|접니다|저입니다|나예요)"
    r"|\b(?:i|i'm|i've|i'd|im|my|me)\b(?! (?:father|dad|mother|mom|wife|husband|son|daughter|baby"
    r"|child|kid|friend|brother|sister|grand\w+|boyfriend|girlfriend|aunt|uncle|coworker|neighbou?r"
    r"|roommate|cousin|boss|teacher|\d+))|我(?!爸|妈|老|的|儿|女|奶|爷|朋|哥|姐|弟|妹|孩)"
    r"|(?<!bạn )(?<!mẹ )(?<!bố )(?<!con )(?<!chồng )(?<!vợ )(?<!ông )(?<!bà )(?<!của )\btôi (?=bị"
    r"|đau|khó|sắp|muốn)"
)
# Who found, called or woke somebody is not the one who is ill.
_WITNESS = re.compile(
    r"[^.!?\n]{0,8}?(?:가\s?보니|들어가\s?보니|봤더니|갔더니|발견|깨우|깨웠|흔들|대신|불렀는데|신고)"
)
_REMAINS = re.compile(r"[이가도]\s*$")
_POSSESSIVE = frozenset({"제", "내", "저희", "my"})
_NOT_SUBJECT = re.compile(
    r"(?:이랑|랑|한테|에게|때문|께(?!서)|네(?:집|에서)|집에|차에|보다|말로는|말에|생각|덕분|들(?!이|은)|들은|생일|이름|명의|몰래|(?:혈압|당뇨|감기|심장)?약을?(?:주워|꺼내|몰래|잘못|먹어버|사탕)"
    r"|집|(?:를)?낳[은았고]|회사|학교|옷|핸드폰|전화|차를|차로)"
)
# "엄마 가게에서", though not "엄마가 게단에서".
_SHOP = re.compile(r"\s?가게(?!단)")
_OBJECT = re.compile(r"(?:님|분|들)?(?:을|를)")
# Who tells a calling of their own tells of somebody else, unless nobody else is there.
_OF_CARE = re.compile(
    r"(?:간호사|의사|약사|조무사|요양보호사|간병인|활동지원사|사회복지사|담임|교사|교직원|보건교사|보육교사|원장|유치원교사"
    r"|구급대원|소방관|경찰|보호자|경비원?|관리소장|관리인|기사|매니저|승무원|안전요원|구조대원?)"
    r"(?:인데|입니다|이고|이구|예요|이에요|에요|로서|이라서|거든)"
)
_SPEAKER = re.compile(
    r"(?:인데|입니다|이에요|예요|이고|이구|임|인데요|거든|이라서|으로서|로서|되는)"
)
# "아줌마예요": nobody calls a relative so without saying whose.
_INTRODUCED = re.compile(
    r"(?:이?예요|이?에요|이?요|입니다|이유|여유|이?라예|이?라우|이?래요|이?다(?=$|\||[가-힣])|이?야|입니더|유|임)"
)
_OWN_WORDS = frozenset(
    {
        "아줌마",
        "아저씨",
        "아지매",
        "아재",
        "총각",
        "할매",
        "할배",
        "할망",
        "하르방",
        "영감",
        "할머니",
        "할아버지",
        "할머이",
        "할아버이",
        "가시나",
        "가시내",
        "지집아",
        "머스마",
    }
)
_CHAIN = re.compile(r"(?:의|네|쪽|분)?")
# "할머니 환자분" is one person, "엄마 친구" is not.
_BY_THE_WAY = ("환자", "손님", "승객", "어르신", "노인", "보호자")
_UNHARMED = re.compile(
    r"[은는이가도만]?(?:지금은|다행히|일단|좀|다)*(?:괜찮|멀쩡|무사|이상없|안다[쳤치]|다치지않|안아[프파]|문제없|아무렇지|(?:열|감기|기침)만)"
)
ORDER = re.compile(r"첫째|둘째|셋째|막내|큰|작은")


@dataclass(frozen=True, slots=True)
class Figure:
    kind: Literal["self", "other"]
    start: int
    end: int
    sex: Sex | None = None
    stage: str | None = None
    young: bool = False
    word: str = ""
    unharmed: bool = False
    weak: bool = False
    subject: bool = False


def others_named(reading: Reading, relation: Relation) -> list[Figure]:
    figures: list[Figure] = []
    roles: list[Figure] = []
    squeezed = reading.squeezed
    for found in relation.words.finditer(squeezed):
        if not _is_word(reading, *found.span()) or _remains(reading, found):
            continue
        place = reading.span(*found.span())[1]
        if _NOT_SUBJECT.match(squeezed, found.end()) or _SHOP.match(reading.lowered, place):
            # "할머니 할아버지랑": the one named just before goes with them.
            if figures and reading.origin[found.start()] - figures[-1].end <= 1:
                figures.pop()
            continue
        figure = _figure(reading, relation, found)
        if figures and _CHAIN.fullmatch(reading.lowered[figures[-1].end : figure.start].strip()):
            figures[-1] = _chained(figures[-1], figure)
        elif _introduces(reading, figure, found.end()):
            roles.append(replace(figure, kind="self", weak=True))
        elif _SPEAKER.match(squeezed, found.end()):
            if _is_own_calling(reading, figure) or _has_illness(reading, figure):
                continue
            roles.append(replace(figure, weak=True))
        else:
            figures.append(figure)
    for found in relation.spaced.finditer(reading.lowered):
        sex, stage = relation.sex_of[found[0]], relation.stage_of.get(found[0])
        young = found[0] in relation.young
        figures.append(Figure("other", *found.span(), sex, stage, young, found[0], subject=True))
    return [*figures, *roles] if figures and not any(f.sex for f in figures) else figures or roles


def _introduces(reading: Reading, figure: Figure, end: int) -> bool:
    """ "72년생 아줌마예요", "나 예순여섯 할매요": an age and a copula, and no word whose it is."""
    before = reading.lowered[max(0, figure.start - 12) : figure.start]
    return (
        figure.word in _OWN_WORDS
        and _INTRODUCED.match(reading.squeezed, end) is not None
        and _AGED.search(before) is not None
        and _WHOSE.search(before) is None
    )


_AGED = re.compile(
    r"(?:\d|년생|살|세|대|[가-힣]{1,3}(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)|[나저]는?"
    r"|스무|스물|서른|마흔|쉰|예순|일흔|여든|아흔|[이삼사오육칠팔구]십[일이삼사오육칠팔구]?)\s*$"
)
_WHOSE = re.compile(r"(?:우리|저희|옆집|시댁|친정|울|외|이웃)")
_CALLINGS = ("군인", "수험생", "운전자", "작업자", "인부", "등산객", "취준생")
_NAME_OF_ILLNESS = re.compile(r"[가-힣]{1,8}\s?$")


def _is_own_calling(reading: Reading, figure: Figure) -> bool:
    """ "군인인데요", "고등학생이에요": the writer, unless the word is somebody's."""
    if figure.word.endswith(("학생", "중생", "고생", "대생")):
        return True
    before = reading.lowered[max(0, figure.start - 12) : figure.start]
    return figure.word in _CALLINGS and _WHOSE.search(before) is None


def _has_illness(reading: Reading, figure: Figure) -> bool:
    """ "투석 환자예요": the writer is the patient of that illness."""
    return (
        figure.word.startswith("환자")
        and _NAME_OF_ILLNESS.search(reading.lowered, 0, figure.start) is not None
    )


def _remains(reading: Reading, found: re.Match[str]) -> bool:
    """ "자국이 남아요" is no boy."""
    before = reading.lowered[: reading.origin[found.start()]]
    return found[0] == "남아" and _REMAINS.search(before) is not None


def _is_word(reading: Reading, start: int, end: int) -> bool:
    """Relations begin a word, or follow another one in it, and do not run into the next."""
    first, last = reading.words[start]
    if end > last and start == first and last - first == 1 and end - start == _TWO_SYLLABLES:
        # "아 배가 아파요" is no "아배".
        return False
    if end > last and not _PARTICLE.fullmatch(reading.squeezed[end : reading.words[end - 1][1]]):
        return False
    if reading.begins_word(start):
        return True
    before = reading.squeezed[first:start]
    return _BEFORE_RELATION.fullmatch(before) is not None


_TWO_SYLLABLES = 2
_PARTICLE = re.compile(
    r"(?:이|가|은|는|을|를|도|께서|께서는|한테|의|요|이요|님|님이|님은|분|분이)?"
)
_SUBJECT = re.compile(r"(?:님|분)?(?:이|가|은|는|께서|께선|도|만)")
_BEFORE_RELATION = re.compile(
    r"(?:我|我的|他|她|他的|她的|tôi|우리|울|저희|제|내|옆집|친정|시댁|외|큰|작은|둘째|첫째|셋째|막내|친|사촌|증조|고조|늙은|\d+(?:살|세|대|개월)?(?:된|짜리|인|의)?|[가-힣]{1,4}(?:살|세|대|된|네|의|분|친구|엄마|아빠|누나|언니|형|오빠|동생))+"
)


def _figure(reading: Reading, relation: Relation, found: re.Match[str]) -> Figure:
    word, squeezed = found[0], reading.squeezed
    return Figure(
        "other",
        *reading.span(*found.span()),
        sex=relation.sex_of[word],
        stage=relation.stage_of.get(word),
        young=word in relation.young,
        word=word,
        unharmed=_UNHARMED.match(squeezed, found.end()) is not None,
        weak=_OBJECT.match(squeezed, found.end()) is not None,
        subject=_SUBJECT.match(squeezed, found.end()) is not None,
    )


def _chained(first: Figure, last: Figure) -> Figure:
    """Of "친구 엄마" the last is meant; of "우리 아들 애기" both say something."""
    both_child = last.stage is not None and first.sex is not None
    same = last.word.startswith(_BY_THE_WAY)
    return Figure(
        "other",
        first.start,
        last.end,
        sex=last.sex or (first.sex if both_child or same else None),
        stage=last.stage or first.stage,
        young=last.young,
        word=first.word + last.word if ORDER.search(first.word) else last.word,
        unharmed=last.unharmed,
        weak=last.weak,
        subject=last.subject,
    )


def _is_unharmed(tail: str) -> bool:
    return bool(_UNHARMED.match(tail) or _OF_CARE.match(tail))


def selves_named(reading: Reading, others: Iterable[Figure]) -> list[Figure]:
    starts = [figure.start for figure in others]
    figures = []
    for found in _SELF.finditer(reading.lowered):
        owns = found[0] in _POSSESSIVE and any(0 <= s - found.end() <= 4 for s in starts)
        if not owns and not (starts and _WITNESS.match(reading.lowered, found.end())):
            tail = reading.lowered[found.end() : found.end() + 12].replace(" ", "")
            figures.append(Figure("self", *found.span(), unharmed=_is_unharmed(tail), subject=True))
    return figures
