"""One snapshot, decoded into what every request asks of it."""

import heapq
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.matching.domain.cards import Card, card
from services.matching.domain.reading import DESIGNATION, OPEN_GATE, kind_of
from services.matching.domain.travel import Setting, setting_of, straight_line_m
from shared.contracts.nmc import Kind, Status, read_status
from shared.contracts.sync import Snapshot

PER_DEGREE = 10
"""Cells of the count of emergency rooms, in degrees: a tenth."""

EAST_M, NORTH_M = 86_000, 110_500
"""Of a degree: a little less than anywhere in the country."""

FARTHEST = 80
"""Cells in which the whole country lies, from wherever one looks."""

Cells = Mapping[tuple[int, int], int]
ByCell = Mapping[tuple[int, int], Sequence[Card]]


@dataclass(frozen=True, slots=True)
class Board:
    """One snapshot, by hospital, and how densely emergency rooms lie."""

    version: str
    data_as_of: datetime | None
    simulated: bool
    packed: bytes
    cards: Mapping[str, Card]
    settings: Mapping[str, Setting]
    cells: Cells
    reported: dict[tuple[str, ...], ByCell] = field(default_factory=dict)

    @classmethod
    def decoded(cls, packed: bytes) -> "Board":
        """The board of a packed snapshot; takes a while for a whole country."""
        return cls.of(Snapshot.unpack(packed), packed)

    @classmethod
    def of(cls, snapshot: Snapshot, packed: bytes) -> "Board":
        cards = {hospital.hpid: card(hospital) for hospital in snapshot.hospitals}
        cells = Counter(_cell(one) for one in cards.values() if one.hospital.operating)
        return cls(
            snapshot.version,
            snapshot.data_as_of,
            snapshot.simulated,
            packed,
            cards,
            {hpid: _setting(cells, _cell(one)) for hpid, one in cards.items()},
            cells,
        )

    def setting_at(self, longitude: float, latitude: float) -> Setting:
        """How densely emergency rooms lie around a place."""
        return _setting(self.cells, _at(longitude, latitude))

    def nearest_reported(
        self, fields: tuple[str, ...], longitude: float, latitude: float, count: int
    ) -> list[str]:
        """The nearest hospitals of which every one of these fields is reported as a yes, whatever
        its age and its messages. Looked for in rings of cells and of these only in what is near
        enough, so that a larger country costs no more; where they lie is worked out once per
        version."""
        cells = self._reported(fields)
        left, (east, north) = len(cells), _at(longitude, latitude)
        found: list[tuple[float, str]] = []
        for ring in range(FARTHEST):
            enough_m = found[count - 1][0] if len(found) >= count else math.inf
            if not left or _nearest_m(ring) > enough_m:
                break
            for cell in _ring(east, north, ring):
                here = cells.get(cell)
                left -= here is not None
                if here and _cell_m(cell, longitude, latitude) <= enough_m:
                    found += [(_metres(one, longitude, latitude), one.hpid) for one in here]
            found = heapq.nsmallest(count, found)
        return [hpid for _, hpid in found]

    def _reported(self, fields: tuple[str, ...]) -> ByCell:
        if fields not in self.reported:
            cells: dict[tuple[int, int], list[Card]] = {}
            for one in self.cards.values():
                placed = one.hospital.operating and one.longitude is not None
                if placed and all(_says_yes(one, name) for name in fields):
                    cells.setdefault(_cell(one), []).append(one)
            self.reported[fields] = cells
        return self.reported[fields]


def _ring(east: int, north: int, distance: int) -> Iterator[tuple[int, int]]:
    """The cells that lie so many cells away."""
    if not distance:
        yield east, north
        return
    for step in range(-distance, distance + 1):
        yield east + step, north - distance
        yield east + step, north + distance
    for step in range(1 - distance, distance):
        yield east - distance, north + step
        yield east + distance, north + step


def _nearest_m(ring: int) -> float:
    """What lies in a ring is at least so many metres away."""
    return max(0, ring - 1) / PER_DEGREE * EAST_M


def _cell_m(cell: tuple[int, int], longitude: float, latitude: float) -> float:
    """Metres from a place to the nearest point of a cell, or less."""
    east = _beyond(longitude, cell[0] / PER_DEGREE) * EAST_M
    north = _beyond(latitude, cell[1] / PER_DEGREE) * NORTH_M
    return math.hypot(east, north)


def _beyond(at: float, begin: float) -> float:
    """Degrees from a place to a cell that begins there, along one axis."""
    return max(0.0, begin - at, at - begin - 1 / PER_DEGREE)


def _metres(one: Card, longitude: float, latitude: float) -> float:
    return straight_line_m(longitude, latitude, one.longitude or 0.0, one.latitude or 0.0)


def _says_yes(one: Card, name: str) -> bool:
    if name in one.words:
        return one.words[name][0] is Status.AVAILABLE
    if kind_of(name) is Kind.DESIGNATION:
        return name.removeprefix(DESIGNATION) in one.hospital.designations
    if name == OPEN_GATE:
        return one.reported_s is not None
    return read_status(kind_of(name), one.hospital.values.get(name)) is Status.AVAILABLE


def _setting(cells: Cells, cell: tuple[int, int]) -> Setting:
    east, north = cell
    return setting_of(
        sum(cells.get((east + x, north + y), 0) for x in (-1, 0, 1) for y in (-1, 0, 1))
    )


def _cell(one: Card) -> tuple[int, int]:
    return _at(one.hospital.longitude or 0.0, one.hospital.latitude or 0.0)


def _at(longitude: float, latitude: float) -> tuple[int, int]:
    return int(longitude * PER_DEGREE), int(latitude * PER_DEGREE)
