"""The invented hospitals: who they are and what stands in them. What changes is in `life`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from simulator.catalogue import (
    AreaKind,
    DeviceKind,
    Illness,
    Place,
    Supply,
    areas,
    devices,
    illnesses,
    places,
    quantile,
)
from simulator.naming import invented_names
from simulator.sites import TOWN_K, Site, locate, spread

# Minimum, p10, median, p90 and maximum of the installed ER beds; 2026-07 and 2026-05 counts.
_ER_BEDS = {
    "G001": (15, 17, 20, 23, 25, 30, 42),
    "G006": (9, 14, 15, 17, 20, 24, 52),
    "G007": (3, 5, 7, 9, 11, 15, 24),
    "G009": (4, 5, 7, 8, 10),
}
# Long-run occupancy at evenly spaced ranks, set so that the daily quantiles come out as reported.
_BUSYNESS = {
    "G001": (0.28, 0.45, 0.52, 0.58, 0.63, 0.67, 0.73, 0.80, 0.90, 1.02, 1.55),
    "G006": (0.12, 0.24, 0.32, 0.38, 0.44, 0.50, 0.56, 0.65, 0.78, 0.95, 1.30),
    "G007": (0.04, 0.10, 0.16, 0.22, 0.28, 0.34, 0.41, 0.50, 0.61, 0.82, 1.20),
    "G009": (0.05, 0.20, 0.40),
}
# Share of hospitals and the minutes between two reports: median age 5 min, 88 % within 10.
_CADENCES = ((0.12, 5), (0.82, 10), (0.91, 15), (0.965, 30), (1.0, 120))
_SILENT_DAYS = (1.3, 2.2, 3.5, 5.1, 8.4, 21.7, 1243.0, 3141.0)
_SPREAD_TRAITS = frozenset({"trauma", "burn", "hyperbaric"})
_PHONE_AREA = {
    "11": "02", "12": "051", "13": "053", "14": "032", "15": "062", "16": "042",
    "17": "052", "18": "044", "21": "031", "22": "033", "23": "043", "24": "041",
    "25": "063", "26": "061", "27": "054", "28": "055", "29": "064",
}  # fmt: skip
_AGE_TEXTS = (
    "연령제한없음", "제한없음", "0세 이상", "1세 이상", "3세 이상", "12개월 10kg 이상",
    "6세부터", "생후 1개월 이상", ".", "전화 문의", "불가능",
)  # fmt: skip
_WEIGHT_TEXTS = ("제한없음", "1500g(32주) 이상", "1000g 이상", "500g(24주) 이상", "2kg 이상", ".")
_AGED_ILLNESSES = (10, 12, 14, 15, 27)


@dataclass(frozen=True, slots=True)
class Area:
    kind: AreaKind
    installed: int
    occupancy: float


@dataclass(frozen=True, slots=True)
class Device:
    kind: DeviceKind
    installed: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a hospital reports: every so many minutes, or not since so long before the start."""

    every_min: int
    phase_min: int
    second: int
    silent_for: timedelta | None
    in_bed_feed: bool


@dataclass(frozen=True, slots=True)
class SimulatedHospital:
    """`told` are the illnesses it says anything about; `age_texts` are free limits by illness."""

    hpid: str
    name: str
    level: str
    place: Place
    address: str
    phone: str
    er_phone: str
    latitude: float
    longitude: float
    er_beds: int
    busyness: float
    areas: tuple[Area, ...]
    devices: tuple[Device, ...]
    told: tuple[Illness, ...]
    age_texts: Mapping[int, str]
    reporting: Reporting


def build_hospitals(seed: int) -> tuple[SimulatedHospital, ...]:
    """About 420 hospitals with hpids that begin with Z; equal for equal seeds."""
    rng = Random(seed)
    sites = locate(places(), rng)
    names = invented_names([site.level for site in sites], rng)
    reports = _reporting(sites, rng)
    ranks = _ranks(sites, rng)
    busy = _shuffled_ranks(sites, rng)
    counters: dict[str, int] = {}
    hospitals = []
    for index, site in enumerate(sites):
        region = site.place.region
        counters[region] = counters.get(region, 0) + 1
        hospitals.append(
            _hospital(
                site, counters[region], names[index], reports[index], ranks[index], busy[index], rng
            )
        )
    return tuple(sorted(hospitals, key=lambda hospital: hospital.hpid))


