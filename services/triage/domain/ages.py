"""Ages in every form that people use, with the place where each was said."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.triage.domain.numbers import NATIVE, NATIVE_TENS, SINO, number_of

OLDEST = 125
DAYS_PER_MONTH = 30.44
_SCHOOL = {"초": 6, "중": 12, "고": 15}


@dataclass(frozen=True, slots=True)
class Age:
    """`said` is the wording for the record of an age under one year ("생후 5개월")."""

    years: int | None
    start: int
    end: int
    days: int | None = None
    band: str | None = None
    said: str | None = None


_Reader = Callable[[re.Match[str], int], Age | None]


def find_ages(lowered: str, *, this_year: int) -> tuple[Age, ...]:
    """Ages in the order of the text; of a correction only the later one."""
    found: list[Age] = []
    for pattern, reader in _FORMS:
        for match in pattern.finditer(lowered):
            age = reader(match, this_year)
            if age and not any(_overlap(age, other) for other in found):
                found.append(age)
    found.sort(key=lambda age: age.start)
    return tuple(_uncorrected(lowered, found))


_CORRECTED = re.compile(
    r"\s*(?:이|가|은|는)?\s*(?:아니(?:고|라|구|에요|예요|,)?|말고|아닌|no,?|not)"
)


def _uncorrected(lowered: str, ages: list[Age]) -> Iterator[Age]:
    for place, age in enumerate(ages):
        corrected = place + 1 < len(ages) and _CORRECTED.match(lowered, age.end)
        if not corrected:
            yield age


def _overlap(one: Age, other: Age) -> bool:
    return one.start < other.end and other.start < one.end


def _years(match: re.Match[str], _: int) -> Age | None:
    value = number_of(match[1].replace(" ", ""))
    if value is None or value > OLDEST:
        return None
    return Age(value, *match.span())


def _corrected_years(match: re.Match[str], _: int) -> Age | None:
    value = int(match[2])
    return Age(value, *match.span()) if int(match[1]) <= OLDEST and value <= OLDEST else None


def _band(match: re.Match[str], _: int) -> Age | None:
    tens = number_of(match[1].replace(" ", ""))
    if tens is None or not 10 <= tens <= 100:
        return None
    return Age(None, *match.span(), band=f"{tens}대")


def _birth_year(match: re.Match[str], this_year: int) -> Age | None:
    year = int(match[1])
    if year < 100:
        year += 2000 if year <= this_year % 100 else 1900
    years = this_year - year
    if not 0 <= years <= OLDEST:
        return None
    return Age(years, *match.span(), said="영아" if years == 0 else None)


def _school(match: re.Match[str], _: int) -> Age:
    return Age(_SCHOOL[match[1][0]] + int(match[2]), *match.span())


def _months(match: re.Match[str], _: int) -> Age | None:
    months = number_of(match[1].replace(" ", ""))
    if months is None or months > 60:
        return None
    if months >= 12:
        return Age(months // 12, *match.span())
    days = round(months * DAYS_PER_MONTH)
    return Age(0, *match.span(), days=days, said=f"생후 {months}개월")


def _bare_months(match: re.Match[str], this_year: int) -> Age | None:
    """ "6개월" alone is how long it has lasted, unless a child is spoken of."""
    return _months(match, this_year) if _CHILD_SAID.search(match.string) else None


def _weeks(match: re.Match[str], _: int) -> Age | None:
    weeks = number_of(match[1])
    if weeks is None or weeks > 51:
        return None
    return Age(0, *match.span(), days=weeks * 7, said=f"생후 {weeks}주")


def _days(match: re.Match[str], _: int) -> Age | None:
    days = number_of(match[1].replace(" ", ""))
    if days is None or days > 364:
        return None
    return Age(0, *match.span(), days=days, said=f"생후 {days}일")


def _hundred_days(match: re.Match[str], _: int) -> Age:
    return Age(0, *match.span(), days=100, said="생후 100일")


def _first_birthday(match: re.Match[str], _: int) -> Age:
    if match["before"]:
        return Age(0, *match.span(), said="돌 전")
    return Age(1, *match.span())


def _second_birthday(match: re.Match[str], _: int) -> Age:
    return Age(3 if match[1] == "세" else 2, *match.span())


def _newborn(match: re.Match[str], _: int) -> Age:
    return Age(0, *match.span(), band="신생아", said="신생아")


def _word_band(match: re.Match[str], _: int) -> Age:
    return Age(None, *match.span(), band=_WORD_BANDS[match[0].replace(" ", "")])


_WORD_BANDS = {
    "노인": "노인", "어르신": "노인", "노모": "노인", "노부모": "노인", "고령": "노인",
    "노부": "노인", "elderly": "노인", "중년": "중년", "영아": "영아", "유아": "유아",
    "소아": "소아", "초등학생": "초등학생", "초딩": "초등학생", "중학생": "중학생",
    "중딩": "중학생", "고등학생": "고등학생", "고딩": "고등학생", "청소년": "청소년",
    "teenager": "청소년", "대학생": "20대",
}  # fmt: skip
_NOT_LATER = r"(?!\s*(?:때|적|부터|이후|이상|이하|미만|짜리\s*(?:형|동생)))"
_N = rf"(\d{{1,3}}|{SINO}|{NATIVE})"

_CHILD_SAID = re.compile(r"아기|애기|아가|아이|애가|애는|애를|우리애|우리 애|얘|baby|infant|child")
_OF_CHILD = r"(?:아기|애기|아가|아이|애|딸|아들|남아|여아|영아)"
_UNITS = "시|일|분|개|번|주|명|년|월|달|병|잔|층|동|살|세|도"
_ONES = "하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉"
_NOT_METRES = r"(?!\s*(?:높이|깊이|거리|정도|아래|위|앞|쯤|high|tall|deep|away))"


def _forms(*forms: tuple[str, _Reader]) -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    return tuple((re.compile(pattern), reader) for pattern, reader in forms)


# The first form that reads a stretch keeps it; later ones see only what is left.
_FORMS = _forms(
    (
        r"(?<!\d)(\d{1,3})\s*(?:살|세)?\s*(?:이|가)?\s*(?:아니(?:고|라|구|,|\s)|말고)\s*"
        r"(\d{1,3})(?!\d|\s*(?:분|시|일|주|번|명|도|개|호|%))(?:\s*(?:살|세))?",
        _corrected_years,
    ),
    (
        r"(?<!\d)((?:19|20)?\d{2})\s*년\s*(?:\d{1,2}월\s*)?(?:\d{1,2}일\s*)?생",
        _birth_year,
    ),
    (
        r"(?<![가-힣\d])(초|중|고)(?:등학교|등|학교|딩)?\s*(\d)(?:\s*학년)?"
        rf"(?!\d|\s*(?:{_UNITS}|%|\.))",
        _school,
    ),
    (rf"(?:생후|태어난\s*지)\s*(?:만\s*)?{_N}\s*(?:개월|달)", _months),
    (
        r"(?<!\d)(\d{1,2})\s*개월\s*"
        rf"(?:된|차|짜리|인|{_OF_CHILD}|이고|이에요|입니다|이요)(?!\s*전)",
        _months,
    ),
    (r"(?<!\d)(?<!임신)(?<!임신 )(\d{1,2})\s*개월(?=\s*(?:[,.!?]|$))", _bare_months),
    (r"(?<!\w)(\d{1,2})[\s-]*(?:months?|mo)[\s-]*(?:old\b|baby\b|infant\b)", _months),
    (rf"(?:생후|태어난\s*지)\s*{_N}\s*주", _weeks),
    (rf"(?<!\d)(\d{{1,2}})\s*주\s*(?:된|짜리)\s*(?={_OF_CHILD}|신생아)", _weeks),
    (r"(?<!\w)(\d{1,2})[\s-]*weeks?[\s-]*old\b", _weeks),
    (rf"(?:생후|태어난\s*지)\s*{_N}\s*일", _days),
    (rf"(?<!\d)(\d{{1,3}})\s*일\s*(?:된|짜리)\s*(?={_OF_CHILD}|신생아|갓난)", _days),
    (r"(?<!\w)(\d{1,3})[\s-]*days?[\s-]*old\b", _days),
    (r"백일\s*(?:된|지난|아기|애기|아가|갓)", _hundred_days),
    (r"(두|세)\s*돌(?:\s*(?:지난|된|짜리))?(?!\s*전)", _second_birthday),
    (
        r"(?<![가-힣])(?:첫\s*)?돌\s*(?:(?P<before>전|도?\s*안|이?\s*안)"
        r"|(?:이)?\s*(?:갓\s*|막\s*)?지[난났]|쟁이|된|아기|애기)",
        _first_birthday,
    ),
    (
        rf"(?<![\d가-힣.])(?:만\s*)?(\d{{1,3}}|{SINO}|{NATIVE_TENS}|{NATIVE})\s*"
        rf"(?:살|세(?!기|대|트|상|균|탁|제|게|수|요|로|척))(?!림|릴){_NOT_LATER}",
        _years,
    ),
    (rf"(?<=[가-힣])(\d{{1,3}})\s*(?:살|세(?!기|대|트|상|균))(?!림){_NOT_LATER}", _years),
    (
        rf"(?<![가-힣])((?:스물|서른|마흔|예순|일흔|여든|아흔)(?:\s*(?:{_ONES}))?)"
        rf"(?![가-힣]*(?:번|개|명|시|알)){_NOT_LATER}",
        _years,
    ),
    (rf"(?<![가-힣])(쉰\s*(?:{_ONES}))", _years),
    (
        r"(?:나이는?|연세는?|올해|age[d:]?)\s*(?:는|가|이|is)?\s*:?\s*"
        r"(\d{1,3})(?!\d|\s*(?:대|년|월|개월|번|%|/))",
        _years,
    ),
    (r"(?<!\w)(\d{1,3})[\s-]*(?:years?|yrs?|y/?o|yo)(?:[\s-]*old\b|\b)", _years),
    (r"(?<![\w.])(?:[mf]|남|여)\s*/\s*(\d{1,3})(?!\d)", _years),
    (
        rf"(?<![\w./])(\d{{1,3}})\s*/?\s*(?:[mf]\b{_NOT_METRES}"
        r"|남(?![가-힣])|여(?![가-힣])|남자|여자|남성|여성)",
        _years,
    ),
    (
        r"(?<!\d)([1-9]0)\s*(?:대(?!\s*(?:맞|때|피))(?![가-힣]*[를을]?\s*(?:맞|피))|s\b)",
        _band,
    ),
    (
        r"(?<![가-힣])([이삼사오육칠팔구]?십)\s*대(?=\s|[초중후에의남여인로이가노어할아환,.])",
        _band,
    ),
    (r"신생아|갓\s*태어난|갓난\s*아기|갓난쟁이|newborn", _newborn),
    ("|".join(sorted(_WORD_BANDS, key=len, reverse=True)), _word_band),
)
