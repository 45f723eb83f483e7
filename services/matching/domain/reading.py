"""One hospital's report held against one need: yes, no or unknown, and how sure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.matching.domain.restricting import holds, strikes
from shared.contracts.nmc import Kind, Level, Status, catalogue
from shared.contracts.sync import Freshness, HospitalState, Message, freshness, status_at
from shared.contracts.triage import Need, PatientFacts

OPEN_GATE = "MKioskTy28"

CERTAINTY = {Freshness.FRESH: 1.0, Freshness.STALE: 0.8}
SEVERE_CERTAINTY = 0.9
"""An acceptance carries no time of its own: a report, never a promise."""

CHANCE_OF_YES = {
    Level.REGIONAL_CENTER: 0.45,
    Level.LOCAL_CENTER: 0.30,
    Level.LOCAL_INSTITUTION: 0.08,
    Level.REGISTERED: 0.03,
    None: 0.03,
}
"""What an unknown is worth by class: below the share of yes among all acceptances reported
nationwide in August 2026 (74.5, 45.8, 10.9, 3.6 %), because those who can tend to say so."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`certainty` is 0 for a no, 1 at most for a yes, and in between for an unknown."""

    status: Status
    reported: str | None
    certainty: float
    blocked: bool = False
    asks_for_call: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What the messages about a field say of one patient at one moment."""

    refuses: bool = False
    asks: bool = False


def read(hospital: HospitalState, need: Need, patient: PatientFacts, now: datetime) -> Reading:
    """What the hospital's report says of a need; a message in force overrides the flag."""
    word = word_on(hospital.messages, need.field, patient, now)
    field = catalogue().get(need.field)
    kind = field.kind if field else Kind.FLAG
    raw = hospital.values.get(need.field)
    if operators := _operators_word(hospital, need.field, now):
        return Reading(operators, raw, _certainty_of_word(hospital, operators))
    if word.refuses:
        return Reading(Status.UNAVAILABLE, raw, 0.0, blocked=True)
    if kind is Kind.DESIGNATION:
        return _designation(hospital, need.field, asks=word.asks)
    status = status_at(kind, raw, hospital.reported_at, now)
    return Reading(status, raw, _certainty(hospital, kind, status, now), asks_for_call=word.asks)


def word_on(messages: Iterable[Message], field: str, patient: PatientFacts, now: datetime) -> Word:
    """The messages about a field that speak of this patient now; a refusal of which nobody knows
    whether it means the patient asks for a call."""
    refuses = asks = False
    for message in in_force((m for m in messages if field in m.fields), now):
        struck = strikes(message.audiences, patient) if holds(message, now) else False
        if struck is not False:
            over = message.accepts_until is not None and message.accepts_until <= now
            refuses |= message.effect == "blocks" and struck is True
            unsure = message.effect == "blocks" and struck is None
            asks |= message.effect == "call" or over or unsure
    return Word(refuses, asks)


def at_the_door(hospital: HospitalState, patient: PatientFacts, now: datetime) -> Word:
    """Whether the emergency room takes this patient. A hospital that wants to be called before
    every transport has refused nobody: here only a possible refusal asks."""
    if _operators_word(hospital, OPEN_GATE, now) is Status.AVAILABLE:
        return Word()
    refusals = (m for m in hospital.messages if m.effect == "blocks")
    return word_on(refusals, OPEN_GATE, patient, now)


def is_open(hospital: HospitalState, now: datetime) -> Status:
    """Whether the emergency room runs: a closed one is known, silence is unknown. Whom a message
    shuts out by age is another question: the room itself runs."""
    raw = hospital.values.get(OPEN_GATE)
    gate = status_at(Kind.GATE, raw, hospital.reported_at, now)
    if hospital.operating and (operators := _operators_word(hospital, OPEN_GATE, now)):
        return operators
    shut = any(
        message.effect == "blocks"
        and OPEN_GATE in message.fields
        and not message.audiences
        and holds(message, now)
        for message in in_force(hospital.messages, now)
    )
    if not hospital.operating or gate is Status.UNAVAILABLE or shut:
        return Status.UNAVAILABLE
    if freshness(Kind.GATE, hospital.reported_at, now) is Freshness.STALE:
        return Status.AVAILABLE
    return Status.UNKNOWN


def in_force(messages: Iterable[Message], now: datetime) -> list[Message]:
    """The messages that hold now; one without times holds as long as it is told."""
    return [
        message
        for message in messages
        if (message.begins is None or message.begins <= now)
        and (message.until is None or now < message.until)
    ]


def _operators_word(hospital: HospitalState, field: str, now: datetime) -> Status | None:
    """What an operator of ours says of a field; it needs no report of the hospital's to hold, and
    goes before its messages."""
    word = hospital.overrides.get(field)
    return word.status if word is not None and now < word.until else None


def _certainty_of_word(hospital: HospitalState, word: Status) -> float:
    if word is Status.AVAILABLE:
        return 1.0
    return 0.0 if word is Status.UNAVAILABLE else CHANCE_OF_YES[hospital.level]


def _designation(hospital: HospitalState, field: str, *, asks: bool) -> Reading:
    if field.removeprefix("designation:") in hospital.designations:
        return Reading(Status.AVAILABLE, "Y", 1.0, asks_for_call=asks)
    chance = CHANCE_OF_YES[hospital.level] / 2
    return Reading(Status.UNKNOWN, None, chance, asks_for_call=asks)


def _certainty(hospital: HospitalState, kind: Kind, status: Status, now: datetime) -> float:
    if status is Status.UNAVAILABLE:
        return 0.0
    if status is Status.UNKNOWN:
        return CHANCE_OF_YES[hospital.level]
    if kind in (Kind.SEVERE, Kind.GATE):
        return SEVERE_CERTAINTY
    return CERTAINTY[freshness(kind, hospital.reported_at, now)]
