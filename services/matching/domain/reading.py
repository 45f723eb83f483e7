"""One hospital's report held against one need: yes, no or unknown, and how sure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.nmc import Kind, Level, Status, catalogue
from shared.contracts.sync import Freshness, HospitalState, Message, freshness, status_at
from shared.contracts.triage import Need

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


def read(hospital: HospitalState, need: Need, now: datetime) -> Reading:
    """What the hospital's report says of a need; a message in force overrides the flag."""
    if need.field.startswith("designation:"):
        return _designation(hospital, need.field)
    field = catalogue().get(need.field)
    kind = field.kind if field else Kind.FLAG
    raw = hospital.values.get(need.field)
    messages = [m for m in in_force(hospital.messages, now) if need.field in m.fields]
    if any(message.effect == "blocks" for message in messages):
        return Reading(Status.UNAVAILABLE, raw, 0.0, blocked=True)
    status = status_at(kind, raw, hospital.reported_at, now)
    asks = any(message.effect == "call" for message in messages)
    return Reading(status, raw, _certainty(hospital, kind, status, now), asks_for_call=asks)


def is_open(hospital: HospitalState, now: datetime) -> Status:
    """Whether the emergency room runs: a closed one is known, silence is unknown."""
    raw = hospital.values.get(OPEN_GATE)
    gate = status_at(Kind.GATE, raw, hospital.reported_at, now)
    if not hospital.operating or gate is Status.UNAVAILABLE:
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


def _designation(hospital: HospitalState, field: str) -> Reading:
    if field.removeprefix("designation:") in hospital.designations:
        return Reading(Status.AVAILABLE, "Y", 1.0)
    return Reading(Status.UNKNOWN, None, CHANCE_OF_YES[hospital.level] / 2)


def _certainty(hospital: HospitalState, kind: Kind, status: Status, now: datetime) -> float:
    if status is Status.UNAVAILABLE:
        return 0.0
    if status is Status.UNKNOWN:
        return CHANCE_OF_YES[hospital.level]
    if kind in (Kind.SEVERE, Kind.GATE):
        return SEVERE_CERTAINTY
    return CERTAINTY[freshness(kind, hospital.reported_at, now)]
