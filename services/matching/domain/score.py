"""Points: bounded parts that add up to at most 100, each told in one place.

A value that is not known gives what lies between a no and a yes; an ageing report moves its points
towards the unknown, so that a newer yes never lowers and a newer no never raises.
"""

import math
from collections.abc import Sequence
from datetime import datetime

from services.matching.domain.reading import Reading
from services.matching.domain.travel import Eta
from shared.contracts.nmc import Kind, Level
from shared.contracts.sync import Freshness, HospitalState, freshness
from shared.contracts.triage import Need

NEAR, BEDS, RESOURCES, LEVEL, FRESHNESS = 30.0, 12.0, 50.0, 3.0, 5.0
DEFAULT_WINDOW_MIN = 90
BEDS_UNKNOWN = 3.0
TRUST = {Freshness.FRESH: 1.0, Freshness.STALE: 0.6}
LEVEL_POINTS = {
    Level.REGIONAL_CENTER: 3.0,
    Level.LOCAL_CENTER: 2.0,
    Level.LOCAL_INSTITUTION: 1.0,
    Level.REGISTERED: 0.0,
    None: 0.0,
}
MILD_LEVEL_POINTS = {
    Level.REGIONAL_CENTER: 0.0,
    Level.LOCAL_CENTER: 1.5,
    Level.LOCAL_INSTITUTION: 3.0,
    Level.REGISTERED: 2.0,
    None: 0.0,
}
"""Mild cases are kept from the regional centres, which the gravely ill need."""


def near_points(eta: Eta, window_minutes: int | None) -> float:
    """Falls with every second; the window of the condition sets how fast."""
    scale_s = (window_minutes or DEFAULT_WINDOW_MIN) * 60 / 3
    return round(NEAR * math.exp(-eta.seconds / scale_s), 1)


def bed_points(hospital: HospitalState, now: datetime) -> float:
    """Saturates at three free beds, then looks at the share of those installed."""
    free, installed = bed_counts(hospital)
    trust = TRUST.get(freshness(Kind.COUNT, hospital.reported_at, now), 0.0)
    if free is None:
        return BEDS_UNKNOWN
    return round(BEDS_UNKNOWN + trust * (_beds_now(free, installed) - BEDS_UNKNOWN), 1)


def bed_counts(hospital: HospitalState) -> tuple[int | None, int | None]:
    """Free and installed general ER beds; free may be negative (patients over capacity)."""
    return _number(hospital.values.get("hvec")), _number(hospital.values.get("hvs01"))


def resource_points(needs: Sequence[Need], readings: Sequence[Reading]) -> list[float]:
    """Points of each need: its share of the weights times how sure its yes is."""
    total = sum(need.weight for need in needs) or 1
    return [
        round(RESOURCES * need.weight / total * reading.certainty, 1)
        for need, reading in zip(needs, readings, strict=True)
    ]


def level_points(level: Level | None, ktas: int | None) -> float:
    """A tie-break by class."""
    return (MILD_LEVEL_POINTS if (ktas or 3) >= 4 else LEVEL_POINTS)[level]


def freshness_points(hospital: HospitalState, now: datetime) -> float:
    """A living report is worth something in itself."""
    return FRESHNESS * TRUST.get(freshness(Kind.COUNT, hospital.reported_at, now), 0.0)


def _beds_now(free: int, installed: int | None) -> float:
    if free <= 0:
        return 0.0 if free < 0 else 1.0
    ratio = min(1.0, free / installed) if installed and installed > 0 else 0.0
    return {1: 5.0, 2: 7.5}.get(free, 10.0) + 2.0 * ratio


def _number(raw: str | None) -> int | None:
    try:
        return int(raw) if raw is not None else None
    except ValueError:
        return None
