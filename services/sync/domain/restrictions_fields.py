"""Which fields a clause is about, which patients, and which hours and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.sync.domain import restrictions_hours as hours
from services.sync.domain import restrictions_limits as limits
from services.sync.domain.restrictions_clauses import Clause
from services.sync.domain.restrictions_hours import Moment, Range
from services.sync.domain.restrictions_words import Kind, Token, words
from shared.contracts.nmc import Care
from shared.contracts.sync import Audience

ROOM = "MKioskTy28"
ALL_DAYS = frozenset(range(1, 8))
ONLY_CHILDREN = frozenset(
    {"MKioskTy10", "MKioskTy12", "MKioskTy14", "MKioskTy15", "MKioskTy27"}
    | {"hv28", "hv32", "hv33", "hv37", "hv15", "hv16", "hv10", "hvncc", "hvincuayn"}
)


@dataclass(frozen=True, slots=True)
class Topic:
    """Where a message stands: the severe field of its row (None: the room's), its department,
    and when it began, in Korean time. `bare_limits`: figures alone are what is accepted."""

    field: str | None
    department: str | None
    begins: datetime
    bare_limits: bool = False


def audiences(
    clause: Clause, heading: Sequence[Token], fields: Sequence[str] | None, topic: Topic
) -> tuple[Audience, ...]:
    """Whom a clause names; ages beat words for children, and what only children need says it."""
    named = limits.refused(token.value for token in clause.of(Kind.LIMIT))
    if named:
        return named
    children = [t for t in (*clause.tokens, *heading) if t.kind is Kind.CHILD]
    if children:
        if fields and set(fields) <= ONLY_CHILDREN:
            return ()
        ages = {k: v for k, v in children[0].value.items() if k != "words"}
        return (Audience(children=not ages, **ages),)
    if fields == (ROOM,) or not fields:
        department = _department(clause, heading, topic)
        if department is not None and department.get("child"):
            return (Audience(children=True),)
    return ()


def refused_fields(
    clause: Clause, heading: Sequence[Token], topic: Topic
) -> tuple[str, ...] | None:
    """Fields of a refusal; empty where it speaks of something narrower than any field, None
    where nobody can tell what is refused."""
    if topic.field is not None:
        return (topic.field,)
    own = _named(clause, heading)
    if own or _cares(clause.tokens, heading):
        return own
    lacking = named_in([*clause.reasons, *clause.tokens], child=False)
    full = clause.verdict is Kind.FULL or any(t.kind is Kind.FULL for t in clause.reasons)
    department = _department(clause, heading, topic)
    at_the_room = clause.has(Kind.ROOM) or (department is not None and "room" in department)
    if clause.rest:
        return lacking
    if clause.verdict is Kind.FULL and at_the_room:
        return ("hvec",)
    if department is not None and not {"room", "vague", "child"} & department.keys():
        return lacking if full and lacking else tuple(department["fields"])
    if lacking and not clause.has(Kind.EVERYONE, Kind.ROOM):
        return (ROOM, *lacking) if "hvec" in lacking else lacking
    return _refused_of_the_room(clause, heading, department, full=full, at_the_room=at_the_room)


def _refused_of_the_room(
    clause: Clause,
    heading: Sequence[Token],
    department: Mapping[str, Any] | None,
    *,
    full: bool,
    at_the_room: bool,
) -> tuple[str, ...] | None:
    young = any(t.kind is Kind.CHILD for t in (*clause.tokens, *heading))
    young = young or clause.has(Kind.LIMIT) or (department is not None and "child" in department)
    if clause.has(Kind.PROCEDURE):
        return ()
    if clause.verdict is Kind.LACKS and not young:
        return None
    if young or clause.has(Kind.EVERYONE) or at_the_room:
        return (ROOM, "hvec") if full and not young else (ROOM,)
    return None


def asked(clause: Clause, heading: Sequence[Token], topic: Topic) -> tuple[str, ...]:
    """Fields of a question or an acceptance: named, the row's, the department's, the room's."""
    if topic.field is not None:
        return (topic.field,)
    own = _named(clause, heading) or named_in(clause.reasons, child=False)
    if (
        own
        or _cares(clause.tokens, heading)
        or (clause.rest and not clause.has(Kind.ROOM, Kind.EVERYONE))
    ):
        return own
    department = _department(clause, heading, topic)
    if department is None or "vague" in department:
        return (ROOM,) if clause.has(Kind.ROOM, Kind.EVERYONE, Kind.LIMIT) else ()
    if "child" in department:
        return (ROOM,)
    return tuple(department["fields"])


def cares(clause: Clause, heading: Sequence[Token], topic: Topic) -> tuple[Care, ...]:
    """What no field stands for and a clause speaks of: named, or all that its department does."""
    named = _cares(clause.tokens, heading)
    if topic.field is not None or named or clause.rest:
        return () if topic.field is not None else named
    department = _department(clause, heading, topic) or {}
    return (department["care"],) if "care" in department else ()


def _cares(*tokens: Sequence[Token]) -> tuple[Care, ...]:
    named = [
        t.value["care"] for ts in tokens for t in ts if t.kind is Kind.SUBJECT and "care" in t.value
    ]
    return tuple(dict.fromkeys(named))


def own_fields(topic: Topic) -> tuple[str, ...]:
    return () if topic.field is None else (topic.field,)


def _named(clause: Clause, heading: Sequence[Token]) -> tuple[str, ...]:
    """Fields that the clause itself names; a subject of the heading goes before mere things."""
    young = any(t.kind is Kind.CHILD for t in (*clause.tokens, *heading))
    subjects = [token for token in clause.tokens if token.kind is Kind.SUBJECT]
    if not subjects and any(token.kind is Kind.SUBJECT for token in heading):
        return named_in(heading, child=young)
    return named_in(clause.tokens, child=young) or named_in(heading, child=young)


def named_in(tokens: Sequence[Token], *, child: bool) -> tuple[str, ...]:
    found: list[str] = []
    for token in tokens:
        if token.kind in (Kind.SUBJECT, Kind.THING):
            found += (
                token.value.get("child", token.value["fields"]) if child else token.value["fields"]
            )
    return tuple(dict.fromkeys(found))


def _department(clause: Clause, heading: Sequence[Token], topic: Topic) -> Mapping[str, Any] | None:
    """The departments that the clause names, else the heading, else the message's own."""
    for tokens in ((*clause.tokens, *clause.reasons), heading):
        rows = [token.value for token in tokens if token.kind is Kind.DEPARTMENT]
        if len(rows) == 1:
            row: Mapping[str, Any] = rows[0]
            return row
        if rows:
            return {"fields": list(dict.fromkeys(f for row in rows for f in row["fields"]))}
    if topic.department is None:
        return None
    return words().departments.get(topic.department.replace(" ", ""), {"fields": []})


def daily_hours(clause: Clause) -> Range | None:
    """Figures before words: a word stands for hours only where no figure does."""
    ranges: list[Range] = [token.value for token in clause.of(Kind.RANGE)]
    begins: list[Moment] = [token.value for token in clause.of(Kind.FROM)]
    told = [token.value for token in clause.of(Kind.HOURS)]
    if ranges:
        return ranges[0]
    if begins:
        return hours.evening_from(begins[0])
    return hours.named(told[-1]) if told else None


def days_of(
    clause: Clause, *, inverse: bool, daily: Range | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The days of the hours, and the days on which it holds at every hour."""
    marks = _narrowest(clause.of(Kind.DAYS))
    named = {day for mark in marks for day in mark.value["days"]}
    if not named:
        return (), ()
    if inverse:
        return (), tuple(sorted(ALL_DAYS - named))
    if daily is None:
        return (), tuple(sorted(named))
    times = [t.start for t in clause.of(Kind.RANGE, Kind.FROM, Kind.HOURS)]
    of_hours = {
        day
        for mark in marks
        for day in mark.value["days"]
        if any(0 <= start - mark.end <= 3 for start in times)
    }
    return tuple(sorted(of_hours)), tuple(sorted(named - of_hours))


def _narrowest(marks: Sequence[Token]) -> list[Token]:
    """Of "Wednesday (weekdays)" the Wednesday."""
    sets = [set(mark.value["days"]) for mark in marks]
    return [
        mark
        for mark, days in zip(marks, sets, strict=True)
        if not any(other and other < days for other in sets)
    ]
