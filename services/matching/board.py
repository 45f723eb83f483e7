"""One snapshot, decoded into what every request asks of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.matching.domain.cards import Card, card
from services.matching.domain.reading import DESIGNATION, OPEN_GATE, kind_of
from services.matching.domain.travel import Setting, setting_of
from shared.contracts.nmc import Kind, Status, read_status
from shared.contracts.sync import Snapshot

PER_DEGREE = 10
"""Cells of the count of emergency rooms, in degrees: a tenth."""

Cells = Mapping[tuple[int, int], int]


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
    reported: dict[tuple[str, ...], Sequence[str]] = field(default_factory=dict)

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

    def reported_able(self, fields: tuple[str, ...]) -> Sequence[str]:
        """Hospitals of which every one of these fields is reported as a yes, whatever its age and
        its messages; worked out once per version."""
        if fields not in self.reported:
            self.reported[fields] = [
                hpid
                for hpid, one in self.cards.items()
                if one.hospital.operating and all(_says_yes(one, name) for name in fields)
            ]
        return self.reported[fields]


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
