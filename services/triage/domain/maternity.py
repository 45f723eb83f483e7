"""Pregnancy and the weeks after a birth, with their numbers."""

import re
from dataclasses import dataclass

from services.triage.domain.reading import Reading

WEEKS_PER_MONTH = 4
_WEEKS = re.compile(
    r"(?:임신|산모|임산부|임신부|임부)[^|\d]{0,8}(\d{1,2})주|(\d{1,2})주(?:차|된|째)?(?:의)?(?:임산부|임신|산모|임부)"
    r"|(?:임신)[^|\d]{0,4}(\d{1,2})개월|(\d{1,2})개월(?:차|된)?(?:임산부|임신|산모)"
)
_BARE_WEEKS = re.compile(r"(?<!\d)(\d{1,2})주(?:차|\d일|인데|예요|이에요|입니다|째)?")
_ENGLISH_WEEKS = re.compile(
    r"\b(\d{1,2})\s*(?:weeks?|wks?)\s*pregnant|pregnant\W+(?:\w+\W+){0,2}?(\d{1,2})\s*(?:weeks?|wks?)"
)
_PREGNANT = re.compile(
    r"임신|임산부|임신부|산모|만삭|임부|초산|경산부|배속(?:에)?아기|뱃속|태아|태동|양수|출산예정|예정일|뱃속아기|뱃속의아기"
    r"|임부|애나올날|아기나올날|怀孕|孕妇|妊娠|妊婦|беременн|cóthai|mangthai"
)
# "35주인데 머리가 깨질 것 같아요": late weeks are a pregnancy unless they count something else.
_BY_WEEKS = re.compile(
    r"^(?!.*(?:생후|전치|수술|시술|된지|한지|깁스|골절|아기|애기|신생아|아들|딸|치료|접종|연속))"
    r".*?(?<!\d)(?:2\d|3\d|4[01])주(?:차)?(?:인데|이고|예요|이에요|입니다)"
)
_PREGNANT_ENGLISH = re.compile(r"\bpregnan\w+|\bin labou?r\b|\bmy water broke")
_NOT_PREGNANT = re.compile(
    r"임신(?:은|이|한건|한것은|한적|일리|가능성)?(?:은|이|도)?(?:아니|아닌|아님|안했|안한|없|못하)|임신중독증?검사|불임|임신테스트"
    r"|임신(?:인지|일수|가능|했을|인것|같)|임신(?:을)?준비|임신\?|not pregnant"
)
_TERM = re.compile(r"만삭|예정일(?:이)?(?:지|내일|오늘|다음주)")
_POSTPARTUM = re.compile(
    r"(?:출산|(?:애|아기|애기)(?:를)?낳|(?:집|차안?|화장실|병원|혼자)(?:에서)?낳|해산|분만|제왕절개)"
    r"(?:한지|은지|하고|고|후|한뒤|은뒤|했는데|았는데|은후|한후|지)"
    r"|(?:집|차|차안|화장실|혼자)(?:에서)?(?:애|아기|애기)?(?:를)?낳았"
    r"|낳은지(?:하루|이틀|사흘|나흘|닷새|엿새|열흘|보름|일주일|며칠|한달|\d+(?:일|주|달|개월))(?:밖에|정도|쯤)?(?:안)?(?:[됐돼되]|지[났난나]|인데|째)(?!된|짜리)"
    r"|(?:제왕절개|제왕|자연분만)(?:로|으로|을)?(?:낳|하고|했|한(?:지|뒤|후)|받)"
    r"|(?:첫째|둘째|셋째|넷째|쌍둥이)(?:를|을)?낳[고은았]|몸(?:을)?푼(?:지|뒤|후)|조산원[^|]{0,8}(?:아기|애)?(?:를)?낳"
    r"|(?:출산|분만)(?:\d{1,2}|[한두세네열]|하루|이틀|사흘|나흘)(?:일|주|시간|달)?(?:째|차|됐|된|만에)"
    r"|산후|몸조리|\bpostpartum|after (?:giving birth|delivery|childbirth)|gave birth"
)


@dataclass(frozen=True, slots=True)
class Maternity:
    """`weeks` None with `pregnant` true means an unknown week."""

    pregnant: bool
    weeks: int | None
    postpartum: bool
    special: tuple[str, ...]

    @property
    def is_mother(self) -> bool:
        return self.pregnant or self.postpartum


def find_maternity(reading: Reading) -> Maternity:
    postpartum = bool(_POSTPARTUM.search(reading.squeezed) or _POSTPARTUM.search(reading.lowered))
    pregnant = not postpartum and _is_pregnant(reading)
    weeks = _weeks(reading) if pregnant else None
    special = []
    if pregnant:
        special.append(f"임신 {weeks}주" if weeks else "임신")
    if postpartum:
        special.append("출산 후")
    return Maternity(pregnant, weeks, postpartum, tuple(special))


def _is_pregnant(reading: Reading) -> bool:
    if _NOT_PREGNANT.search(reading.squeezed) or "not pregnant" in reading.lowered:
        return False
    said = (
        _PREGNANT.search(reading.squeezed)
        or _PREGNANT_ENGLISH.search(reading.lowered)
        or _BY_WEEKS.search(reading.squeezed)
    )
    return said is not None


def _weeks(reading: Reading) -> int | None:
    found = _WEEKS.search(reading.squeezed)
    if found:
        weeks = found[1] or found[2]
        months = found[3] or found[4]
        value = int(weeks) if weeks else int(months) * WEEKS_PER_MONTH
        return value if 1 <= value <= 44 else None
    english = _ENGLISH_WEEKS.search(reading.lowered)
    if english:
        return int(english[1] or english[2])
    if _TERM.search(reading.squeezed):
        return 38
    bare = _BARE_WEEKS.search(reading.squeezed)
    return int(bare[1]) if bare and 4 <= int(bare[1]) <= 44 else None
