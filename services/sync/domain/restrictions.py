"""What a hospital's message restricts: which fields, for whom, when, and how hard.

A refusal that is plainly said blocks; what invites a question, says perhaps, speaks of some
patients of a field only, or cannot be read asks for a call; the rest informs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal

from services.sync.domain import restrictions_hours as hours
from services.sync.domain import restrictions_limits as limits
from services.sync.domain.restrictions_clauses import Clause, cut, plain
from services.sync.domain.restrictions_fields import (
    Topic,
    asked,
    audiences,
    cares,
    daily_hours,
    days_of,
    named_in,
    own_fields,
    refused_fields,
)
from services.sync.domain.restrictions_words import Kind, Token
from shared.contracts.nmc import Care
from shared.contracts.sync import Audience

Effect = Literal["blocks", "call", "info"]
_HARD = frozenset({Kind.REFUSES, Kind.FULL, Kind.LACKS})
_ARRIVING = frozenset({"이송", "신환", "신규", "내원", "119", "구급대"})
_OF_PATIENTS = frozenset({"환자", "환자분", "의심", "수용", "이송", "진료", "대상"})
_TIMES = (Kind.RANGE, Kind.HOURS, Kind.DAYS, Kind.FROM, Kind.UNTIL)
_OWN = (Kind.SUBJECT, Kind.THING, Kind.DEPARTMENT, Kind.CHILD, Kind.LIMIT)
_BESIDE = (Kind.BESIDE, Kind.FOLLOWED, Kind.LIMIT, *_TIMES)
NOTICE_UNKNOWN = 2
_STRENGTH: Mapping[Effect, int] = {"blocks": 2, "call": 1, "info": 0}


@dataclass(frozen=True, slots=True)
class Restriction:
    """One bounded statement. `fields` empty: a thing that no field stands for, of which `care`
    names some; `audiences` empty: everybody. With `hours` it holds then, on `days` only where
    these are given, and all day on `whole_days`; with `whole_days` alone on these days. `until`
    ends a refusal, `accepts_until` an acceptance."""

    effect: Effect
    fields: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    hours: str | None = None
    days: tuple[int, ...] = ()
    whole_days: tuple[int, ...] = ()
    until: datetime | None = None
    accepts_until: datetime | None = None
    care: tuple[Care, ...] = ()

    @property
    def is_bounded(self) -> bool:
        return bool(self.audiences or self.hours or self.whole_days or self.until)


@lru_cache(maxsize=8192)
def read(text: str, topic: Topic) -> tuple[Restriction, ...]:
    """Everything that a text says, the hardest first; never empty. Remembered, because the same
    messages are told anew every few minutes."""
    heading, clauses = cut(plain(text), by_limits=topic.bare_limits)
    if _is_timetable(clauses):
        return (Restriction("call", asked(clauses[0], heading, topic)),)
    clauses = _with_the_rest_of_the_day(clauses)
    said = [one for clause in clauses for one in _say(clause, heading, topic, clauses)]
    if not said and _is_notice(clauses):
        return (Restriction("info"),)
    if not said:
        said = [Restriction("call", own_fields(topic) or named_in(_of(clauses), child=False))]
    said = _softened(said, clauses)
    hardest = sorted(dict.fromkeys(said), key=lambda one: -_STRENGTH[one.effect])
    return _without_echoes(hardest)


def _is_notice(clauses: Sequence[Clause]) -> bool:
    """Thanks, ways in, tests: words for everybody, and hardly one that is not known."""
    told = _of(clauses)
    harmless = {Kind.NOTICE, Kind.WAY, Kind.ROOM, Kind.FILLER, Kind.BREAK, Kind.OPEN, Kind.CLOSE}
    unknown = sum(len(clause.rest) for clause in clauses)
    return (
        any(token.kind in (Kind.NOTICE, Kind.WAY) for token in told)
        and all(token.kind in harmless and token.value not in _OF_PATIENTS for token in told)
        and unknown < NOTICE_UNKNOWN
    )


def _with_the_rest_of_the_day(clauses: list[Clause]) -> list[Clause]:
    """ "09~17시 가능, 그 외 시간 불가" is one statement about the other hours."""
    for place in range(1, len(clauses)):
        former, clause = clauses[place - 1], clauses[place]
        if former.verdict is Kind.ACCEPTS and former.has(Kind.RANGE) and clause.has(Kind.EXCEPT):
            hard = Kind.REFUSES if clause.verdict is Kind.PERHAPS else clause.verdict
            merged = replace(former, verdict=hard, tokens=(*former.tokens, *clause.of(Kind.EXCEPT)))
            return [*clauses[: place - 1], merged, *clauses[place + 1 :]]
    return clauses


def _is_timetable(clauses: Sequence[Clause]) -> bool:
    """Different hours on different days: more than one window can hold."""
    open_at = [c for c in clauses if c.verdict is Kind.ACCEPTS and c.has(Kind.DAYS, Kind.RANGE)]
    return len(open_at) > 1 or any(
        len(c.of(Kind.RANGE)) > 1
        or (c.has(Kind.RANGE) and any(t.value == "24시간" for t in c.of(Kind.FILLER)))
        for c in open_at
    )


def _say(
    clause: Clause, heading: Sequence[Token], topic: Topic, clauses: Sequence[Clause]
) -> list[Restriction]:
    if _adds_nothing(clause, clauses):
        return []
    if clause.has(Kind.ASIDE) and topic.field is None and not clause.has(*_OWN):
        return [Restriction("info")]
    match _verdict(clause, topic):
        case Kind.REFUSES | Kind.FULL | Kind.LACKS:
            return [_refusal(clause, heading, topic, clauses)]
        case Kind.ACCEPTS:
            return _acceptance(clause, heading, topic)
        case Kind.ASKS | Kind.PERHAPS:
            return [_question(clause, heading, topic)]
        case Kind.WAITS | Kind.HOTLINE:
            return [Restriction("info", asked(clause, heading, topic))]
        case _:
            return []


def _adds_nothing(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """A reason in brackets, a soft word on its own beside others, or one about the hospital's
    own patients."""
    if clause.verdict in _HARD:
        return clause.in_brackets and not clause.has(*_OWN, *_TIMES)
    if clause.verdict is None or len(clauses) == 1:
        return False
    if clause.has(Kind.FOLLOWED):
        return True
    return not _tells(clause) and any(
        _tells(other) or other.verdict in _HARD for other in clauses if other is not clause
    )


def _tells(clause: Clause) -> bool:
    return bool(clause.rest) or any(
        token.kind not in (Kind.FILLER, Kind.BREAK) for token in clause.tokens
    )


def _question(clause: Clause, heading: Sequence[Token], topic: Topic) -> Restriction:
    fields = asked(clause, heading, topic)
    who = audiences(clause, heading, fields, topic)
    said = Restriction("call", fields, who, care=cares(clause, heading, topic))
    return _bounded(said, clause, topic)


def _verdict(clause: Clause, topic: Topic) -> Kind | None:
    """A clause without a verdict that sets a limit says what is accepted."""
    limited = clause.has(Kind.LIMIT) and (topic.bare_limits or clause.has(Kind.ONLY))
    timed = clause.has(Kind.RANGE, Kind.HOURS, Kind.DAYS) and clause.has(Kind.ONLY)
    return Kind.ACCEPTS if clause.verdict is None and (limited or timed) else clause.verdict


def _refusal(
    clause: Clause, heading: Sequence[Token], topic: Topic, clauses: Sequence[Clause]
) -> Restriction:
    fields = refused_fields(clause, heading, topic)
    audience = audiences(clause, heading, fields, topic)
    if fields is None:
        return Restriction("call")
    weak = clause.has(Kind.PARTLY) or _of_transfers_only(clause) or _of_an_unknown_rest(clause)
    weak = weak or (clause.has(Kind.WAY) and not clause.has(*_OWN))
    weak = weak or (topic.field is not None and clause.has(Kind.SOME)) or _is_beyond_words(clause)
    partial = topic.field is not None and _is_partial(clause, clauses, topic)
    effect: Effect = "call" if weak or partial else "blocks"
    said = Restriction(effect, fields, audience, care=cares(clause, heading, topic))
    return _bounded(said, clause, topic)


def _is_beyond_words(clause: Clause) -> bool:
    """It names patients by a limit that no audience can tell: "of 20 weeks or more"."""
    found = [token.value for token in clause.of(Kind.LIMIT)]
    return bool(found) and not limits.refused(found)


def _of_transfers_only(clause: Clause) -> bool:
    arriving = any(token.value in _ARRIVING for token in clause.of(Kind.FILLER))
    return clause.has(Kind.TRANSFER) and not (arriving or clause.has(Kind.PROCEDURE))


def _of_an_unknown_rest(clause: Clause) -> bool:
    """All but something that is not a time: whether this patient is meant cannot be told."""
    return clause.has(Kind.EXCEPT) and not clause.has(*_TIMES, Kind.FOLLOWED)


def _is_partial(clause: Clause, clauses: Sequence[Clause], topic: Topic) -> bool:
    """In a row of one field, what is accepted beside a refusal is a part of the same field; so is
    what the text of an acceptance's limit refuses by name."""
    if topic.bare_limits and not clause.has(Kind.LIMIT, *_TIMES):
        return _tells(clause) or len(clauses) > 1
    return any(
        (other.verdict is Kind.ACCEPTS and _tells(other) and not other.has(*_BESIDE))
        or (other.verdict is Kind.ASKS and other.has(Kind.EXCEPT))
        for other in clauses
        if other is not clause
    )


