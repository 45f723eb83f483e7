"""One hospital's report held against one need: yes, no or unknown, and how sure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from services.matching.domain.cards import Card, care_key
from services.matching.domain.chances import chance_of_designation, chance_of_yes
from services.matching.domain.restricting import holds, strikes
from shared.contracts.nmc import Care, Kind, Level, Status, catalogue, read_status
from shared.contracts.sync import Freshness, Message, freshness_at
from shared.contracts.triage import PatientFacts

OPEN_GATE = "MKioskTy28"
DESIGNATION = "designation:"

CERTAINTY = {Freshness.FRESH: 1.0, Freshness.STALE: 0.8}
SEVERE_CERTAINTY = 0.9
"""An acceptance carries no time of its own: a report, never a promise."""


class Reading(NamedTuple):
    """`certainty` is 0 for a no, 1 at most for a yes, and in between for an unknown. `conflict`: a
    notice in force says no to what is reported as a yes."""

    status: Status
    reported: str | None
    certainty: float
    blocked: bool = False
    asks_for_call: bool = False
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """For whom and when a report is read."""

    now: datetime
    now_s: float
    patient: PatientFacts

    @classmethod
    def of(cls, now: datetime, patient: PatientFacts) -> "Moment":
        return cls(now, now.timestamp(), patient)


class Word(NamedTuple):
    """What the messages about a field say of one patient at one moment."""

    refuses: bool = False
    asks: bool = False


SILENCE = Word()


def read(card: Card, field: str, at: Moment) -> Reading:
    """What the hospital's report says of a field; a message in force overrides the flag."""
    kind = kind_of(field)
    raw = card.hospital.values.get(field)
    if field in card.words and (told := _operators_word(card, field, at)):
        return Reading(told, raw, _certainty_of_word(card, field, told))
    word = word_on(card.messages[field], at) if field in card.messages else SILENCE
    if kind is Kind.DESIGNATION:
        return _designation(card, field, word)
    fresh = freshness_at(kind, card.age_s(at.now_s))
    plain = _plain(field, kind, raw, fresh, card.hospital.level)
    if word is SILENCE:
        return plain
    if word.refuses:
        conflict = plain.status is Status.AVAILABLE
        return Reading(Status.UNAVAILABLE, raw, 0.0, blocked=True, conflict=conflict)
    return plain._replace(asks_for_call=word.asks)


@lru_cache(maxsize=512)
def kind_of(field: str) -> Kind:
    """How the values of a field are read."""
    known = catalogue().get(field)
    return known.kind if known else Kind.FLAG


def word_on(messages: Iterable[Message], at: Moment) -> Word:
    """What messages about one field say of this patient now; a refusal of which nobody knows
    whether it means the patient asks for a call."""
    refuses = asks = False
    for message in in_force(messages, at.now):
        struck = strikes(message.audiences, at.patient) if holds(message, at.now) else False
        if struck is not False:
            over = message.accepts_until is not None and message.accepts_until <= at.now
            refuses |= message.effect == "blocks" and struck is True
            unsure = message.effect == "blocks" and struck is None
            asks |= message.effect == "call" or over or unsure
    return Word(refuses, asks) if refuses or asks else SILENCE


def at_the_door(card: Card, cares: Iterable[Care], at: Moment) -> Word:
    """Whether the emergency room takes this patient, and what they need that no field tells. A
    hospital that wants to be called before every transport has refused nobody: here only a
    possible refusal asks."""
    if not card.messages:
        return SILENCE
    told = [message for care in cares for message in card.messages.get(care_key(care), ())]
    if _operators_word(card, OPEN_GATE, at) is not Status.AVAILABLE:
        told += [one for one in card.messages.get(OPEN_GATE, ()) if one.effect == "blocks"]
    return word_on(told, at) if told else SILENCE


def is_open(card: Card, at: Moment) -> Status:
    """Whether the emergency room runs: a closed one is known, silence is unknown. Whom a message
    shuts out by age is another question: the room itself runs."""
    if not card.hospital.operating:
        return Status.UNAVAILABLE
    if operators := _operators_word(card, OPEN_GATE, at):
        return operators
    raw = card.hospital.values.get(OPEN_GATE)
    fresh = freshness_at(Kind.GATE, card.age_s(at.now_s))
    gate = _plain(OPEN_GATE, Kind.GATE, raw, fresh, card.hospital.level).status
    if gate is Status.UNAVAILABLE or _is_shut(card, at.now):
        return Status.UNAVAILABLE
    return Status.AVAILABLE if fresh is Freshness.STALE else Status.UNKNOWN


def in_force(messages: Iterable[Message], now: datetime) -> list[Message]:
    """The messages that hold now; one without times holds as long as it is told."""
    return [
        message
        for message in messages
        if (message.begins is None or message.begins <= now)
        and (message.until is None or now < message.until)
    ]


def _is_shut(card: Card, now: datetime) -> bool:
    """A message shuts the room to everybody."""
    return any(
        message.effect == "blocks" and not message.audiences and holds(message, now)
        for message in in_force(card.messages.get(OPEN_GATE, ()), now)
    )


def _operators_word(card: Card, field: str, at: Moment) -> Status | None:
    """What an operator of ours says of a field; it needs no report of the hospital's to hold, and
    goes before its messages."""
    status, until_s = card.words.get(field, (None, 0.0))
    return status if at.now_s < until_s else None


def _certainty_of_word(card: Card, field: str, word: Status) -> float:
    if word is Status.AVAILABLE:
        return 1.0
    return 0.0 if word is Status.UNAVAILABLE else chance_of_yes(field, card.hospital.level)


def _designation(card: Card, field: str, word: Word) -> Reading:
    name = field.removeprefix(DESIGNATION)
    held = name in card.hospital.designations
    if word.refuses:
        return Reading(Status.UNAVAILABLE, "Y" if held else None, 0.0, True, False, held)
    if held:
        return Reading(Status.AVAILABLE, "Y", 1.0, asks_for_call=word.asks)
    proxy = name in card.hospital.designation_proxies
    chance = chance_of_designation(card.hospital.level, proxy=proxy)
    return Reading(Status.UNKNOWN, None, chance, asks_for_call=word.asks)


@lru_cache(maxsize=65536)
def _plain(
    field: str, kind: Kind, raw: str | None, fresh: Freshness, level: Level | None
) -> Reading:
    """The reading of a report on which no message and no operator has a word."""
    known = fresh in (Freshness.FRESH, Freshness.STALE)
    status = read_status(kind, raw) if known else Status.UNKNOWN
    if status is Status.UNAVAILABLE:
        return Reading(status, raw, 0.0)
    if status is Status.UNKNOWN:
        return Reading(status, raw, chance_of_yes(field, level))
    severe = kind in (Kind.SEVERE, Kind.GATE)
    return Reading(status, raw, SEVERE_CERTAINTY if severe else CERTAINTY[fresh])
