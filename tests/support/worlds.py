"""Builders of hospitals, needs and questions: a test states only what matters to it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from services.matching.domain.cards import card
from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate
from services.matching.domain.travel import eta_by_detour
from shared.contracts.nmc import Level
from shared.contracts.sync import HospitalState, Message
from shared.contracts.triage import Need, Policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPEN = {"hvec": "5", "hvs01": "20", "MKioskTy28": "Y"}


def hospital(
    hpid: str = "T1100001",
    *,
    level: Level | None = Level.LOCAL_CENTER,
    values: Mapping[str, str] | None = None,
    age_min: float | None = 5,
    messages: Sequence[Message] = (),
    **changed: Any,
) -> HospitalState:
    """An open hospital with five free beds that reported five minutes ago."""
    reported = None if age_min is None else NOW - timedelta(minutes=age_min)
    base: dict[str, Any] = {
        "hpid": hpid,
        "name": f"시험병원 {hpid}",
        "level": level,
        "address": None,
        "phone": None,
        "er_phone": None,
        "longitude": 127.0,
        "latitude": 37.5,
        "operating": True,
        "designations": [],
        "reported_at": reported,
        "changed_at": reported,
        "fetched_at": NOW,
        "values": {**OPEN, **(values or {})},
        "messages": list(messages),
    }
    return HospitalState(**{**base, **changed})


def candidate(hpid: str = "T1100001", *, km: float = 5.0, **changed: Any) -> Candidate:
    """A hospital at a straight-line distance."""
    return Candidate(card(hospital(hpid, **changed)), round(km * 1000), eta_by_detour(km * 1000))


def need(
    field: str, role: Literal["decisive", "supporting"] = "decisive", weight: int = 30
) -> Need:
    return Need(field=field, weight=weight, role=role, reason="필요")


def question(
    *needs: Need,
    transport: Literal["nearest", "capable"] = "capable",
    bypass_minutes: int = 30,
    ktas: int | None = 2,
    refused: Sequence[str] = (),
    holds: Mapping[str, float] | None = None,
) -> Question:
    policy = Policy(transport=transport, bypass_minutes=bypass_minutes, window_minutes=120, call=[])
    return Question(needs, policy, ktas, frozenset(refused), NOW, holds=holds or {})


def message(
    effect: Literal["blocks", "call", "info"], *fields: str, minutes_left: float | None = 60
) -> Message:
    until = None if minutes_left is None else NOW + timedelta(minutes=minutes_left)
    return Message(
        text="알림",
        effect=effect,
        fields=list(fields),
        begins=NOW - timedelta(hours=1),
        until=until,
    )
