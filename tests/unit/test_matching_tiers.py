"""Tiers: what decides, who closed, how far, and what unknown means."""

import pytest

from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate, rank, shortlist
from shared.contracts.nmc import Level
from tests.support.worlds import candidate, message, need, question

STEMI = need("MKioskTy1")
YES, NO, SILENT = {"MKioskTy1": "Y"}, {"MKioskTy1": "불가능"}, {"MKioskTy1": "정보미제공"}


def tiers(*candidates: Candidate, asked: Question | None = None) -> list[tuple[str, str]]:
    ranked = rank(candidates, asked or question(STEMI), sort="score")
    return [(entry.candidate.hospital.hpid, entry.tier) for entry in ranked]


def test_reported_able_comes_before_unknown_before_known_missing_however_near() -> None:
    assert tiers(
        candidate("T0000001", km=1, values=NO),
        candidate("T0000002", km=2, values=SILENT),
        candidate("T0000003", km=8, values=YES),
    ) == [
        ("T0000003", "recommended"),
        ("T0000002", "call_first"),
        ("T0000001", "not_recommended"),
    ]


def test_crowding_sinks_nobody_who_is_able() -> None:
    full = candidate("T0000001", km=3, values={**YES, "hvec": "-12"})
    empty = candidate("T0000002", km=3, values={**SILENT, "hvec": "20"})
    assert tiers(full, empty)[0] == ("T0000001", "recommended")


@pytest.mark.parametrize(
    ("effect", "minutes_left", "tier"),
    [
        ("blocks", 60, "not_recommended"),
        ("blocks", -1, "recommended"),
        ("call", 60, "call_first"),
        ("info", 60, "recommended"),
    ],
)
def test_a_message_overrides_the_flag_while_it_is_in_force(
    effect: str, minutes_left: float, tier: str
) -> None:
    told = message(effect, "MKioskTy1", minutes_left=minutes_left)  # type: ignore[arg-type]
    assert tiers(candidate(values=YES, messages=[told]))[0][1] == tier


def test_a_message_about_something_else_changes_nothing() -> None:
    told = message("blocks", "MKioskTy25")
    assert tiers(candidate(values=YES, messages=[told]))[0][1] == "recommended"


def test_a_yes_without_a_heartbeat_is_unknown() -> None:
    assert tiers(candidate(values=YES, age_min=60 * 25))[0][1] == "call_first"
    assert tiers(candidate(values=YES, age_min=None))[0][1] == "call_first"


def test_a_no_without_a_heartbeat_is_unknown_too() -> None:
    assert tiers(candidate(values=NO, age_min=60 * 25))[0][1] == "call_first"


def test_who_refused_and_who_closed_go_last() -> None:
    asked = question(STEMI, refused=["T0000001"])
    ranked = tiers(
        candidate("T0000001", km=1, values=YES),
        candidate("T0000002", km=1, values={**YES, "MKioskTy28": "불가능"}),
        candidate("T0000003", km=9, values=SILENT),
        asked=asked,
    )
    assert ranked[0] == ("T0000003", "call_first")
    assert {tier for _, tier in ranked[1:]} == {"not_recommended"}


def test_beyond_the_bypass_minutes_an_able_one_is_not_simply_recommended() -> None:
    near, far = candidate("T0000001", km=2, values=NO), candidate("T0000002", km=60, values=YES)
    assert dict(tiers(near, far))["T0000002"] == "call_first"
    assert dict(tiers(near, far, asked=question(STEMI, bypass_minutes=120)))["T0000002"] == (
        "recommended"
    )


def test_under_nearest_an_open_room_decides_and_minutes_order() -> None:
    asked = question(STEMI, transport="nearest", bypass_minutes=3, ktas=1)
    assert tiers(
        candidate("T0000003", km=20, values=YES, level=Level.REGIONAL_CENTER),
        candidate("T0000002", km=9, values=NO),
        candidate("T0000001", km=2, values=NO, level=Level.LOCAL_INSTITUTION),
        asked=asked,
    ) == [
        ("T0000001", "recommended"),
        ("T0000002", "call_first"),
        ("T0000003", "call_first"),
    ]


def test_mild_cases_protect_the_regional_centres() -> None:
    asked = question(need("hvec", "supporting"), ktas=5)
    ranked = tiers(
        candidate("T0000001", level=Level.REGIONAL_CENTER),
        candidate("T0000002", level=Level.LOCAL_INSTITUTION),
        asked=asked,
    )
    assert ranked[0][0] == "T0000002"


def test_the_nearest_stabilising_room_is_always_in_the_list() -> None:
    near = candidate("T0000001", km=1, values=NO)
    able = [candidate(f"T000001{n}", km=5 + n, values=YES) for n in range(6)]
    ranked = rank([near, *able], question(STEMI), sort="score")
    listed = shortlist(ranked, 3)
    assert [entry.stabilise_first for entry in listed] == [False, False, True]
    assert listed[-1].candidate.hospital.hpid == "T0000001"
