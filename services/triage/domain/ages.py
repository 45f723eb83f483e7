"""Ages in every form that people use, with the place where each was said."""

import re
from collections.abc import Iterator

from services.triage.domain import age_forms as told
from services.triage.domain.age_forms import MIXED, Age, Reader
from services.triage.domain.age_words import ENGLISH, SPANS, WORD_BANDS
from services.triage.domain.numbers import NATIVE, NATIVE_TENS, SINO
from services.triage.knowledge.needed import Forms


def find_ages(lowered: str, *, this_year: int) -> tuple[Age, ...]:
    """Ages in the order of the text; of a correction only the later one."""
    found: list[Age] = []
    for pattern, reader in _FORMS.possible(lowered):
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


_NOT_LATER = (
    r"(?!\s*(?:살|세)?\s*(?:때|적|무렵|즈음에|에\s?(?:진단|수술|처음)|"
    r"부터|이후|이상|이하|미만|짜리\s*(?:형|동생)))"
)
_N = rf"(\d{{1,3}}|{SINO}|{NATIVE})"

_BORN = r"(?:태어난|낳은)\s*지"
_OF_CHILD = r"(?:아기|애기|아가|아이|애|딸|아들|남아|여아|영아|신생아|손자|손녀|얼라)"
_TOLD = (
    r"(?:인데|인디|이신데|이신디|이시고|이세요|이셔|이에요|예요|이십니다|입니다|이요|이고|이라"
    r"|이시|이신|인 )"
)
_LASTING = r"(?!\s*(?:전|째|동안|간|뒤|후|정도|마다|이상|넘|만에|지났|차에|할부|치))"
_UNITS = "시|일|분|개|번|주|명|년|월|달|병|잔|층|동|살|세|도"
_ONES = "하나|둘|셋|서이|넷|너이|다섯|여섯|일곱|여덟|여덜|야달|아홉"
_SPEAKER = (
    r"(?:남자(?!\s?친)|여자(?!\s?친)|남성|여성|남환|여환|할머니|할아버지|할매|할배|할망|하르방|영감|아지매|아줌마|아저씨"
    r"|아재|총각|처녀|머스마|가시나|지집아)"
)
_ADULT = (
    r"(?:남편|신랑|아내|와이프|집사람|마누라|각시|엄마|아빠|어머니|아버지|어머님|아버님|시어머니|시아버지"
    r"|장모님?|장인어른|할머니|할아버지|할매|할배)(?:가|이|께서|는|은)?"
)
_COUNTED = "명|번|시|분|일|개|층|호|주|월|년|도|kg|cm|kilo|mm|위|등|회|대|차"
_NOT_METRES = r"(?!\s*(?:높이|깊이|거리|정도|아래|위|앞|쯤|high|tall|deep|away))"


def _forms(*forms: tuple[str, Reader]) -> Forms[Reader]:
    return Forms([(re.compile(pattern), reader) for pattern, reader in forms])


