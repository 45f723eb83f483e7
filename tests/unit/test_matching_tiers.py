"""Tiers: what decides, who closed, how far, and what unknown means."""

import pytest

from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate, enough, rank, shortlist
from services.matching.domain.travel import eta_over_water
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
    assert ranked[-1][0] == "T0000001"


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


def test_in_the_shortest_lists_the_room_that_stabilises_goes_before_another_able_one() -> None:
    near = candidate("T0000001", km=1, values=NO)
    silent = [candidate(f"T000001{n}", km=2 + n, values=SILENT) for n in range(4)]
    able = candidate("T0000099", km=200, values=YES)
    ranked = rank([near, *silent, able], question(STEMI), sort="score")
    assert [entry.stabilise_first for entry in shortlist(ranked, 2)] == [False, True]
    assert len(shortlist(ranked, 1)) == 1


def test_whom_a_search_went_out_for_is_in_the_list() -> None:
    silent = [candidate(f"T000001{n}", km=1 + n, values=SILENT) for n in range(8)]
    able = candidate("T0000099", km=250, values={**YES, "hvec": "-9"})
    ranked = rank([able, *silent], question(STEMI), sort="score")
    assert "T0000099" in [entry.hpid for entry in shortlist(ranked, 4)]
    assert shortlist(ranked, 1) == ranked[:1]


def test_enough_are_five_with_three_not_missing_and_one_able() -> None:
    missing = [candidate(f"T000000{n}", km=n, values=NO) for n in range(1, 7)]
    silent = [candidate(f"T000001{n}", km=10 + n, values=SILENT) for n in range(3)]
    able = candidate("T0000099", km=80, values=YES)
    asked = question(STEMI)
    assert not enough(rank([*missing, *silent], asked, sort="score"))
    assert not enough(rank([*silent, able], asked, sort="score"))
    assert enough(rank([*missing, *silent, able], asked, sort="score"))


def test_a_mild_case_may_travel_past_a_regional_centre() -> None:
    asked = question(need("hvec", "supporting"), transport="nearest", bypass_minutes=0, ktas=4)
    centre = candidate("T0000001", km=1, level=Level.REGIONAL_CENTER)
    local = candidate("T0000002", km=4, level=Level.LOCAL_INSTITUTION)
    far = candidate("T0000003", km=60, level=Level.LOCAL_INSTITUTION)
    assert tiers(centre, local, asked=asked)[0] == ("T0000002", "recommended")
    assert tiers(centre, far, asked=asked)[0] == ("T0000001", "recommended")


def test_the_sea_is_crossed_last_within_a_tier() -> None:
    island = candidate("T0000001", km=1, values=SILENT, level=Level.REGISTERED)
    over = candidate("T0000002", km=150, values=YES, level=Level.REGIONAL_CENTER)
    over = over._replace(eta=eta_over_water(150_000))
    assert tiers(over, island) == [("T0000001", "call_first"), ("T0000002", "call_first")]


def test_the_chance_that_the_silent_could_orders_who_is_called_first() -> None:
    centre = candidate("T0000001", km=9, values=SILENT, level=Level.REGIONAL_CENTER)
    small = candidate("T0000002", km=7, values=SILENT, level=Level.LOCAL_INSTITUTION)
    assert tiers(small, centre)[0] == ("T0000001", "call_first")


def test_beds_give_their_points_in_one_place() -> None:
    asked = question(STEMI, need("hvec", "supporting", 28))
    (entry,) = rank([candidate(values=YES)], asked, sort="score")
    assert entry.resource_points[1] == 0.0
    assert dict(entry.scored)["beds"] > 0