def _acceptance(clause: Clause, heading: Sequence[Token], topic: Topic) -> list[Restriction]:
    """What a hospital takes within bounds it refuses beyond them."""
    fields = asked(clause, heading, topic)
    base = Restriction("blocks", fields)
    found = [token.value for token in clause.of(Kind.LIMIT)]
    beyond = limits.left_out(found)
    if topic.field is None and not clause.has(Kind.ONLY):
        # "Children are taken" does not say that others are not.
        beyond = tuple(who for who in beyond if who.min_age_years is None)
    if beyond:
        return [_bounded(replace(base, audiences=beyond), clause, topic)]
    if found:
        return [Restriction("info", fields)]
    if clause.has(Kind.ADULT) and clause.has(Kind.ONLY):
        return [replace(base, audiences=(Audience(children=True),))]
    who = audiences(clause, heading, fields, topic)
    ends = [t.value for t in clause.of(Kind.UNTIL)]
    if ends:
        end = hours.at(ends[0], topic.begins)
        return [Restriction("info", fields, who, accepts_until=end)]
    if _timed(clause) and (clause.has(Kind.ONLY, Kind.RANGE) or clause.has(Kind.FROM)):
        return [_bounded(replace(base, audiences=who), clause, topic)]
    if clause.has(Kind.ONLY):
        return [Restriction("call", fields, who)]
    return [Restriction("info", fields, who)]


