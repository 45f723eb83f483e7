"""Points: bounded parts that add up to at most 100, each told in one place.

A value that is not known gives what lies between a no and a yes; an ageing report moves its points
towards the unknown, so that a newer yes never lowers and a newer no never raises.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from services.matching.domain.cards import Card
from services.matching.domain.reading import Reading
from services.matching.domain.travel import Eta
from shared.contracts.nmc import Kind, Level
from shared.contracts.sync import Freshness, freshness_at
from shared.contracts.triage import Need

BED_FIELD = "hvec"
"""Its points stand among the beds and not among the resources as well."""

DEFAULT_WINDOW_MIN = 90
MILD_FROM = 4
BEDS_UNKNOWN = 3.0
DECISIVE = 3
"""A deciding need weighs so many times a supporting one."""

TRUST = {Freshness.FRESH: 1.0, Freshness.STALE: 0.6}


class Bounds(NamedTuple):
    """The most that each part may give; 100 in all."""

    near: float
    beds: float
    resources: float
    level: float
    freshness: float


GRAVE = Bounds(near=30.0, beds=12.0, resources=50.0, level=3.0, freshness=5.0)
MILD = Bounds(near=30.0, beds=12.0, resources=30.0, level=23.0, freshness=5.0)
"""Mild cases are kept from the regional centres, which the gravely ill need."""

LEVEL_SHARE = {
    Level.REGIONAL_CENTER: 1.0,
    Level.LOCAL_CENTER: 2 / 3,
    Level.LOCAL_INSTITUTION: 1 / 3,
    Level.REGISTERED: 0.0,
    None: 0.0,
}
MILD_LEVEL_SHARE = {
    Level.REGIONAL_CENTER: 0.0,
    Level.LOCAL_CENTER: 0.6,
    Level.LOCAL_INSTITUTION: 1.0,
    Level.REGISTERED: 0.9,
    None: 0.0,
}


def is_mild(ktas: int | None) -> bool:
    """KTAS 4 and 5; an unknown level is never mild."""
    return ktas is not None and ktas >= MILD_FROM


def bounds(ktas: int | None) -> Bounds:
    """The bounds of the parts at a level of urgency."""
    return MILD if is_mild(ktas) else GRAVE


def shares(needs: Sequence[Need], most: float) -> list[float]:
    """The most points of each need, by its weight; together at most `most`."""
    weights = [
        0 if need.field == BED_FIELD else need.weight * (DECISIVE if need.role == "decisive" else 1)
        for need in needs
    ]
    total = sum(weights) or 1
    return [most * weight / total for weight in weights]


def resource_points(most: Sequence[float], readings: Sequence[Reading]) -> list[float]:
    """Points of each need: its share times how sure its yes is, rounded down to 0.1."""
    return [
        math.floor(share * reading.certainty * 10 + 1e-9) / 10
        for share, reading in zip(most, readings, strict=True)
    ]


def near_points(eta: Eta, window_minutes: int | None, most: float) -> float:
    """Falls with every second; the window of the condition sets how fast."""
    scale_s = (window_minutes or DEFAULT_WINDOW_MIN) * 20
    return round(most * math.exp(-eta.seconds / scale_s), 1)


def bed_points(card: Card, now_s: float, held: float) -> float:
    """Saturates at three free beds, then looks at the share of those installed. `held` are beds
    for which patients are on their way: at most half of the free ones count as taken."""
    if card.free is None:
        return BEDS_UNKNOWN
    trust = TRUST.get(freshness_at(Kind.COUNT, card.age_s(now_s)), 0.0)
    free = card.free - min(held, card.free / 2) if card.free > 0 else card.free
    return round(BEDS_UNKNOWN + trust * (_beds_now(free, card.installed) - BEDS_UNKNOWN), 1)


def level_points(level: Level | None, ktas: int | None) -> float:
    """A tie-break by class, and a shield of the large centres where the case is mild."""
    if is_mild(ktas):
        return round(MILD.level * MILD_LEVEL_SHARE[level], 1)
    return round(GRAVE.level * LEVEL_SHARE[level], 1)


def freshness_points(card: Card, now_s: float) -> float:
    """A living report is worth something in itself."""
    return GRAVE.freshness * TRUST.get(freshness_at(Kind.COUNT, card.age_s(now_s)), 0.0)


def _beds_now(free: float, installed: int | None) -> float:
    """0 below zero, 1 at none, then 5, 7.5 and 10 at one, two and three, straight in between."""
    if free <= 0:
        return 0.0 if free < 0 else 1.0
    ratio = min(1.0, free / installed) if installed and installed > 0 else 0.0
    steps = 1.0 + 4.0 * free if free < 1 else min(10.0, 5.0 + 2.5 * (free - 1))
    return steps + 2.0 * ratio
