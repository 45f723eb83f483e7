"""Times of day, days and ends in a text. All are Korean time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.sync.domain.restrictions_words import Kind, Token, words

_DAY_NAMES = "월화수목금토일"
_MORNING = ("오전", "아침", "am", "a")
_HALF = r"(?:오전|오후|새벽|저녁|밤|낮|아침|am|pm)"


def _clock(which: str) -> str:
    """A time of day in any spelling; the groups' names end in `which`."""
    return (
        rf"(?P<half{which}>{_HALF})?\s*"
        rf"(?:(?P<four{which}>[01]\d[0-5]\d|2[0-4]00)(?!\d)|(?P<hour{which}>\d{{1,2}})"
        rf"(?::(?P<minute{which}>[0-5]\d)|(?P<word{which}>\s*시(?!간))"
        rf"(?:\s*(?P<spoken{which}>[0-5]?\d)\s*분|\s*(?P<thirty{which}>반))?)?"
        rf"\s*(?P<after{which}>am|pm|a(?![a-z])|p(?![a-z]))?)"
    )


_NEXT = r"(?P<next>익일|다음\s*날|명일|내일)?"
_NO_UNIT = r"(?!\s*(?:세|살|개월|kg|g|주|일|명|월|번|인|%|호|\d))"
_RANGE = re.compile(
    _clock("1")
    + rf"\s*(?:이후\s*(?=[~–-]))?(?:~|-|–|부터|에서)\s*{_NEXT}\s*"
    + _clock("2")
    + _NO_UNIT
    + r"\s*(?P<till>까지)?"
)  # fmt: skip
_DATE = (
    r"(?:(?P<month>\d{1,2})\s*(?:/|월)\s*(?P<day>\d{1,2})\s*일?|(?P<only>\d{1,2})\s*일"
    r"|(?P<rel>금일|오늘|당일|익일|내일|명일|다음\s*날))\s*(?:\([월화수목금토일]\))?"
)
_UNTIL = re.compile(rf"(?:{_DATE})?\s*(?:~\s*)?{_clock('')}\s*(?:전)?까지")
_RESUMES = re.compile(
    rf"(?:{_DATE})?\s*{_clock('')}\s*(?:경|쯤|이후|부터|에|께)?\s*"
    r"(?:복구|재개|재가동|정상화|정상\s*(?:진료|운영|가동|촬영)|수리\s*완료|점검\s*완료|완료|종료|해제)"
    r"(?:\s*(?:예정|예상))?"
)
_OPEN_UNTIL = re.compile(rf"(?:{_DATE})?\s*~\s*{_clock('')}{_NO_UNIT}")
_DAY_UNTIL = re.compile(rf"(?:~\s*)?{_DATE}\s*까지")
_FROM = re.compile(rf"(?:{_DATE})?\s*{_clock('')}\s*(?P<since>이후|부터|후|이전|~)")
_DAY_LIST = re.compile(
    rf"(?<![가-힣])([{_DAY_NAMES}])(?:\s*([~,·/-])\s*([{_DAY_NAMES}]))((?:\s*[,·/]\s*[{_DAY_NAMES}])*)"
    r"(?=만|에|요일|[^가-힣]|$)"
)
_ONE_DAY = re.compile(rf"(?<![가-힣\d])([{_DAY_NAMES}])(?=\s*\d{{1,2}}\s*(?:시|:|~|-))")