# The first form that reads a stretch keeps it; later ones see only what is left.
_FORMS = _forms(
    (
        r"(?<!\d)(\d{1,3})\s*(?:살|세)?\s*(?:이|가)?\s*(?:아니(?:고|라|구|,|\s)|말고)\s*"
        r"(\d{1,3})(?!\d|\s*(?:분|시|일|주|번|명|도|개|호|%))(?:\s*(?:살|세))?",
        told.corrected_years,
    ),
    (
        r"(?<!\d)((?:19|20)?\d{2})\s*년(?:도)?\s*"
        r"(?:(?:\d{1,2}월\s*)?(?:\d{1,2}일\s*)?(?:생|출생|에\s*태어)|[가-힣]{1,3}\s?띠)",
        told.birth_year,
    ),
    (r"(?<!\d)(\d{2})\s*학번", told.enrolled),
    (
        r"(?<![가-힣\d])(초|중|고)(?:등학교|등|학교|딩)?\s*(\d)(?:\s*학년)?"
        rf"(?!\d|\s*(?:{_UNITS}|%|\.))",
        told.school,
    ),
    (
        rf"(?:생후|태어난\s*지|낳은\s*지)\s*({'|'.join(SPANS)}|[한두석세넉네]\s달)",
        told.days_in_words,
    ),
    (
        rf"([한두석세넉네]\s?달|일주일|열흘|보름)\s*(?:된|짜리|밖에\s*안\s*된|도\s*안\s*된)\s*{_OF_CHILD}",
        told.days_in_words,
    ),
    (
        rf"(?:생후|{_BORN})\s*(?:만\s*|이제\s*)?({SINO}|{NATIVE}|\d{{1,3}}|[일이삼사오육칠팔구])\s*(?:개월|달)",
        told.months,
    ),
    (rf"(?<!\d)(\d{{1,2}})\s*(?:개월|달)\s*(?:된|짜리)?\s*{_OF_CHILD}", told.months),
    (rf"(?<!\d)(\d{{1,2}})\s*개월{_LASTING}", told.bare_months),
    (r"(\d{1,2})\s*个月|(?<!\d)(\d{1,2})\s*tháng tuổi", told.bare_months),
    (r"(?<!\w)(\d{1,2})[\s-]*(?:months?|mo)[\s-]*(?:old\b|baby\b|infant\b)", told.months),
    (rf"(?:생후|{_BORN})\s*{_N}\s*주", told.weeks),
    (rf"(?<!\d)(\d{{1,2}})\s*주\s*(?:된|짜리)\s*(?={_OF_CHILD}|신생아)", told.weeks),
    (r"(?<!\w)(\d{1,2})[\s-]*weeks?[\s-]*old\b", told.weeks),
    (rf"(?:생후|{_BORN})\s*{_N}\s*일", told.days),
    (rf"(?<!\d)(\d{{1,3}})\s*일\s*(?:된|짜리)\s*(?={_OF_CHILD}|신생아|갓난)", told.days),
    (r"(?<!\w)(\d{1,3})[\s-]*days?[\s-]*old\b", told.days),
    (r"백일\s*(?:된|지[난났]|넘|갓|밖에|인데|도\s*안|아기|애기|아가|잔치)", told.hundred_days),
    (
        r"(?<![가-힣])(두|세)\s*돌(?:\s*(?:지난|된|짜리))?(?!\s*(?:전|안|도\s*안))",
        told.second_birthday,
    ),
    (
        r"(?<![가-힣])(?:첫\s*)?돌\s*(?:(?P<before>전|도?\s*안|이?\s*안)"
        r"|(?:이)?\s*(?:갓\s*|막\s*)?지[난났]|쟁이|된|아기|애기)",
        told.first_birthday,
    ),
    (
        rf"(?<![\d가-힣.])(?:만\s*)?(\d{{1,3}}|{SINO})\s*"
        rf"(?:살|세(?!기|대|트|상|균|탁|제|게|수|로|척))(?!림|릴){_NOT_LATER}",
        told.years,
    ),
    (
        rf"(?<![\d가-힣.])(?:만\s*)?(백\s?{NATIVE}|{NATIVE_TENS}|{NATIVE})\s*살(?!림|릴){_NOT_LATER}",
        told.years,
    ),
    (rf"(?<![\d가-힣.])({NATIVE_TENS})\s*세(?=\s|[가-힣]*(?:인|이|남|여)){_NOT_LATER}", told.years),
    (
        rf"(?<=[가-힣])(\d{{1,3}}|{NATIVE_TENS})\s*(?:살|세(?!기|대|트|상|균))(?!림){_NOT_LATER}",
        told.years,
    ),
    (
        r"(?<=[가-힣])((?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열))\s?살"
        r"(?=\s?(?:남|여|아이|아기|애|아들|딸|이에요|예요|입니다|인데|짜리|된|배기))",
        told.years,
    ),
    (
        r"(환갑|회갑|칠순|고희|팔순|구순)(?:을|이|잔치)?\s*(?:지난|지낸|넘은|넘긴|한)\s*지\s*"
        rf"(\d{{1,2}}|{SINO}|{NATIVE}|[일이삼사오육칠팔구])\s*(?:년|해)",
        told.celebrated_since,
    ),
    (
        r"(환갑|회갑|칠순|고희|팔순|구순|서른|마흔|쉰|예순|일흔|여든|아흔|[이삼사오육칠팔구]십)(?:줄|살)?(?:을|를|이|가|에)?\s*"
        r"(바라보|바라본|앞두|앞둔|코앞|다\s?되|다\s?돼|다\s?된|가까이|가까우|육박)",
        told.nearly,
    ),
    (
        r"(?:환갑|회갑|진갑|육순|칠순|고희|팔순|구순|희수(?=연|를|인)|(?<!자살)(?<!자살\s)미수(?=연|를|인|신|이[신세])|[6-9]\s?순(?!위|서))",
        told.celebrated,
    ),
    (
        r"(?<![가-힣])(스물|서른|마흔|쉰|예순|일흔|여든|아흔)\s*(?:초반|중반|후반|대\s|언저리|즈음)",
        told.decade_in_words,
    ),
    (
        rf"(?<![가-힣])((?:스물|서른|마흔|예순|일흔|여든|아흔)(?:\s*(?:{_ONES}))?+)"
        rf"(?!\s?(?:번|개|명|시|알|줄|장|마리|병|잔|군데)){_NOT_LATER}",
        told.years,
    ),
    (
        rf"(?<![가-힣])(쉰\s*(?:{_ONES})|쉰(?=\s?(?:된|넘|인데|이|살|먹|입))|열(?:{_ONES})(?=이에요|입니|이고|인데|이요|이라|됐)|스무살)",
        told.years,
    ),
    (
        rf"(?:[가-힣]{{1,8}}(?:가|이|은|는|께서|도))\s*(?:올해|이제|만|벌써|한)?\s*(\d{{2,3}}|{SINO})\s*(?={_TOLD})",
        told.told_of_person,
    ),
    (
        r"(?<![\d가-힣.])(\d{2}|[이삼사오육칠팔구]십[일이삼사오육칠팔구]?)\s*(?:살)?\s*(?:이|을|쯤|정도)?\s*"
        r"(?:넘으신|넘은\s*(?:아버|어머|할|노|분|엄|아)|되신|돼\s*보이|되어\s*보이|되는\s*(?:남|여|분)|먹은|드신\s*(?:분|아|어|할|노))",
        told.told_of_person,
    ),
    (
        r"(?:나이는?|나이가|연세는?|연세가|올해로?|제가\s*이제|age[d:]?)\s*(?:는|가|이|is)?\s*:?\s*"
        r"(\d{1,3})(?!\d|\s*(?:대|년|월|개월|번|%|/))",
        told.years,
    ),
    (
        r"(?<!\w)(\d{1,3})[\s-]*(?:years?|yrs?|y/?o|yo|y)(?:[\s-]*old\b|\b)"
        r"(?!\s*(?:ago|later|before|of\b|since|history))",
        told.years,
    ),
    (rf"\b({'|'.join(ENGLISH)})[\s-]years?[\s-]old\b", told.english_word),
    (
        r"\b(?:i am|i'm|im|he is|he's|she is|she's|(?:my|our) (?:\w+ ){1,2}is|who is|patient is"
        r"|turned)\s+"
        r"(\d{1,3})\b(?!\s*(?:degrees|weeks?|months?|days?|hours?|minutes?|%|/|kg|cm|feet|foot|ft|minutes?|times|c\b|f\b|bpm|\.\d|over))",
        told.told_of_person,
    ),
    (
        r"\b(?:mom|dad|mother|father|mum|husband|wife|son|daughter|grand\w+|brother|sister|uncle|aunt|friend)"
        r"\s*[,(]\s*(\d{1,3})\b(?!\s*(?:weeks?|months?|days?|hours?|minutes?))",
        told.years,
    ),
    (r"(?<!\d)(\d{1,3})\s*(?:岁|周岁|歲|歳|tuổi|лет|год(?:а|ов)?(?!\s*назад)|años)", told.years),
    (
        r"(?<![\w.'’])(?:[mf]|남|여)(?:\s*/\s*(?=\d{1,3}(?!\d))|\s+(?=\d\d(?![\d.]))\s*)(\d{1,3})",
        told.years,
    ),
    (
        rf"(?<![\w./])(\d{{1,3}})\s*/?\s*(?:(?:male|female|man|woman)\b|[mf]\b{_NOT_METRES}"
        r"|남(?![가-힣])|여(?![가-힣])|[남여](?=입니다|이에요|예요|인데|이고|임)|남자(?!\s?친)|여자(?!\s?친)|남성|여성)",
        told.beside_word,
    ),
    (
        r"(?<!\d)([1-9]0)\s*(?:대(?!\s*(?:맞|때|피))(?![가-힣]*[를을]?\s*(?:맞|피))|s\b)",
        told.band,
    ),
    (
        r"(?<![가-힣\d])([이삼사오육칠팔구]십|[2-9]0|서른|마흔|쉰|예순|일흔|여든)\s?줄(?=에|의|인|이|로|\s)",
        told.band,
    ),
    (
        r"(?<![가-힣])([이삼사오육칠팔구]?십)\s*대(?=\s|[초중후에의남여인로이가노어할아환,.])",
        told.band,
    ),
    (
        r"(?<=[요다음함임네슈니서지죠래유.!?,~ㅠㅜ…])\s*(\d{2})\s*(?:새|샬|셰|쌀)?\s*[.!~]*$",
        told.last_word,
    ),
    (rf"(?<![가-힣])({MIXED})\s*(?:살|이|세|서|인|된|먹|입니|임|{_SPEAKER}|[.,!~]|$)", told.mixed),
    (
        rf"(?<![\d가-힣.])(\d{{2,3}}|{SINO}|{NATIVE_TENS})\s*(?:인|된|먹은|,)?\s*(?={_SPEAKER})",
        told.beside_word,
    ),
    (
        r"(?<![가-힣])(?:남자|여자|남성|여성|남환|여환|(?:fe)?male|[男女])[\s,，:]*"
        rf"(\d{{2,3}})(?![\d.:/%]|\s*(?:{_COUNTED}))",
        told.years,
    ),
    (
        rf"(?<![가-힣]){_ADULT}\s*[,(]?\s*(\d{{2}})(?![\d.:/%가-힣]|\s*(?:{_COUNTED}|열|고열))",
        told.beside_word,
    ),
    (r"(?<![\d.])(\d{1,2})\s?(?:샇|쌀|샬|삻|싸|삵)(?=$|[\s.,!~]|이|인|짜|된|남|여)", told.years),
    (r"(?<![가-힣])반(오십|육십|칠십)(?=$|[\s.,!~]|이|인|입|된|여|먹)", told.half),
    (
        r"([二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])\s*(?:多)?岁",
        told.chinese,
    ),
    (r"(?:대학교?|대)\s?([1-4])\s*학년", told.student),
    (r"(?<![\d가-힣])([1-6])\s*학년", told.school_child),
    (r"신생아|갓\s*태어난|갓난\s*아기|갓난쟁이|newborn", told.newborn),
    (rf"(?:{'|'.join(sorted(WORD_BANDS, key=len, reverse=True))})(?!과|청소년과)", told.word_band),
)
