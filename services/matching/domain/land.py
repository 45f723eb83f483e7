"""Water in the way: which places a car reaches from another, and how far around a bay is.

A grid of cells of about two kilometres over `land.yaml`. Everything here depends on the cells of
two places alone, so it is remembered between requests.
"""

import heapq
import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

CELL = 0.025
WEST, SOUTH, COLUMNS, ROWS = 124.5, 32.9, 304, 236
KM_NORTH = 111.0 * CELL
KM_EAST = 91.0 * CELL
"""Of a cell at 35 degrees north; 4 % too much in Seoul and too little in Jeju."""

SEA, MAINLAND = 0, 1
SNAP = 3
"""Cells within which a place beside the drawn coast is taken to the land."""

CROSSING_KM = 4.0
"""Less water than this on the straight line is within the error of the outline."""

ZIGZAG = 1.05
"""By how much a path over eight neighbours is longer on average than a free one."""

FAR_KM = 100.0
"""Beyond, bays are a small part of the way."""

LONGEST_KM = 160.0
"""A path around water is not looked for beyond: then it is taken to be this long."""


class Cell(NamedTuple):
    column: int
    row: int


class Way(NamedTuple):
    """`by_car`: whether a road leads there; `around`: the way around water over the straight line,
    1 where none lies between."""

    by_car: bool
    around: float


STRAIGHT, APART = Way(True, 1.0), Way(False, 1.0)
Polygon = Sequence[Sequence[float]]


def cell_of(longitude: float, latitude: float) -> Cell:
    return Cell(int((longitude - WEST) / CELL), int((latitude - SOUTH) / CELL))


@lru_cache(maxsize=200_000)
def way(here: Cell, there: Cell) -> Way:
    """How a car gets from one cell to another."""
    mask = land()
    start, end = mask.ashore(here), mask.ashore(there)
    if start is None or end is None:
        # Nobody drew what lies here: what is at hand is reached, whatever is over the sea is not.
        return STRAIGHT if _km(here, there) < CROSSING_KM * 2 else APART
    if mask.of(start) != mask.of(end):
        return APART
    straight = _km(start, end)
    if straight > FAR_KM or mask.most_water_km(start, end) < CROSSING_KM:
        return STRAIGHT
    path = _paths(start).get(end.row * COLUMNS + end.column, LONGEST_KM)
    return Way(True, max(1.0, path / ZIGZAG / straight))


class Land:
    """The grid: sea, the mainland with what bridges lead to, and islands by number."""

    def __init__(self, drawn: dict[str, Any]) -> None:
        self.cells = bytearray(COLUMNS * ROWS)
        for number, island in enumerate(drawn["apart"], start=MAINLAND + 1):
            self._paint(_ellipse(island), number)
        self._paint(_inside(drawn["mainland"]), MAINLAND)
        for island in drawn["bridged"]:
            self._paint(_ellipse(island), MAINLAND)
        for bridge in drawn["bridges"]:
            ends = cell_of(*bridge["from"]), cell_of(*bridge["to"])
            self._paint(_line(*ends), MAINLAND)

    def of(self, cell: Cell) -> int:
        """The land on which a cell lies, SEA for none."""
        if 0 <= cell.column < COLUMNS and 0 <= cell.row < ROWS:
            return self.cells[cell.row * COLUMNS + cell.column]
        return SEA

    def ashore(self, cell: Cell) -> Cell | None:
        """The cell itself, or the nearest land beside it."""
        if self.of(cell):
            return cell
        around = [
            Cell(cell.column + east, cell.row + north)
            for east in range(-SNAP, SNAP + 1)
            for north in range(-SNAP, SNAP + 1)
        ]
        found = [near for near in around if self.of(near)]
        return min(found, key=lambda near: (_km(cell, near), near), default=None)

    def most_water_km(self, start: Cell, end: Cell) -> float:
        """The longest stretch of the straight line that is not on the land of its start."""
        line = _line(start, end)
        own, step = self.of(start), _km(start, end) / max(1, len(line) - 1)
        longest = run = 0
        for cell in line:
            run = 0 if self.of(cell) == own else run + 1
            longest = max(longest, run)
        return longest * step

    def _paint(self, cells: Iterable[Cell], number: int) -> None:
        for cell in cells:
            if 0 <= cell.column < COLUMNS and 0 <= cell.row < ROWS:
                self.cells[cell.row * COLUMNS + cell.column] = number


@cache
def land() -> Land:
    """The grid of this package's outline."""
    text = resources.files(__package__).joinpath("land.yaml").read_text(encoding="utf-8")
    return Land(yaml.safe_load(text))


@lru_cache(maxsize=128)
def _paths(start: Cell) -> dict[int, float]:
    """Kilometres from a cell to every cell of its land, by index, within `LONGEST_KM`."""
    cells, first = land().cells, start.row * COLUMNS + start.column
    own = cells[first]
    found: dict[int, float] = {}
    ahead = [(0.0, first)]
    while ahead:
        gone, cell = heapq.heappop(ahead)
        if cell in found:
            continue
        found[cell] = gone
        for step, km in _STEPS:
            onward = cell + step
            if onward not in found and cells[onward] == own and gone + km <= LONGEST_KM:
                heapq.heappush(ahead, (gone + km, onward))
    return found


# All land lies away from the rim of the grid, so that a step never leaves it.
_STEPS = [
    (north * COLUMNS + east, math.hypot(east * KM_EAST, north * KM_NORTH))
    for east in (-1, 0, 1)
    for north in (-1, 0, 1)
    if east or north
]


def _km(one: Cell, other: Cell) -> float:
    return math.hypot((one.column - other.column) * KM_EAST, (one.row - other.row) * KM_NORTH)


def _line(start: Cell, end: Cell) -> list[Cell]:
    """Cells of a straight line, both ends among them, without a diagonal gap."""
    steps = max(abs(end.column - start.column), abs(end.row - start.row), 1)
    return [
        Cell(
            start.column + round((end.column - start.column) * n / steps),
            start.row + round((end.row - start.row) * n / steps),
        )
        for n in range(steps + 1)
    ]


def _ellipse(island: dict[str, Any]) -> list[Cell]:
    middle, (east, north) = cell_of(*island["at"]), island["km"]
    wide, high = int(east / KM_EAST) + 1, int(north / KM_NORTH) + 1
    return [
        Cell(middle.column + x, middle.row + y)
        for x in range(-wide, wide + 1)
        for y in range(-high, high + 1)
        if math.hypot(x * KM_EAST / east, y * KM_NORTH / north) <= 1.0
    ]


def _inside(outline: Polygon) -> list[Cell]:
    """Cells whose middle lies within an outline."""
    found = []
    for row in range(ROWS):
        latitude = SOUTH + (row + 0.5) * CELL
        crossings = sorted(
            x + (latitude - y) * (next_x - x) / (next_y - y)
            for (x, y), (next_x, next_y) in zip(outline, [*outline[1:], outline[0]], strict=True)
            if (y <= latitude) != (next_y <= latitude)
        )
        for begin, end in zip(crossings[::2], crossings[1::2], strict=True):
            first = math.ceil((begin - WEST) / CELL - 0.5)
            last = math.floor((end - WEST) / CELL - 0.5)
            found += [Cell(column, row) for column in range(first, last + 1)]
    return found
