"""Districts of the country with one point each: coarse on purpose, for who cannot be located.

The points are places near the middle of where people live, by general geographic knowledge to
about 0.01 degree; a county may reach 30 km around its point.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.contracts.place import Place

FILE = Path(__file__).with_name("places.csv")
SHORT = {
    "전남광주통합특별시": ("광주", "광주광역시", "전남", "전라남도"),
    "경상남도": ("경남",),
    "경상북도": ("경북",),
    "충청남도": ("충남",),
    "충청북도": ("충북",),
    "전북특별자치도": ("전북", "전라북도"),
    "강원특별자치도": ("강원", "강원도"),
    "제주특별자치도": ("제주", "제주도"),
}
"""Other names of provinces; those that are not here are known by their first two letters."""


@dataclass(frozen=True, slots=True)
class District:
    """A 시·군·구 by its full name."""

    name: str
    place: Place
    keys: frozenset[str]


@cache
def districts() -> tuple[District, ...]:
    """All of them, in the order of the file."""
    with FILE.open(encoding="utf-8") as file:
        return tuple(_district(row) for row in csv.DictReader(file))


def find(typed: str) -> list[District]:
    """Those that a typed name means: one where it is exact, else all that begin with it."""
    wanted = _squeezed(typed)
    if not wanted:
        return []
    exact = [district for district in districts() if wanted in district.keys]
    return exact or [d for d in districts() if any(key.startswith(wanted) for key in d.keys)]


def _district(row: dict[str, str]) -> District:
    fronts = (row["sido"], *SHORT.get(row["sido"], (row["sido"][:2],)), "")
    place = Place(longitude=float(row["longitude"]), latitude=float(row["latitude"]))
    last = row["name"].rpartition(" ")[2]  # 분당구 for 성남시 분당구
    keys = frozenset({_squeezed(front + row["name"]) for front in fronts} | {last})
    return District(f"{row['sido']} {row['name']}", place, keys)


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower()