def _timed(clause: Clause) -> bool:
    return clause.has(Kind.RANGE, Kind.HOURS, Kind.DAYS, Kind.FROM)


def _bounded(said: Restriction, clause: Clause, topic: Topic) -> Restriction:
    """The statement within the hours, days and end of its clause."""
    inverse = clause.verdict in (Kind.ACCEPTS, None) or clause.has(Kind.EXCEPT)
    ends = [token.value for token in clause.of(Kind.UNTIL)]
    if ends and not inverse:
        return replace(said, until=hours.at(ends[0], topic.begins))
    begins = [token.value for token in clause.of(Kind.FROM)]
    if begins and clause.verdict is Kind.ACCEPTS:
        return replace(said, until=hours.at(begins[0], topic.begins))
    daily = daily_hours(clause)
    if daily is not None and inverse:
        daily = hours.outside(daily)
    days, whole = days_of(clause, inverse=inverse, daily=daily)
    return replace(
        said, hours=None if daily is None else hours.written(daily), days=days, whole_days=whole
    )


def _softened(said: list[Restriction], clauses: Sequence[Clause]) -> list[Restriction]:
    """An invitation to ask that names nobody and nothing of its own turns everything into calls."""
    invites = any(
        clause.verdict is Kind.ASKS
        and not clause.has(*_OWN, *_TIMES, Kind.FOLLOWED, Kind.EXCEPT)
        and not clause.rest
        for clause in clauses
    )
    if not invites:
        return said
    return [replace(one, effect="call") for one in said]


def _without_echoes(said: Sequence[Restriction]) -> tuple[Restriction, ...]:
    """Softer statements go where a harder one says as much of the same or of nothing known."""
    hardest = said[0].effect
    covered = {
        field
        for one in said
        if one.effect == hardest and not one.is_bounded
        for field in one.fields
    }
    return tuple(
        one
        for place, one in enumerate(said)
        if place == 0
        or one.effect == hardest
        or (one.effect == "call" and set(one.fields) - covered)
    )


def _of(clauses: Sequence[Clause]) -> list[Token]:
    return [token for clause in clauses for token in clause.tokens]
