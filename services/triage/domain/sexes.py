"""Whether a text tells a man or a woman apart from words of relation."""

import re

from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Sex

_MALE = re.compile(
    r"(?<=[,/])\s?남(?=\s*[,/.]|\s*$)|총각(?=인|이|예|입)|남정네|(?<!\w)남\s\d\d(?!\d)|\d\s*남임|남환|男(?!朋)|мужчин|\bnam\b(?=\s*,?\s*\d)|남자(?!\s?친구)|남잔데|남성(?!\s*(?:과|병원))|남아(?!\s?있|[가-힣])|남학생|남[중고대]생|(?<=\d)\s?(?:세|살|대)\s*/?\s*남(?![가-힣]|쪽)|성별\s*:?\s*남|(?<!\w)남\s*/\s*\d|\d\s*/\s*남|\d\s*남(?![가-힣])|\d\s*남(?:입니다|이에요|인데|이고)"
    r"|\b(?:male|man|guy|gentleman)\b|(?<![\w.])\d{2,3}\s*/?\s*m\b(?!\s*(?:높이|깊이|거리|정도|high|tall))|\bm\s*/\s*\d|(?<![\w'’])m\s\d\d(?!\d)"
)
_FEMALE = re.compile(
    r"(?<=[,/])\s?여(?=\s*[,/.]|\s*$)|처자(?=인|이|예|입|여)|새댁|해녀(?!복)|(?<!\w)여\s\d\d(?!\d)|\d\s*여임|여환|女(?!朋|儿)|женщин|\bnữ\b|여자(?!\s?친구)|여잔데|여성(?!\s*(?:과|병원))|여아|여학생|여[중고대]생|(?<=\d)\s?(?:세|살|대)\s*/?\s*여(?![가-힣])|성별\s*:?\s*여|(?<!\w)여\s*/\s*\d|\d\s*/\s*여|\d\s*여(?![가-힣])|(?:\d|세|살)\s*여(?:입니다|이에요|인데|이고)"
    r"|\b(?:female|woman|lady)\b|(?<![\w.])\d{1,3}\s*/?\s*f\b|\bf\s*/\s*\d|(?<!\w)f\s\d\d(?!\d)"
)
_SEX_TAKEN_BACK = re.compile(
    r"(?:남자|여자)[가-힣]{0,2}?\s?(?:아니고|아니라|말고|라고\s?(?:썼|했|적었)는데)"
)
_HE = re.compile(r"\b(?:he|his|him)\b")
_SHE = re.compile(r"\b(?:she|her)\b")
_WOMAN = re.compile(
    r"생리(?!현상|적|식염|대사)|입덧|자궁|난소|질염|질정|모유|수유중|젖몸살|유선염|산후조리|산후우울|산후출혈"
    r"|제왕절개|폐경|완경|임신(?:인지|일수|가능|했을|인것|테스트기?(?:가|에|에서)|반응)|피임약|냉대하|질출혈"
)
_MAN = re.compile(r"전립선|고환|불알|음경|음낭|포경|정관수술|발기")
# "친구 남편" is nobody's own.
_OWN = (
    r"(?<![가-힣])(?<!친구\s)(?<!언니\s)(?<!누나\s)(?<!동생\s)(?<!딸\s)(?<!이모\s)(?<!고모\s)(?<!옆집\s)(?<!아는\s)"
    r"(?<!이웃\s)(?<!동료\s)(?<!사촌\s)(?<!누이\s)(?<!올케\s)(?<!처제\s)(?<!직원\s)(?<!아들\s)(?<!오빠\s)(?<!형\s)(?<!삼촌\s)(?<!전\s)"
)
_OF_WIVES = re.compile(
    _OWN + r"(?:우리)?(?:남편|신랑|시댁|시어머니|시어머님|시아버지|시부모|시누이|시월드)"
)
_OF_HUSBANDS = re.compile(
    _OWN + r"(?:우리)?(?:아내|와이프|집사람|마누라|장모님|장인어른|처가|처제|처남)"
)


def stated_sex(reading: Reading) -> Sex | None:
    told = _SEX_TAKEN_BACK.sub("", reading.lowered)
    male, female = _MALE.search(told), _FEMALE.search(told)
    if male and female:
        return None
    return "M" if male else "F" if female else None


def sex_between(told: str) -> Sex | None:
    """The one sex that a stretch of a text names."""
    male, female = _MALE.search(told), _FEMALE.search(told)
    if bool(male) == bool(female):
        return None
    return "M" if male else "F"


def sex_by_marriage(reading: Reading) -> Sex | None:
    """The writer's, who speaks of a husband or a wife, or of the family of one, as theirs."""
    wife, husband = _OF_WIVES.search(reading.lowered), _OF_HUSBANDS.search(reading.lowered)
    if bool(wife) == bool(husband):
        return None
    return "F" if wife else "M"


def pronoun_sex(reading: Reading) -> Sex | None:
    he, she = _HE.search(reading.lowered), _SHE.search(reading.lowered)
    if bool(he) == bool(she):
        return None
    return "M" if he else "F"


def sex_of_organs(reading: Reading) -> Sex | None:
    woman, man = _WOMAN.search(reading.squeezed), _MAN.search(reading.squeezed)
    if bool(woman) == bool(man):
        return None
    return "F" if woman else "M"
