"""Minutes by road from a straight line, with the range in which they honestly lie.

Detours and speeds are estimates for a private car with everyday traffic; no figure was measured.
Cities have denser roads and slower ones, the country longer and faster ones.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from services.matching.domain.land import Way, footing, way

EARTH_RADIUS_M = 6_371_008.8
SETTING_OFF_S = 120

RANGE_BY_ROAD = (0.8, 1.5)
"""Around the minutes of a router, for traffic that it does not know."""

OVER_WATER_CALL_S = 3600
OVER_WATER_KMH = 150.0
OVER_WATER_RANGE = (0.6, 3.0)
"""A helicopter or a boat: an hour until it is there, and then the flight (estimate)."""


class Setting(IntEnum):
    """How densely emergency rooms lie, which stands for how densely people live."""

    COUNTRY = 0
    TOWN = 1
    CITY = 2


CITY_FROM, TOWN_FROM = 12, 4
"""Emergency rooms in nine cells of a tenth of a degree, some 30 by 27 km."""


@dataclass(frozen=True, slots=True)
class Roads:
    """`detour`: road over straight line; `speeds`: mean km/h of each stretch up to so many km."""

    detour: float
    speeds: tuple[tuple[float, float], ...]
    range: tuple[float, float]


ROADS = {
    Setting.CITY: Roads(
        1.30, ((5.0, 22.0), (20.0, 34.0), (60.0, 60.0), (math.inf, 80.0)), (0.75, 1.6)
    ),
    Setting.TOWN: Roads(
        1.35, ((5.0, 30.0), (20.0, 44.0), (60.0, 62.0), (math.inf, 80.0)), (0.75, 1.5)
    ),
    Setting.COUNTRY: Roads(
        1.45, ((5.0, 40.0), (20.0, 50.0), (60.0, 60.0), (math.inf, 78.0)), (0.7, 1.5)
    ),
}


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds of travel: the middle and the ends of its range. `by_car` is false where the sea
    lies in between."""

    seconds: int
    low: int
    high: int
    source: Literal["detour", "osrm"] = "detour"
    by_car: bool = True


def setting_of(emergency_rooms: int) -> Setting:
    """From the number of emergency rooms in the nine cells around a place."""
    if emergency_rooms >= CITY_FROM:
        return Setting.CITY
    return Setting.TOWN if emergency_rooms >= TOWN_FROM else Setting.COUNTRY


def eta_by_detour(distance_m: float, setting: Setting = Setting.TOWN, around: float = 1.0) -> Eta:
    """Travel time for a straight line of so many metres; grows with the distance. `around` is how
    much longer water makes the way."""
    roads = ROADS[setting]
    seconds = SETTING_OFF_S + _driving_s(distance_m * roads.detour * around / 1000, roads)
    low, high = roads.range
    return Eta(round(seconds), round(seconds * low), round(seconds * high))


def eta_over_water(distance_m: float) -> Eta:
    """Where no road leads: by helicopter or boat, with a wide range."""
    seconds = OVER_WATER_CALL_S + distance_m / 1000 / OVER_WATER_KMH * 3600
    low, high = OVER_WATER_RANGE
    return Eta(round(seconds), round(seconds * low), round(seconds * high), by_car=False)


def eta_of(distance_m: float, start: Setting, end: Setting, found: Way) -> Eta:
    """The estimate for a straight line, from the country around both its ends and from the water
    on it."""
    if not found.by_car:
        return eta_over_water(distance_m)
    one = eta_by_detour(distance_m, start, found.around)
    if start is end:
        return one
    other = eta_by_detour(distance_m, end, found.around)
    seconds = round((one.seconds + other.seconds) / 2)
    return Eta(seconds, min(one.low, other.low), max(one.high, other.high))


def way_between(
    longitude: float, latitude: float, other_longitude: float, other_latitude: float
) -> Way:
    """How a car gets from one place to another."""
    return way(footing(longitude, latitude), footing(other_longitude, other_latitude))


def straight_line_m(
    longitude: float, latitude: float, other_longitude: float, other_latitude: float
) -> float:
    """Metres on the sphere between two WGS 84 points; within 0.5 % of the ellipsoid."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half_phi = math.sin((other_phi - phi) / 2)
    half_lambda = math.sin(math.radians(other_longitude - longitude) / 2)
    chord = half_phi**2 + math.cos(phi) * math.cos(other_phi) * half_lambda**2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(chord))


def _driving_s(road_km: float, roads: Roads) -> float:
    behind_km = hours = 0.0
    for up_to_km, speed in roads.speeds:
        if road_km <= up_to_km:
            return (hours + (road_km - behind_km) / speed) * 3600
        hours += (up_to_km - behind_km) / speed
        behind_km = up_to_km
    return hours * 3600
