"""The nearest hospitals that report what decides, held to looking at every one of them."""

from datetime import UTC, datetime
from random import Random

import pytest

from services.matching.board import Board
from services.matching.domain.travel import straight_line_m
from shared.contracts.sync import HospitalState, Snapshot
from tests.support.worlds import hospital

RNG = Random(7)
COUNTRY = [
    hospital(
        f"T{n:07d}",
        longitude=RNG.uniform(126.1, 129.5),
        latitude=RNG.uniform(34.3, 38.5),
        values={"MKioskTy24": RNG.choice(("Y", "불가능", "정보미제공"))},
        operating=n % 10 > 0,
    )
    for n in range(600)
]


def metres(one: HospitalState, place: tuple[float, float]) -> float:
    return straight_line_m(*place, one.longitude or 0.0, one.latitude or 0.0)


@pytest.mark.parametrize("count", [1, 8, 64, 512])
@pytest.mark.parametrize(
    "place",
    [(126.978, 37.566), (129.55, 36.07), (124.71, 37.96), (130.90, 37.49), (126.55, 33.4),
     (128.0, 36.0), (126.0999, 34.2999)],
)  # fmt: skip
def test_the_nearest_that_report_it(place: tuple[float, float], count: int) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    board = Board.of(
        Snapshot(version="v", generated_at=now, data_as_of=now, simulated=False, hospitals=COUNTRY),
        b"",
    )
    yes = [h for h in COUNTRY if h.operating and h.values["MKioskTy24"] == "Y"]
    nearest = sorted(yes, key=lambda one: (metres(one, place), one.hpid))[:count]
    assert board.nearest_reported(("MKioskTy24",), *place, count) == [one.hpid for one in nearest]
