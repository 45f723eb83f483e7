"""Ages in every form that people use, with the place where each was said."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.triage.domain.age_words import CELEBRATIONS, ENGLISH, SPANS, WORD_BANDS
from services.triage.domain.numbers import NATIVE, NATIVE_TENS, SINO, number_of

OLDEST = 125
DAYS_PER_MONTH = 30.44
_MIXED_ONES = {
    "하나": 1, "둘": 2, "서이": 3, "셋": 3, "너이": 4, "넷": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "서": 3,
}  # fmt: skip
_MIXED = rf"[이삼사오육칠팔구]십(?:{'|'.join(_MIXED_ONES)})"
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
    r"[\s.,…~!]*(?:이|가|은|는|이요|요|인가|예요|이에요)?[\s.,…~!]*(?:아[,.]?\s*|어[,.]?\s*)?"
    r"(?:아니(?:고|라|구|에요|예요|다|,)?|말고|아닌|no,?|not|오타)"
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


def _told_of_person(match: re.Match[str], _: int) -> Age | None:
    """ "남편이 50인데": a bare number is an age only where a person is its subject."""
    if _MEASURED.search(match[0]):
        return None
    value = number_of(match[1].replace(" ", ""))
    return Age(value, *match.span()) if value is not None and 12 <= value <= OLDEST else None


def _celebrated(match: re.Match[str], _: int) -> Age | None:
    word = match[0].replace(" ", "")
    if word[0].isdecimal():
        return Age(int(word[0]) * 10, *match.span()) if int(word[0]) >= 6 else None
    return Age(CELEBRATIONS[word], *match.span())


def _english_word(match: re.Match[str], _: int) -> Age:
    return Age(ENGLISH[match[1]], *match.span())


def _days_in_words(match: re.Match[str], _: int) -> Age:
    word = match[1].replace(" ", "")
    days = SPANS[word]
    said = f"생후 {days}일" if days < 30 else f"생후 {round(days / DAYS_PER_MONTH)}개월"
    return Age(0, *match.span(), days=days, said=said)


def _decade_in_words(match: re.Match[str], _: int) -> Age | None:
    tens = number_of(match[1].replace(" ", ""))
    return Age(None, *match.span(), band=f"{tens}대")


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
    months = number_of((match[1] or match[match.lastindex or 1]).replace(" ", ""))
    if months is None or months > 60:
        return None
    if months >= 12:
        return Age(months // 12, *match.span(), said=f"생후 {months}개월")
    days = round(months * DAYS_PER_MONTH)
    return Age(0, *match.span(), days=days, said=f"생후 {months}개월")


def _bare_months(match: re.Match[str], this_year: int) -> Age | None:
    """ "6개월" alone is how long it has lasted, unless a child is spoken of."""
    spoken = _CHILD_SAID.search(match.string)
    expecting = _EXPECTING.search(match.string[max(0, match.start() - 8) : match.start()])
    return _months(match, this_year) if spoken and not expecting else None


def _last_word(match: re.Match[str], _: int) -> Age | None:
    """ "…아프시대요 70": a number of two digits that ends a message is the age."""
    value = int(match[1])
    return Age(value, *match.span()) if value >= 10 else None


def _mixed(match: re.Match[str], _: int) -> Age | None:
    """ "칠십둘", "육십서이": Sino-Korean tens with native ones, as older people count."""
    tens = number_of(match[1][:2])
    ones = next(value for word, value in _MIXED_ONES.items() if match[1][2:].startswith(word))
    return Age((tens or 0) + ones, *match.span())


def _chinese(match: re.Match[str], _: int) -> Age:
    tens, ten, ones = match[1].rpartition("十")
    digits = " 一二三四五六七八九"
    ones = ones.replace("两", "二")
    value = digits.index(ones) if ones else 0
    if ten:
        value += 10 * (digits.index(tens) if tens else 1)
    return Age(value, *match.span())


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
    return Age(None, *match.span(), band=WORD_BANDS[match[0].replace(" ", "")])


_NOT_LATER = r"(?!\s*(?:때|적|부터|이후|이상|이하|미만|짜리\s*(?:형|동생)))"
_N = rf"(\d{{1,3}}|{SINO}|{NATIVE})"

_CHILD_SAID = re.compile(
    r"아기|애기|아가|아이|애가|애는|애를|애도|우리애|우리 애|얘|딸|아들|손자|손녀|둘째|첫째"
    r"|막내|조카|기저귀|분유|이유식|젖을|젖도|수유|옹알|어린이집|컹컹"
    r"|얼라|신생아|영아|쌍둥이|baby|infant|child|宝宝|孩子|em bé"
)
_EXPECTING = re.compile(r"임신|출산|수술|결혼|진단|사귄|입사|이사")
_MEASURED = re.compile(
    r"열이|열은|위가|아래가|위는|아래는|수축기|이완기|최고|최저|체온|혈압|맥박|포화도|혈당|수치|당이|당은|몸무게|체중|키가|키는|점수|번호|용량|온도|시간|거리|산소|심박"
)
_OF_CHILD = r"(?:아기|애기|아가|아이|애|딸|아들|남아|여아|영아|신생아|손자|손녀|얼라)"
_TOLD = (
    r"(?:인데|인디|이신데|이신디|이시고|이세요|이셔|이에요|예요|이십니다|입니다|이요|이고|이라"
    r"|이시|이신|인 )"
)
_LASTING = r"(?!\s*(?:전|째|동안|간|뒤|후|정도|마다|이상|넘|만에|지났|차에|할부|치))"
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
        r"(?<!\d)((?:19|20)?\d{2})\s*년(?:도)?\s*"
        r"(?:(?:\d{1,2}월\s*)?(?:\d{1,2}일\s*)?(?:생|출생|에\s*태어)|[가-힣]{1,3}\s?띠)",
        _birth_year,
    ),
    (
        r"(?<![가-힣\d])(초|중|고)(?:등학교|등|학교|딩)?\s*(\d)(?:\s*학년)?"
        rf"(?!\d|\s*(?:{_UNITS}|%|\.))",
        _school,
    ),
    (rf"(?:생후|태어난\s*지|낳은\s*지)\s*({'|'.join(SPANS)}|[한두석세넉네]\s달)", _days_in_words),
    (
        rf"([한두석세넉네]\s?달|일주일|열흘|보름)\s*(?:된|짜리|밖에\s*안\s*된|도\s*안\s*된)\s*{_OF_CHILD}",
        _days_in_words,
    ),
    (rf"(?:생후|태어난\s*지)\s*(?:만\s*|이제\s*)?{_N}\s*(?:개월|달)", _months),
    (rf"(?<!\d)(\d{{1,2}})\s*(?:개월|달)\s*(?:된|짜리)?\s*{_OF_CHILD}", _months),
    (rf"(?<!\d)(\d{{1,2}})\s*개월{_LASTING}", _bare_months),
    (r"(\d{1,2})\s*个月|(?<!\d)(\d{1,2})\s*tháng tuổi", _bare_months),
    (r"(?<!\w)(\d{1,2})[\s-]*(?:months?|mo)[\s-]*(?:old\b|baby\b|infant\b)", _months),
    (rf"(?:생후|태어난\s*지)\s*{_N}\s*주", _weeks),
    (rf"(?<!\d)(\d{{1,2}})\s*주\s*(?:된|짜리)\s*(?={_OF_CHILD}|신생아)", _weeks),
    (r"(?<!\w)(\d{1,2})[\s-]*weeks?[\s-]*old\b", _weeks),
    (rf"(?:생후|태어난\s*지)\s*{_N}\s*일", _days),
    (rf"(?<!\d)(\d{{1,3}})\s*일\s*(?:된|짜리)\s*(?={_OF_CHILD}|신생아|갓난)", _days),
    (r"(?<!\w)(\d{1,3})[\s-]*days?[\s-]*old\b", _days),
    (r"백일\s*(?:된|지난|아기|애기|아가|갓)", _hundred_days),
    (r"(?<![가-힣])(두|세)\s*돌(?:\s*(?:지난|된|짜리))?(?!\s*(?:전|안|도\s*안))", _second_birthday),
    (
        r"(?<![가-힣])(?:첫\s*)?돌\s*(?:(?P<before>전|도?\s*안|이?\s*안)"
        r"|(?:이)?\s*(?:갓\s*|막\s*)?지[난났]|쟁이|된|아기|애기)",
        _first_birthday,
    ),
    (
        rf"(?<![\d가-힣.])(?:만\s*)?(\d{{1,3}}|{SINO})\s*"
        rf"(?:살|세(?!기|대|트|상|균|탁|제|게|수|로|척))(?!림|릴){_NOT_LATER}",
        _years,
    ),
    (
        rf"(?<![\d가-힣.])(?:만\s*)?(백\s?{NATIVE}|{NATIVE_TENS}|{NATIVE})\s*살(?!림|릴){_NOT_LATER}",
        _years,
    ),
    (rf"(?<![\d가-힣.])({NATIVE_TENS})\s*세(?=\s|[가-힣]*(?:인|이|남|여)){_NOT_LATER}", _years),
    (
        rf"(?<=[가-힣])(\d{{1,3}}|{NATIVE_TENS})\s*(?:살|세(?!기|대|트|상|균))(?!림){_NOT_LATER}",
        _years,
    ),
    (
        r"(?:환갑|회갑|진갑|육순|칠순|고희|팔순|구순|희수(?=연|를|인)|미수(?=연|를|인)|[6-9]\s?순(?!위|서))",
        _celebrated,
    ),
    (
        r"(?<![가-힣])(스물|서른|마흔|쉰|예순|일흔|여든|아흔)\s*(?:초반|중반|후반|대\s|언저리|즈음)",
        _decade_in_words,
    ),
    (
        rf"(?<![가-힣])((?:스물|서른|마흔|예순|일흔|여든|아흔)(?:\s*(?:{_ONES}))?)"
        rf"(?!\s?(?:번|개|명|시|알|줄|장|마리|병|잔|군데)){_NOT_LATER}",
        _years,
    ),
    (rf"(?<![가-힣])(쉰\s*(?:{_ONES})|쉰(?=\s?(?:된|넘|인데|이|살|먹))|스무살)", _years),
    (
        rf"(?:[가-힣]{{1,8}}(?:가|이|은|는|께서|도))\s*(?:올해|이제|만|벌써|한)?\s*(\d{{2,3}}|{SINO})\s*(?={_TOLD})",
        _told_of_person,
    ),
    (
        r"(?<![\d가-힣.])(\d{2}|[이삼사오육칠팔구]십[일이삼사오육칠팔구]?)\s*(?:살)?\s*(?:이|을|쯤|정도)?\s*"
        r"(?:넘으신|넘은\s*(?:아버|어머|할|노|분|엄|아)|되신|돼\s*보이|되어\s*보이|되는\s*(?:남|여|분)|먹은|드신\s*(?:분|아|어|할|노))",
        _told_of_person,
    ),
    (
        r"(?:나이는?|나이가|연세는?|연세가|올해로?|제가\s*이제|age[d:]?)\s*(?:는|가|이|is)?\s*:?\s*"
        r"(\d{1,3})(?!\d|\s*(?:대|년|월|개월|번|%|/))",
        _years,
    ),
    (
        r"(?<!\w)(\d{1,3})[\s-]*(?:years?|yrs?|y/?o|yo|y)(?:[\s-]*old\b|\b)"
        r"(?!\s*(?:ago|later|before|of\b|since|history))",
        _years,
    ),
    (rf"\b({'|'.join(ENGLISH)})[\s-]years?[\s-]old\b", _english_word),
    (
        r"\b(?:i am|i'm|im|he is|he's|she is|she's|(?:my|our) (?:\w+ ){1,2}is|who is|patient is"
        r"|turned)\s+"
        r"(\d{1,3})\b(?!\s*(?:degrees|weeks?|months?|days?|hours?|minutes?|%|/|kg|cm|c\b|f\b|bpm|\.\d|over))",
        _told_of_person,
    ),
    (
        r"\b(?:mom|dad|mother|father|mum|husband|wife|son|daughter|grand\w+|brother|sister|uncle|aunt|friend)"
        r"\s*[,(]\s*(\d{1,3})\b(?!\s*(?:weeks?|months?|days?|hours?|minutes?))",
        _years,
    ),
    (r"(?<!\d)(\d{1,3})\s*(?:岁|周岁|歲|歳|tuổi|лет|años)", _years),
    (r"(?<![\w.])(?:[mf]|남|여)\s*/\s*(\d{1,3})(?!\d)", _years),
    (
        rf"(?<![\w./])(\d{{1,3}})\s*/?\s*(?:(?:male|female|man|woman)\b|[mf]\b{_NOT_METRES}"
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
    (
        r"(?<=[요다음함임네슈니서지죠래유.!?,~ㅠㅜ…])\s*(\d{2})\s*(?:새|샬|셰|쌀)?\s*[.!~]*$",
        _last_word,
    ),
    (rf"(?<![가-힣])({_MIXED})\s*(?:살|이|세|서|인|된|먹)", _mixed),
    (r"([二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])\s*(?:多)?岁", _chinese),
    (r"신생아|갓\s*태어난|갓난\s*아기|갓난쟁이|newborn", _newborn),
    (rf"(?:{'|'.join(sorted(WORD_BANDS, key=len, reverse=True))})(?!과|청소년과)", _word_band),
)
