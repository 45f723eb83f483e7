"""Soft holds: one per caller, decaying, half the free beds, never where seconds count."""

from datetime import timedelta

import pytest

from services.matching.domain.cards import card
from services.matching.domain.holding import Going, holds
from services.matching.domain.ranking import rank
from services.matching.domain.score import bed_points
from tests.support.worlds import NOW, candidate, hospital, need, question

STEMI = need("MKioskTy1")
YES = {"MKioskTy1": "Y"}


def going(caller: str, hpid: str, minutes_ago: float) -> Going:
    return Going(caller, hpid, NOW - timedelta(minutes=minutes_ago))


def test_each_caller_holds_one_bed_and_it_decays() -> None:
    said = [going("a", "T0000001", 0), going("b", "T0000001", 15), going("c", "T0000001", 31)]
    assert holds(said, NOW) == {"T0000001": 1.5}


def test_who_says_it_again_within_ten_minutes_moves_the_hold() -> None:
    said = [going("a", "T0000001", 3), going("a", "T0000002", 0)]
    assert holds(said, NOW) == {"T0000002": 1.0}
    later = [going("a", "T0000001", 12), going("a", "T0000002", 0)]
    assert holds(later, NOW) == {"T0000001": 0.6, "T0000002": 1.0}


def test_hundreds_of_callers_take_half_the_free_beds_at_most() -> None:
    four = card(hospital(values={"hvec": "4"}))
    two = card(hospital(values={"hvec": "2"}))
    assert bed_points(four, NOW.timestamp(), 500) == bed_points(two, NOW.timestamp(), 0)
    crowded = card(hospital(values={"hvec": "-4"}))
    assert bed_points(crowded, NOW.timestamp(), 500) == bed_points(crowded, NOW.timestamp(), 0)


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ({"ktas": 2}, True),
        ({"ktas": 1}, False),
        ({"ktas": 2, "transport": "nearest"}, False),
        ({"ktas": 5, "transport": "nearest"}, False),
    ],
)
def test_it_moves_the_second_forward_and_never_where_seconds_count(
    asked: dict[str, object], counts: bool
) -> None:
    world = [candidate("T0000001", km=5, values={**YES, "hvec": "3"}),
             candidate("T0000002", km=5.1, values={**YES, "hvec": "3"})]  # fmt: skip
    free = question(STEMI, **asked)  # type: ignore[arg-type]
    held = question(STEMI, holds={"T0000001": 3.0}, **asked)  # type: ignore[arg-type]
    assert rank(world, free, sort="score")[0].hpid == "T0000001"
    first = rank(world, held, sort="score")[0].hpid
    assert first == ("T0000002" if counts else "T0000001")


def test_it_never_leaves_its_tier() -> None:
    able = candidate("T0000001", km=5, values={**YES, "hvec": "1"})
    silent = candidate("T0000002", km=1, values={"hvec": "20"})
    held = question(STEMI, holds={"T0000001": 100.0})
    assert [entry.hpid for entry in rank([able, silent], held, sort="score")] == [
        "T0000001", "T0000002",
    ]  # fmt: skip
