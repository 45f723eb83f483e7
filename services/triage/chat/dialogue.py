"""What a dialogue is: its state, the events that move it, and the replies it gives back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.triage.domain.cases import Case
from services.triage.domain.extraction import Symptom

Phase = Literal["collecting", "history", "location", "confirm", "done", "expired", "ended"]
TIME_OUT = timedelta(minutes=5)
SELF = "self"
PHASE_OF: dict[str, Phase] = {
    "history": "history",
    "location": "location",
    "location_city": "location",
    "confirm": "confirm",
}
"""The phase in which a question is put; every other one belongs to `collecting`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the patient is: a point, words that named one, or words that no point is known for.
    `measured` is a point of a device or a map, which words do not move."""

    latitude: float | None = None
    longitude: float | None = None
    text: str | None = None
    measured: bool = False

    @property
    def is_known(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class Told:
    """Codes of the advice that red flags called for; once told it stays."""

    actions: tuple[str, ...] = ()
    do_not: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A text of the reply book, a question of the question book, or the first words of the advice;
    with the values that are filled in."""

    kind: Literal["reply", "question", "advice"]
    code: str
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


NOTHING_KNOWN = Case()
NOWHERE = Place()
NOTHING_TOLD = Told()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Everything that is known. `case.red_flags` and `case.ktas` are the gravest that were found:
    they fall only where the user corrects what they rested on. `who` is SELF, the name of another
    person, or None; `who_named` whether it was said in so many words. `as_speaker` tells that the
    age was given for somebody who said "I"; `english` that the user writes English, whatever their
    device asks for."""

    phase: Phase
    last_at: datetime
    case: Case = NOTHING_KNOWN
    quotes: tuple[Symptom, ...] = ()
    who: str | None = None
    who_named: bool = False
    as_speaker: bool = False
    place: Place = NOWHERE
    refused: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    pending: str | None = None
    wants_list: bool = False
    told: Told = NOTHING_TOLD
    turns: int = 0
    english: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The user wrote something."""

    text: str


@dataclass(frozen=True, slots=True)
class Located:
    """The user's device, or a tap on a map, told a place."""

    place: Place


@dataclass(frozen=True, slots=True)
class Left:
    """The user ended it."""


Event = Said | Located | Left


def begun(now: datetime, place: Place | None = None) -> Dialogue:
    """A new dialogue; the first question is asked from the start."""
    return Dialogue(
        "collecting", now, place=place or NOWHERE, asked=("symptoms",), pending="symptoms"
    )


def is_over_time(state: Dialogue, now: datetime) -> bool:
    return now - state.last_at >= TIME_OUT
