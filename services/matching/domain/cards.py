"""Hospitals decoded once per snapshot into what every request asks of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.contracts.nmc import Care, Status
from shared.contracts.sync import HospitalState, Message

NOTHING: Mapping[str, tuple[Message, ...]] = {}
NO_WORDS: Mapping[str, tuple[Status, float]] = {}


@dataclass(frozen=True, slots=True)
class Card:
    """One hospital. Times are seconds of the epoch; `free` general beds may be negative (patients
    over capacity); `messages` and operators' `words` (status, end) lie by field, and messages about
    what no field stands for by `care:` and its name."""

    hospital: HospitalState
    longitude: float | None
    latitude: float | None
    reported_s: float | None
    free: int | None
    installed: int | None
    messages: Mapping[str, tuple[Message, ...]]
    words: Mapping[str, tuple[Status, float]]

    @property
    def hpid(self) -> str:
        return self.hospital.hpid

    def age_s(self, now_s: float) -> float | None:
        """Seconds since its own report."""
        return None if self.reported_s is None else now_s - self.reported_s


def card(hospital: HospitalState) -> Card:
    """The card of a hospital."""
    reported = hospital.reported_at
    return Card(
        hospital,
        hospital.longitude,
        hospital.latitude,
        None if reported is None else reported.timestamp(),
        _number(hospital.values.get("hvec")),
        _number(hospital.values.get("hvs01")),
        _by_field(hospital.messages) if hospital.messages else NOTHING,
        {code: (mark.status, mark.until.timestamp()) for code, mark in hospital.overrides.items()}
        if hospital.overrides
        else NO_WORDS,
    )


def care_key(care: Care) -> str:
    """Under which the messages about it lie."""
    return f"care:{care}"


def _by_field(messages: Iterable[Message]) -> Mapping[str, tuple[Message, ...]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        for field in (*message.fields, *map(care_key, message.care)):
            found.setdefault(field, []).append(message)
    return {field: tuple(told) for field, told in found.items()}


def _number(raw: str | None) -> int | None:
    try:
        return int(raw) if raw is not None else None
    except ValueError:
        return None
