"""Minutes by road from a straight line, with the range in which they honestly lie."""

import math
from dataclasses import dataclass
from typing import Literal

EARTH_RADIUS_M = 6_371_008.8
DETOUR = 1.35
"""Road over straight line; Korean cities and mountain roads lie between 1.2 and 1.5 (estimate)."""

SPEEDS_KMH = ((5.0, 24.0), (20.0, 36.0), (60.0, 60.0), (math.inf, 80.0))
"""Mean speed of each stretch of the road, up to so many km from the start (estimate)."""

SETTING_OFF_S = 120
RANGE = (0.75, 1.5)


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds of travel: the middle and the ends of its range."""

    seconds: int
    low: int
    high: int
    source: Literal["detour", "osrm"] = "detour"


def eta_by_detour(distance_m: float) -> Eta:
    """Travel time for a straight line of so many metres; grows with the distance."""
    road_km, behind_km, hours = distance_m * DETOUR / 1000, 0.0, 0.0
    for up_to_km, speed in SPEEDS_KMH:
        stretch = min(road_km, up_to_km) - behind_km
        if stretch <= 0:
            break
        hours += stretch / speed
        behind_km = up_to_km
    seconds = SETTING_OFF_S + hours * 3600
    return Eta(round(seconds), round(seconds * RANGE[0]), round(seconds * RANGE[1]))


def straight_line_m(
    longitude: float, latitude: float, other_longitude: float, other_latitude: float
) -> float:
    """Metres on the sphere between two WGS 84 points; within 0.5 % of the ellipsoid."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_phi = math.sin((other_phi - phi) / 2)
    half_lambda = math.sin(math.radians(other_longitude - longitude) / 2)
    chord = half_phi**2 + math.cos(phi) * math.cos(other_phi) * half_lambda**2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(chord))