@dataclass(frozen=True, slots=True)
class Range:
    """Daily hours, the second before the first where midnight lies between."""

    begin: time
    end: time


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that is told once: `at` None is the end of the day; `day` counts from the begin."""

    at: time | None
    month: int | None = None
    day: int | None = None
    days_ahead: int | None = None
    before: bool = False


def find(text: str) -> list[Token]:
    """Ranges, ends and begins, and lists of days, of a lower-case text."""
    found: list[Token] = []
    for match in _RANGE.finditer(text):
        if _is_explicit(match, "1") or _is_explicit(match, "2") or _after_a_day(text, match):
            first, second = _time(match, "1"), _time(match, "2", _carried(match))
            if first is not None and second is not None:
                span = (match.start(), match.end())
                found.append(Token(*span, Kind.RANGE, Range(first, second)))
    for pattern, kind in (
        (_UNTIL, Kind.UNTIL), (_RESUMES, Kind.UNTIL), (_FROM, Kind.FROM), (_OPEN_UNTIL, Kind.UNTIL),
        (_DAY_UNTIL, Kind.UNTIL),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            moment = _moment(match)
            if moment is not None and not _overlaps(match, found):
                found.append(Token(match.start(), match.end(), kind, moment))
    found += [t for t in _days(text) if not any(t.start < f.end and f.start < t.end for f in found)]
    return found


def at(moment: Moment, begins: datetime) -> datetime:
    """The moment as a time, counted from when the message began."""
    base = begins.date()
    day = _date(moment, base)
    clock = moment.at or time(0)
    if day is None:
        candidate = datetime.combine(base, clock, begins.tzinfo)
        return candidate if candidate > begins else candidate + timedelta(days=1)
    ends_day = moment.at is None or moment.at == time(0)
    return datetime.combine(day + timedelta(days=int(ends_day)), clock, begins.tzinfo)


def outside(hours: Range) -> Range:
    return Range(hours.end, hours.begin)


def evening_from(moment: Moment) -> Range:
    """From a time of day until the morning; before it, from midnight."""
    at_time = moment.at or time(0)
    if moment.before:
        return Range(time(0), at_time)
    return Range(at_time, time.fromisoformat(words().morning))


def named(row: Mapping[str, str]) -> Range:
    """The hours that a word of the table stands for."""
    return Range(time.fromisoformat(row["from"]), time.fromisoformat(row["to"]))


def written(hours: Range) -> str:
    return f"{hours.begin:%H:%M}-{hours.end:%H:%M}"


def _date(moment: Moment, base: date) -> date | None:
    if moment.days_ahead is not None:
        return base + timedelta(days=moment.days_ahead)
    if moment.day is None:
        return None
    month = moment.month or (base.month if moment.day >= base.day else base.month % 12 + 1)
    year = base.year + int(month < base.month - 6 or (moment.month is None and month < base.month))
    try:
        return date(year, month, moment.day)
    except ValueError:
        return None


def _moment(match: re.Match[str]) -> Moment | None:
    groups = match.groupdict()
    clocked = "hour" in groups
    if clocked and not _is_explicit(match, ""):
        return None
    clock = _time(match, "") if clocked else None
    if clocked and clock is None:
        return None
    relative = re.sub(r"\s", "", groups["rel"] or "")
    ahead = None if not relative else int(relative in ("익일", "내일", "명일", "다음날"))
    day = groups["day"] or groups["only"]
    return Moment(
        clock,
        int(groups["month"]) if groups["month"] else None,
        int(day) if day else None,
        ahead,
        before=groups.get("since") == "이전",
    )


def _is_explicit(match: re.Match[str], which: str) -> bool:
    names = ("half", "four", "minute", "word", "after")
    return any(match[name + which] for name in names)


def _after_a_day(text: str, match: re.Match[str]) -> bool:
    """Bare figures are hours where a word of days or hours stands before them."""
    before = text[max(0, match.start() - 8) : match.start()]
    return (
        re.search(r"(?:평일|주말|[월화수목금토일]|주간|야간|시간|요일)\s*[(:]?\s*$", before)
        is not None
    )


def _carried(match: re.Match[str]) -> str:
    """The half of the day that a range's end has from its begin: 오후 1~5시 ends at 17:00. From
    six in the evening on a refusal may well last the night, so 오후 7~9시 ends in the morning. One
    that begins in the morning ends on that day: 오전 9~6시 at 18:00."""
    first, second = match["hour1"], match["hour2"]
    own = match["half2"] or match["after2"] or match["next"]
    if own or first is None or second is None or int(second) >= 12:
        return ""
    half, begin, end = match["half1"] or match["after1"] or "", int(first) % 12, int(second)
    if half in _MORNING and end < begin:
        return "오후"
    return half if begin < min(6, end) else ""


def _time(match: re.Match[str], which: str, carried: str = "") -> time | None:
    four = match["four" + which]
    if four:
        hour, minute = int(four[:2]), int(four[2:])
    else:
        hour = int(match["hour" + which])
        minute = int(match["minute" + which] or match["spoken" + which] or 0)
        minute = 30 if match["thirty" + which] else minute
    half = match["half" + which] or match["after" + which] or carried
    if (
        half in ("오후", "pm", "p", "저녁", "밤", "낮")
        and 0 < hour < 12
        and (half != "밤" or hour > 5)
    ):
        hour += 12
    elif half in ("오전", "am", "a", "새벽") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59:
        return None
    return time(hour % 24, minute)


def _overlaps(match: re.Match[str], found: Sequence[Token]) -> bool:
    return any(match.start() < token.end and token.start < match.end() for token in found)


def _days(text: str) -> list[Token]:
    tokens = []
    for match in _DAY_LIST.finditer(text):
        first, joint, second, rest = match.groups()
        one, two = _DAY_NAMES.index(first) + 1, _DAY_NAMES.index(second) + 1
        span = [one, two]
        if joint in "~-":
            span = [(one + step - 1) % 7 + 1 for step in range((two - one) % 7 + 1)]
        span += [_DAY_NAMES.index(name) + 1 for name in rest if name in _DAY_NAMES]
        tokens.append(Token(match.start(), match.end(), Kind.DAYS, {"days": sorted(set(span))}))
    for match in _ONE_DAY.finditer(text):
        if not _overlaps(match, tokens):
            day = [_DAY_NAMES.index(match[1]) + 1]
            tokens.append(Token(match.start(), match.end(), Kind.DAYS, {"days": day}))
    return tokens
