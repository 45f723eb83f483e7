"""What each form of an age is worth: from a match of its pattern to the age, or to none."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.triage.domain.age_words import CELEBRATIONS, ENGLISH, SPANS, WORD_BANDS
from services.triage.domain.numbers import number_of

OLDEST = 125
DAYS_PER_MONTH = 30.44
_MIXED_ONES = {
    "하나": 1, "둘": 2, "서이": 3, "셋": 3, "너이": 4, "넷": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "서": 3,
}  # fmt: skip
MIXED = rf"[이삼사오육칠팔구]십(?:{'|'.join(_MIXED_ONES)})"
_SCHOOL = {"초": 6, "중": 12, "고": 15}
_ENROLLED_AT = 19
_PUPIL_SAID = re.compile(
    r"아이|우리\s?애|애가|애는|딸|아들|손자|손녀|담임|초등|여자애|남자애|우리\s?반|꼬마|어린이"
)


@dataclass(frozen=True, slots=True)
class Age:
    """`said` is the wording for the record of an age under one year ("생후 5개월")."""

    years: int | None
    start: int
    end: int
    days: int | None = None
    band: str | None = None
    said: str | None = None


Reader = Callable[[re.Match[str], int], Age | None]


_CHILD_SAID = re.compile(
    r"아기|애기|아가|아이|애가|애는|애를|애도|우리애|우리 애|얘|딸|아들|손자|손녀|둘째|첫째"
    r"|막내|조카|기저귀|분유|이유식|젖을|젖도|수유|옹알|어린이집|컹컹"
    r"|얼라|신생아|영아|쌍둥이|baby|infant|child|宝宝|孩子|em bé"
)
_EXPECTING = re.compile(r"임신|출산|수술|결혼|진단|사귄|입사|이사")
_MEASURED = re.compile(
    r"열이|열은|위가|아래가|위는|아래는|수축기|이완기|최고|최저|체온|혈압|맥박|포화도|혈당|수치|당이|당은|몸무게|체중|키가|키는|점수|번호|용량|온도|시간|거리|산소|심박"
)


def years(match: re.Match[str], _: int) -> Age | None:
    value = number_of(match[1].replace(" ", ""))
    if value is None or value > OLDEST:
        return None
    return Age(value, *match.span())


def corrected_years(match: re.Match[str], _: int) -> Age | None:
    value = int(match[2])
    return Age(value, *match.span()) if int(match[1]) <= OLDEST and value <= OLDEST else None


def beside_word(match: re.Match[str], this_year: int) -> Age | None:
    """ "65 남자": an age, unless what was measured stands just before the number."""
    before = match.string[max(0, match.start() - 6) : match.start()]
    return None if _MEASURED.search(before) or "임신" in before else years(match, this_year)


def told_of_person(match: re.Match[str], _: int) -> Age | None:
    """ "남편이 50인데": a bare number is an age only where a person is its subject."""
    if _MEASURED.search(match[0]):
        return None
    value = number_of(match[1].replace(" ", ""))
    return (
        Age(value, *match.span())
        if value is not None and _youngest(match[0]) <= value <= OLDEST
        else None
    )


def _youngest(told: str) -> int:
    """A bare Korean number below twelve counts something else; "she is 4" is an age."""
    return 1 if told.isascii() else 12


def celebrated(match: re.Match[str], _: int) -> Age | None:
    word = match[0].replace(" ", "")
    if word[0].isdecimal():
        return Age(int(word[0]) * 10, *match.span()) if int(word[0]) >= 6 else None
    return Age(CELEBRATIONS[word], *match.span())


def celebrated_since(match: re.Match[str], _: int) -> Age | None:
    """ "환갑 지난 지 삼 년"."""
    years = number_of(match[2].replace(" ", ""))
    return None if years is None else Age(CELEBRATIONS[match[1]] + years, *match.span())


def nearly(match: re.Match[str], _: int) -> Age | None:
    """ "아흔을 바라보시는": the decade before, "팔순이 코앞인": a year before."""
    tens = CELEBRATIONS.get(match[1]) or number_of(match[1])
    if tens is None:
        return None
    if match[2].startswith("바라"):
        return Age(None, *match.span(), band=f"{tens - 10}대")
    return Age(tens - 1, *match.span())


def student(match: re.Match[str], _: int) -> Age:
    return Age(None, *match.span(), band="20대")


def enrolled(match: re.Match[str], this_year: int) -> Age | None:
    """ "99학번": who began to study that year, at nineteen."""
    year = int(match[1]) + (2000 if int(match[1]) <= this_year % 100 else 1900)
    return Age(this_year - year + _ENROLLED_AT, *match.span())


def english_word(match: re.Match[str], _: int) -> Age:
    return Age(ENGLISH[match[1]], *match.span())


def days_in_words(match: re.Match[str], _: int) -> Age:
    word = match[1].replace(" ", "")
    days = SPANS[word]
    said = f"생후 {days}일" if days < 30 else f"생후 {round(days / DAYS_PER_MONTH)}개월"
    return Age(0, *match.span(), days=days, said=said)


def decade_in_words(match: re.Match[str], _: int) -> Age | None:
    tens = number_of(match[1].replace(" ", ""))
    return Age(None, *match.span(), band=f"{tens}대")


def band(match: re.Match[str], _: int) -> Age | None:
    tens = number_of(match[1].replace(" ", ""))
    if tens is None or not 10 <= tens <= 100:
        return None
    return Age(None, *match.span(), band=f"{tens}대")


def birth_year(match: re.Match[str], this_year: int) -> Age | None:
    year = int(match[1])
    if year < 100:
        year += 2000 if year <= this_year % 100 else 1900
    years = this_year - year
    if not 0 <= years <= OLDEST:
        return None
    return Age(years, *match.span(), said="영아" if years == 0 else None)


def school(match: re.Match[str], _: int) -> Age:
    return Age(_SCHOOL[match[1][0]] + int(match[2]), *match.span())


def school_child(match: re.Match[str], _: int) -> Age | None:
    """ "2학년" alone is a year of primary school where a child is spoken of."""
    spoken = _PUPIL_SAID.search(match.string)
    return Age(_SCHOOL["초"] + int(match[1]), *match.span()) if spoken else None


def months(match: re.Match[str], _: int) -> Age | None:
    months = number_of((match[1] or match[match.lastindex or 1]).replace(" ", ""))
    if months is None or months > 60:
        return None
    if months >= 12:
        return Age(months // 12, *match.span(), said=f"생후 {months}개월")
    days = round(months * DAYS_PER_MONTH)
    return Age(0, *match.span(), days=days, said=f"생후 {months}개월")


def bare_months(match: re.Match[str], this_year: int) -> Age | None:
    """ "6개월" alone is how long it has lasted, unless a child is spoken of."""
    spoken = _CHILD_SAID.search(match.string)
    expecting = _EXPECTING.search(match.string[max(0, match.start() - 8) : match.start()])
    return months(match, this_year) if spoken and not expecting else None


def last_word(match: re.Match[str], _: int) -> Age | None:
    """ "…아프시대요 70": a number of two digits that ends a message is the age."""
    value = int(match[1])
    return Age(value, *match.span()) if value >= 10 else None


def mixed(match: re.Match[str], _: int) -> Age | None:
    """ "칠십둘", "육십서이": Sino-Korean tens with native ones, as older people count."""
    tens = number_of(match[1][:2])
    ones = next(value for word, value in _MIXED_ONES.items() if match[1][2:].startswith(word))
    return Age((tens or 0) + ones, *match.span())


def half(match: re.Match[str], _: int) -> Age | None:
    """ "반오십": half of fifty, as young people joke about their age."""
    whole = number_of(match[1])
    return Age(whole // 2, *match.span()) if whole else None


def chinese(match: re.Match[str], _: int) -> Age:
    tens, ten, ones = match[1].rpartition("十")
    digits = " 一二三四五六七八九"
    ones = ones.replace("两", "二")
    value = digits.index(ones) if ones else 0
    if ten:
        value += 10 * (digits.index(tens) if tens else 1)
    return Age(value, *match.span())


def weeks(match: re.Match[str], _: int) -> Age | None:
    weeks = number_of(match[1])
    if weeks is None or weeks > 51:
        return None
    return Age(0, *match.span(), days=weeks * 7, said=f"생후 {weeks}주")


def days(match: re.Match[str], _: int) -> Age | None:
    days = number_of(match[1].replace(" ", ""))
    if days is None or days > 364:
        return None
    return Age(0, *match.span(), days=days, said=f"생후 {days}일")


def hundred_days(match: re.Match[str], _: int) -> Age:
    return Age(0, *match.span(), days=100, said="생후 100일")


def first_birthday(match: re.Match[str], _: int) -> Age:
    if match["before"]:
        return Age(0, *match.span(), said="돌 전")
    return Age(1, *match.span())


def second_birthday(match: re.Match[str], _: int) -> Age:
    return Age(3 if match[1] == "세" else 2, *match.span())


def newborn(match: re.Match[str], _: int) -> Age:
    return Age(0, *match.span(), band="신생아", said="신생아")


def word_band(match: re.Match[str], _: int) -> Age:
    return Age(None, *match.span(), band=WORD_BANDS[match[0].replace(" ", "")])