def _hospital(
    site: Site,
    number: int,
    name: str,
    reporting: Reporting,
    ranks: Mapping[str, float],
    busy: float,
    rng: Random,
) -> SimulatedHospital:
    place, level, size = site.place, site.level, ranks["size"]
    where = " ".join(part for part in (place.sido, place.sigungu) if part)
    area_code = _PHONE_AREA[place.region]
    told = tuple(i for i in illnesses() if ranks[i.trait] < i.told.get(level, 0.0))
    return SimulatedHospital(
        hpid=f"Z{place.region}{number:05d}",
        name=name,
        level=level,
        place=place,
        address=f"{where} 모의로 {number}",
        # No Korean exchange begins with 000, so nobody can be rung up by mistake.
        phone=f"{area_code}-000-1{number:03d}",
        er_phone=f"{area_code}-000-9{number:03d}",
        latitude=site.latitude,
        longitude=site.longitude,
        er_beds=round(quantile(_ER_BEDS[level], 1.0 - size)),
        busyness=quantile(_BUSYNESS[level], busy),
        areas=_areas(level, ranks, rng),
        devices=_devices(level, ranks, rng),
        told=told,
        age_texts=_age_texts({i.number for i in told}, rng),
        reporting=reporting,
    )


def _areas(level: str, ranks: Mapping[str, float], rng: Random) -> tuple[Area, ...]:
    return tuple(
        Area(
            kind,
            _installed(kind.supply[level], ranks["size"], rng),
            quantile(kind.occupancy, rng.random()),
        )
        for kind in areas()
        if _has(kind.supply.get(level), ranks[kind.trait])
    )


def _devices(level: str, ranks: Mapping[str, float], rng: Random) -> tuple[Device, ...]:
    """Every device is told of, with nothing installed where the hospital has none."""
    return tuple(
        Device(
            kind,
            _installed(kind.supply[level], ranks["size"], rng)
            if _has(kind.supply.get(level), ranks[kind.trait])
            else 0,
        )
        for kind in devices()
    )


def _has(supply: Supply | None, rank: float) -> bool:
    return supply is not None and rank < supply.share


def _installed(supply: Supply, size: float, rng: Random) -> int:
    return max(1, round(quantile(supply.sizes, 0.6 * (1.0 - size) + 0.4 * rng.random())))


def _age_texts(told: set[int], rng: Random) -> dict[int, str]:
    return {
        number: rng.choice(_WEIGHT_TEXTS if number == 15 else _AGE_TEXTS)
        for number in _AGED_ILLNESSES
        if rng.random() < (0.6 if number in told else 0.06)
    }


def _ranks(sites: Sequence[Site], rng: Random) -> list[dict[str, float]]:
    """Per site and trait a rank within its class: 0 has it first, 1 last.

    Things of one trait share the rank, so a hospital that treats infarctions has angiography.
    """
    traits = [area.trait for area in areas()]
    traits += [device.trait for device in devices()]
    traits += [illness.trait for illness in illnesses()]
    ranks: list[dict[str, float]] = [{} for _ in sites]
    owners: dict[str, list[int]] = {trait: [] for trait in _SPREAD_TRAITS}
    for level in dict.fromkeys(site.level for site in sites):
        members = [i for i, site in enumerate(sites) if site.level == level]
        size = {i: sites[i].place.population_k ** 0.5 * rng.uniform(0.4, 1.6) for i in members}
        _note(ranks, "size", sorted(members, key=lambda i: -size[i]))
        for trait in dict.fromkeys(traits):
            liking = {i: 0.6 * ranks[i]["size"] + 0.8 * rng.random() for i in members}
            order = sorted(members, key=lambda i: liking[i])
            if trait in owners:
                order.sort(key=lambda i: sites[i].place.population_k < TOWN_K)
                order = spread(sites, order, owners[trait])
                owners[trait] += order[: len(order) // 4]
            _note(ranks, trait, order)
    return ranks


def _note(ranks: list[dict[str, float]], trait: str, order: Sequence[int]) -> None:
    for place, index in enumerate(order):
        ranks[index][trait] = (place + 0.5) / len(order)


def _shuffled_ranks(sites: Sequence[Site], rng: Random) -> list[float]:
    ranks = [0.0] * len(sites)
    for level in dict.fromkeys(site.level for site in sites):
        members = [i for i, site in enumerate(sites) if site.level == level]
        rng.shuffle(members)
        for place, index in enumerate(members):
            ranks[index] = (place + 0.5) / len(members)
    return ranks


def _reporting(sites: Sequence[Site], rng: Random) -> list[Reporting]:
    small = [i for i, site in enumerate(sites) if site.level in ("G007", "G009")]
    silent = dict(zip(rng.sample(small, len(_SILENT_DAYS)), _SILENT_DAYS, strict=True))
    registered = [i for i, site in enumerate(sites) if site.level == "G009" and i not in silent]
    outside = set(registered[:2])  # some of the registered ones are only in the directory
    reports = []
    for index in range(len(sites)):
        dice = rng.random()
        every = next(minutes for share, minutes in _CADENCES if dice <= share)
        days = silent.get(index)
        reports.append(
            Reporting(
                every_min=every,
                phase_min=rng.randrange(every),
                second=rng.randrange(60),
                silent_for=None if days is None else timedelta(days=days),
                in_bed_feed=index not in outside,
            )
        )
    return reports
