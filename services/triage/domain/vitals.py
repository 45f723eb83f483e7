"""Measured values and times that people read out."""

import re
from dataclasses import dataclass, fields

from services.triage.domain.numbers import NATIVE, SINO, number_of


@dataclass(frozen=True, slots=True)
class Vitals:
    """mmHg, per minute, %, °C, one of A V P U, mg/dL; None is not measured."""

    sbp: int | None = None
    hr: int | None = None
    rr: int | None = None
    spo2: int | None = None
    temp_c: float | None = None
    avpu: str | None = None
    glucose: int | None = None


NOT_MEASURED = Vitals()
MINUTES_PER_DAY = 1440
_LIKELY = {
    "sbp": (30, 300), "hr": (15, 300), "rr": (3, 90), "spo2": (30, 100),
    "temp_c": (24.0, 43.5), "glucose": (10, 1500),
}  # fmt: skip
_SBP = re.compile(
    r"(?:혈압|\bbp|blood pressure)[^\d\n]{0,12}(\d{2,3})(?:\s*(?:에|/|over|-)\s*\d{2,3})?"
    r"|(?<!\d)(\d{2,3})\s*/\s*\d{2,3}\s*mmhg"
)
_HR = re.compile(
    r"(?:맥박|심박수?|심박동수?|\bhr\b|\bpulse|heart rate)[^\d\n]{0,10}(\d{2,3})(?!\d)"
)
_RR = re.compile(r"(?:호흡수|분당\s*호흡|\brr\b|respiratory rate)[^\d\n]{0,8}(\d{1,2})(?!\d)")
_SPO2 = re.compile(
    r"(?:산소\s*포화도?|포화도|산소\s*수치|산소|\bspo2|\bo2 sat\w*|\bsats?|oxygen)"
    r"[^\d\n]{0,10}(\d{2,3})(?!\d)"
)
_TEMP = re.compile(
    r"(?:열|체온|temp\w*|fever)[^\d\n]{0,14}(3[0-9]|4[0-3])(?:\s*[.점]\s*(\d))?"
    r"(?=\s*(?:도|°|℃|c\b|까지|$|[^\d분시일개]))"
    r"|(?<![\d.])(3[4-9]|4[0-2])(?:\s*[.점]\s*(\d))?\s*(?:도(?!\s*(?:각|화상))|℃|°\s*c?|degrees? c)"
    r"|(?<![\d.])(3[789]|4[01])\.(\d)(?![\d%])"
)
_GLUCOSE = re.compile(
    r"(?:혈당|당\s*수치|당뇨\s*수치|blood sugar|glucose|\bbst)[^\d\n]{0,10}(\d{2,4})(?!\d)"
)
_AMOUNT = rf"(\d{{1,3}}|{SINO}|{NATIVE}|반)"
_AGO = re.compile(
    rf"{_AMOUNT}\s*(분|시간|일|주일?|달|개월)\s*(반)?\s*(?:정도|쯤|가량)?\s*(?:전|째|넘|동안|됐|되었|이상|부터|지났|ago|정도\s*됐)"
    r"|(?<!\w)(\d{1,3}|an?|one|two|three|four|five|six)\s*(min\w*|hours?|hrs?|days?|weeks?)\s*ago"
)
_SINCE = (
    (re.compile(r"방금|지금\s*막|조금\s*전|just now|막\s*전"), 5),
    (re.compile(r"그저께|그제|엊그제"), 2 * MINUTES_PER_DAY),
    (re.compile(r"어제|어젯밤|간밤|엊저녁|since yesterday|last night|yesterday"), MINUTES_PER_DAY),
    (re.compile(r"반나절"), 360),
    (re.compile(r"며칠|몇일|several days|few days"), 3 * MINUTES_PER_DAY),
    (re.compile(r"몇\s*시간|few hours"), 180),
    (re.compile(r"몇\s*분|few minutes"), 5),
)
_UNIT_MINUTES = {
    "분": 1, "시간": 60, "일": MINUTES_PER_DAY, "주": 7 * MINUTES_PER_DAY,
    "주일": 7 * MINUTES_PER_DAY, "달": 30 * MINUTES_PER_DAY, "개월": 30 * MINUTES_PER_DAY,
    "min": 1, "hou": 60, "hr": 60, "hrs": 60, "day": MINUTES_PER_DAY, "wee": 7 * MINUTES_PER_DAY,
}  # fmt: skip
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def find_vitals(lowered: str) -> Vitals:
    """Only values that a living body can have; the rest were numbers of something else."""
    return Vitals(
        sbp=_whole(_SBP, lowered, "sbp"),
        hr=_whole(_HR, lowered, "hr"),
        rr=_whole(_RR, lowered, "rr"),
        spo2=_whole(_SPO2, lowered, "spo2"),
        temp_c=_temperature(lowered),
        glucose=_whole(_GLUCOSE, lowered, "glucose"),
    )


def find_onset(lowered: str) -> int | None:
    """Minutes since it began, from the first time that is named."""
    for found in _AGO.finditer(lowered):
        minutes = _minutes(found)
        if minutes is not None:
            return minutes
    for pattern, minutes in _SINCE:
        if pattern.search(lowered):
            return minutes
    return None


def merged(stated: Vitals, said: Vitals) -> Vitals:
    """What was stated apart wins over what was read in the text, value by value."""
    values = {
        field.name: getattr(said, field.name)
        if getattr(stated, field.name) is None
        else getattr(stated, field.name)
        for field in fields(Vitals)
    }
    return Vitals(**values)


def _whole(pattern: re.Pattern[str], lowered: str, name: str) -> int | None:
    low, high = _LIKELY[name]
    for found in pattern.finditer(lowered):
        value = int(next(group for group in found.groups() if group))
        if low <= value <= high:
            return value
    return None


def _temperature(lowered: str) -> float | None:
    values = []
    for found in _TEMP.finditer(lowered):
        whole = found[1] or found[3] or found[5]
        tenth = found[2] or found[4] or found[6] or "0"
        values.append(float(f"{whole}.{tenth}"))
    return max(values, default=None)


def _minutes(found: re.Match[str]) -> int | None:
    if found[4]:
        amount = _ENGLISH_NUMBERS.get(found[4]) or int(found[4])
        return amount * _UNIT_MINUTES[found[5][:3]]
    unit = _UNIT_MINUTES[found[2]]
    if found[1] == "반":
        return unit // 2
    number = number_of(found[1])
    if number is None:
        return None
    return number * unit + (unit // 2 if found[3] else 0)
