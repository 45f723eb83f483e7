"""Where the invented hospitals stand: seats shared out by population, at real town centres."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from simulator.catalogue import Place

# 44, 139 and 234 institutions were in the directory in 2026-08; the registered ones are a sample.
SEATS = {"G001": 44, "G006": 139, "G007": 234, "G009": 6}
TOWN_K = 60  # below this a place has no centre
_CITY_K = 140  # below this no regional centre, unless the region has nothing bigger
_KM_PER_DEGREE = 111.2
_FAR_KM = 60.0

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Site:
    place: Place
    level: str
    latitude: float
    longitude: float


def locate(places: Sequence[Place], rng: Random) -> tuple[Site, ...]:
    """All sites: every place has a hospital, every region at least one regional centre."""
    seats = share_out(
        {place: float(place.population_k) for place in places},
        sum(SEATS.values()),
        dict.fromkeys(places, 1),
    )
    regional = _regional_centres(places)
    local = _local_centres(places, seats, regional)
    rest = [
        place
        for place in places
        for _ in range(seats[place] - regional.get(place, 0) - local.get(place, 0))
    ]
    registered = set(rng.sample(range(len(rest)), SEATS["G009"]))
    drawn = [(place, "G001") for place, count in regional.items() for _ in range(count)]
    drawn += [(place, "G006") for place, count in local.items() for _ in range(count)]
    drawn += [(p, "G009" if n in registered else "G007") for n, p in enumerate(rest)]
    return tuple(_site(place, level, rng) for place, level in drawn)


def share_out(
    weights: Mapping[Key, float],
    seats: int,
    held: Mapping[Key, int],
    limits: Mapping[Key, int] | None = None,
) -> dict[Key, int]:
    """Seats by highest averages, counting those already held; nobody passes its limit."""
    counts = {key: held.get(key, 0) for key in weights}
    for _ in range(seats - sum(counts.values())):
        open_keys = [key for key in counts if limits is None or counts[key] < limits[key]]
        counts[max(open_keys, key=lambda key: weights[key] / (counts[key] + 1))] += 1
    return counts


def kilometres(one: Site, other: Site) -> float:
    """Flat-earth distance; Korea is small enough for choosing sites."""
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return math.hypot(one.latitude - other.latitude, east) * _KM_PER_DEGREE


def spread(sites: Sequence[Site], liking: Sequence[int], taken: Sequence[int]) -> list[int]:
    """The indices in `liking`, each next one far from those before and from `taken`.

    What only a few hospitals have is given in this order, so that its owners cover the country;
    standing early in `liking` counts as much as standing alone.
    """
    priority = {index: (1.0 - rank / len(liking)) ** 2 for rank, index in enumerate(liking)}
    gaps = {
        i: min((kilometres(sites[i], sites[t]) for t in taken), default=_FAR_KM) for i in liking
    }
    ordered = []
    while gaps:
        chosen = max(gaps, key=lambda i: min(gaps[i], _FAR_KM) * (0.05 + priority[i]))
        ordered.append(chosen)
        del gaps[chosen]
        gaps = {i: min(gap, kilometres(sites[i], sites[chosen])) for i, gap in gaps.items()}
    return ordered


def _regional_centres(places: Sequence[Place]) -> dict[Place, int]:
    by_size = sorted(places, key=lambda place: place.population_k)
    biggest = {place.region: place for place in by_size}
    held = dict.fromkeys(biggest.values(), 1)
    regions = {place.region: 0.0 for place in places}
    for place in places:
        regions[place.region] += place.population_k
    # The designation follows need for cover more than head count, hence the root.
    cover = {region: math.sqrt(population) for region, population in regions.items()}
    by_region = share_out(cover, SEATS["G001"], dict.fromkeys(regions, 1))
    counts: dict[Place, int] = {}
    for region, seats in by_region.items():
        cities = {
            place: float(place.population_k)
            for place in places
            if place.region == region and (place.population_k >= _CITY_K or place in held)
        }
        counts |= share_out(cities, seats, {place: held.get(place, 0) for place in cities})
    return counts


def _local_centres(
    places: Sequence[Place], seats: Mapping[Place, int], regional: Mapping[Place, int]
) -> dict[Place, int]:
    towns = [place for place in places if place.population_k >= TOWN_K]
    return share_out(
        {place: place.population_k**0.7 for place in towns},
        SEATS["G006"],
        {},
        {place: seats[place] - regional.get(place, 0) for place in towns},
    )


def _site(place: Place, level: str, rng: Random) -> Site:
    distance = place.radius_km * math.sqrt(rng.random())
    angle = rng.uniform(0, 2 * math.pi)
    north = distance * math.sin(angle) / _KM_PER_DEGREE
    east = distance * math.cos(angle) / _KM_PER_DEGREE / math.cos(math.radians(place.latitude))
    return Site(place, level, round(place.latitude + north, 6), round(place.longitude + east, 6))
