"""What a simulated hospital can have and can be asked for, read from the CSV files beside this one.

The rates are those of one real nationwide instant (2026-05-23) and of the 2026-08 count of
acceptance reports, by class of institution.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEVEL_NAMES = {
    "G001": "권역응급의료센터",
    "G006": "지역응급의료센터",
    "G007": "지역응급의료기관",
    "G009": "응급실운영신고기관",
}


@dataclass(frozen=True, slots=True)
class Supply:
    """Share of a class that has a thing, and how many a small, a usual and a big owner has."""

    share: float
    sizes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AreaKind:
    available: str
    capacity: str
    trait: str
    stay_min: float
    occupancy: tuple[float, ...]
    supply: Mapping[str, Supply]


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """`mirror` repeats the flag in an older tag; `when_none` is the flag of one who has none."""

    flag: str
    capacity: str
    mirror: str
    when_none: str
    trait: str
    supply: Mapping[str, Supply]


@dataclass(frozen=True, slots=True)
class Illness:
    """One severe-illness acceptance; `told` and `refused` are shares of a class."""

    number: int
    code: str
    name: str
    trait: str
    told: Mapping[str, float]
    refused: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    region: str
    sido: str
    sigungu: str
    latitude: float
    longitude: float
    population_k: int
    radius_km: float


def quantile(knots: Sequence[float], rank: float) -> float:
    """The value at a rank of 0..1 between evenly spaced knots."""
    position = min(max(rank, 0.0), 1.0) * (len(knots) - 1)
    lower = min(int(position), len(knots) - 2)
    return knots[lower] + (position - lower) * (knots[lower + 1] - knots[lower])


def read_rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def areas() -> tuple[AreaKind, ...]:
    return tuple(
        AreaKind(
            row["available"],
            row["capacity"],
            row["trait"],
            float(row["stay_h"]) * 60,
            _numbers(row["occupancy"]),
            _supply(row),
        )
        for row in read_rows("areas.csv")
    )


@cache
def devices() -> tuple[DeviceKind, ...]:
    return tuple(
        DeviceKind(
            row["flag"],
            row["capacity"],
            row["mirror"],
            row["when_none"],
            row["trait"],
            _supply(row),
        )
        for row in read_rows("devices.csv")
    )


@cache
def illnesses() -> tuple[Illness, ...]:
    return tuple(_illness(row) for row in read_rows("illnesses.csv"))


@cache
def places() -> tuple[Place, ...]:
    return tuple(
        Place(
            row["region"],
            row["sido"],
            row["sigungu"],
            float(row["latitude"]),
            float(row["longitude"]),
            int(row["population_k"]),
            float(row["radius_km"]),
        )
        for row in read_rows("places.csv")
    )


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(float(number) for number in cell.split())


def _supply(row: Mapping[str, str]) -> dict[str, Supply]:
    cells = {level: _numbers(row[level]) for level in LEVEL_NAMES if row[level]}
    return {level: Supply(cell[0], cell[1:]) for level, cell in cells.items()}


def _illness(row: Mapping[str, str]) -> Illness:
    shares = {level: _numbers(row[level]) for level in LEVEL_NAMES if row.get(level)}
    told = {level: able + unable for level, (able, unable) in shares.items()}
    refused = {
        level: unable / (able + unable) if able + unable else 0.0
        for level, (able, unable) in shares.items()
    }
    return Illness(int(row["number"]), row["code"], row["name"], row["trait"], told, refused)
