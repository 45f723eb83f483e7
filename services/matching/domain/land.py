"""Water in the way: which places a car reaches from another, and how far around a bay is.

A grid of cells of about two kilometres over `land.yaml`, and lines along the bays and straits that
are narrower than its cells can tell: no step leads over one. Everything here depends on the cells
of two places alone, so it is remembered between requests.
"""

import heapq
import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
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
Point = tuple[float, float]


def cell_of(longitude: float, latitude: float) -> Cell:
    return Cell(int((longitude - WEST) / CELL), int((latitude - SOUTH) / CELL))


@lru_cache(maxsize=100_000)
def footing(longitude: float, latitude: float) -> Cell:
    """The cell of a place; where a bay runs through it, the nearest on the place's own side."""
    cell, mask = cell_of(longitude, latitude), land()
    if cell not in mask.parted:
        return cell
    here = longitude, latitude
    around = [Cell(cell.column + x, cell.row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    own = [near for near in around if mask.of(near) and not mask.bars(here, _middle(near))]
    return min(own, key=lambda near: (math.dist(here, _middle(near)), near), default=cell)


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
    if straight > FAR_KM or not straight or not mask.parts(start, end):
        return STRAIGHT
    path = _paths(start).get(end.row * COLUMNS + end.column, LONGEST_KM)
    return Way(True, max(1.0, path / ZIGZAG / straight))


class Land:
    """The grid: sea, the mainland with what bridges lead to, and islands by number; `barred` are
    the steps from cell to cell, by index, over a bay, and `parted` the cells through which one
    runs."""

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
        self._bays: list[tuple[Point, Point]] = [
            stretch
            for bay in drawn["bays"]
            for stretch in pairwise((point[0], point[1]) for point in bay["line"])
        ]
        self.barred, self.parted = self._along_bays()

    def bars(self, here: Point, there: Point) -> bool:
        """Whether a bay lies between two places."""
        return any(_crosses(here, there, *bay) for bay in self._bays)

    def parts(self, start: Cell, end: Cell) -> bool:
        """Whether water lies on the straight line between two cells."""
        if self.most_water_km(start, end) >= CROSSING_KM:
            return True
        line = [cell.row * COLUMNS + cell.column for cell in _line(start, end)]
        return any((one, next_one - one) in self.barred for one, next_one in pairwise(line))

    def _along_bays(self) -> tuple[frozenset[tuple[int, int]], frozenset[Cell]]:
        barred, parted = set(), set()
        for bay in self._bays:
            one, other = cell_of(*bay[0]), cell_of(*bay[1])
            for cell in _around(one, other):
                index, middle = cell.row * COLUMNS + cell.column, _middle(cell)
                for east, north, step in _NEIGHBOURS:
                    there = Cell(cell.column + east, cell.row + north)
                    if _crosses(middle, _middle(there), *bay):
                        barred.add((index, step))
                        parted |= {cell, there}
        return frozenset(barred), frozenset(parted)

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
    mask, first = land(), start.row * COLUMNS + start.column
    cells, barred = mask.cells, mask.barred
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
            if onward in found or cells[onward] != own or gone + km > LONGEST_KM:
                continue
            if (cell, step) not in barred:
                heapq.heappush(ahead, (gone + km, onward))
    return found


# All land lies away from the rim of the grid, so that a step never leaves it.
_NEIGHBOURS = [
    (east, north, north * COLUMNS + east)
    for east in (-1, 0, 1)
    for north in (-1, 0, 1)
    if east or north
]
_STEPS = [(step, math.hypot(east * KM_EAST, north * KM_NORTH)) for east, north, step in _NEIGHBOURS]


def _middle(cell: Cell) -> Point:
    return WEST + (cell.column + 0.5) * CELL, SOUTH + (cell.row + 0.5) * CELL


def _around(one: Cell, other: Cell) -> list[Cell]:
    """The cells of the box of two cells and those beside it."""
    (west, east), (south, north) = sorted((one.column, other.column)), sorted((one.row, other.row))
    return [Cell(x, y) for x in range(west - 1, east + 2) for y in range(south - 1, north + 2)]


def _crosses(one: Point, other: Point, begin: Point, end: Point) -> bool:
    """Whether two stretches cross."""

    def side(a: Point, b: Point, c: Point) -> bool:
        return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])

    return side(one, begin, end) != side(other, begin, end) and side(one, other, begin) != side(
        one, other, end
    )


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
