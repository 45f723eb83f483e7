"""Properties of the ranking over random worlds; thousands of them in the long run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.cards import card
from services.matching.domain.question import Question
from services.matching.domain.ranking import RANK, Candidate, Ranked, rank, shortlist
from services.matching.domain.travel import Setting, eta_by_detour, eta_over_water
from shared.contracts.nmc import Level
from shared.contracts.sync import Audience, HospitalState, Message
from shared.contracts.triage import PatientFacts
from tests.support.worlds import NOW, hospital, message, need, question

FAST, FULL = 100, 4000

FLAGS = st.sampled_from(["Y", "불가능", "정보미제공"])
FIELDS = st.sampled_from(["MKioskTy1", "MKioskTy2", "MKioskTy28", "hvangioayn", "hv34"])
AUDIENCES = st.sampled_from(
    [[], [Audience(max_age_years=14)], [Audience(children=True)], [Audience(min_age_years=65)]]
)
CARES = st.sampled_from([[], [], ["suturing"], ["ent"]])
HOURS = st.sampled_from([None, "18:00-08:00", "08:00-18:00"])


@st.composite
def messages(draw: st.DrawFn) -> Message:
    told = message(draw(st.sampled_from(["blocks", "call", "info"])), draw(FIELDS))
    bounds = {"audiences": draw(AUDIENCES), "hours": draw(HOURS), "care": draw(CARES)}
    return told.model_copy(update=bounds)


@st.composite
def hospitals(draw: st.DrawFn) -> HospitalState:
    values = {
        "MKioskTy1": draw(FLAGS),
        "MKioskTy2": draw(FLAGS),
        "MKioskTy28": draw(st.sampled_from(["Y", "Y", "불가능"])),
        "hvangioayn": draw(st.sampled_from(["Y", "N", "N1"])),
        "hvec": str(draw(st.integers(-20, 40))),
        "hv34": str(draw(st.integers(-2, 10))),
    }
    return hospital(
        f"T{draw(st.integers(0, 9_999_999)):07d}",
        level=draw(st.sampled_from([*Level, None])),
        age_min=draw(st.sampled_from([None, 1, 19, 25, 119, 130, 60 * 23, 60 * 30])),
        values=values,
        messages=draw(st.lists(messages(), max_size=2)),
        operating=draw(st.booleans()),
    )


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    metres = draw(st.floats(100, 400_000))
    setting = draw(st.sampled_from(Setting))
    over = draw(st.integers(0, 9)) == 0
    eta = eta_over_water(metres) if over else eta_by_detour(metres, setting)
    return Candidate(card(draw(hospitals())), round(metres), eta)


worlds = st.lists(candidates(), min_size=1, max_size=12, unique_by=lambda c: c.hospital.hpid)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    asked = question(
        need("MKioskTy1", weight=30),
        need("hvangioayn", "supporting", 28),
        need("hv34", "supporting", 26),
        need("hvec", "supporting", 24),
        transport=draw(st.sampled_from(["nearest", "capable"])),
        bypass_minutes=draw(st.sampled_from([0, 3, 30, 60])),
        ktas=draw(st.sampled_from([None, 1, 2, 3, 4, 5])),
    )
    age = draw(st.sampled_from([None, 0, 9, 40, 80]))
    policy = asked.policy.model_copy(update={"care": draw(CARES)})
    return replace(asked, patient=PatientFacts(age_years=age), policy=policy)


def ids(ranked: list[Ranked]) -> list[str]:
    return [entry.hpid for entry in ranked]


def alone(state: HospitalState, base: Candidate, asked: Question) -> Ranked:
    (entry,) = rank([base._replace(card=card(state))], asked, sort="score")
    return entry


def order_does_not_matter(world: list[Candidate], asked: Question, chance: Any) -> None:
    shuffled = chance.sample(world, len(world))
    first, second = (rank(entries, asked, sort="score") for entries in (world, shuffled))
    assert first == second


def tiers_hold_and_nobody_is_lost(world: list[Candidate], asked: Question, sort: Any) -> None:
    ranked = rank(world, asked, sort=sort)
    places = [RANK[entry.tier] for entry in ranked]
    assert places == sorted(places)
    assert sorted(ids(ranked)) == sorted(entry.hospital.hpid for entry in world)
    for limit in (1, 3, 50):
        shown = shortlist(ranked, limit)
        assert 1 <= len(shown) <= limit
        assert shown[0] is ranked[0]
        assert [RANK[entry.tier] for entry in shown] == sorted(RANK[entry.tier] for entry in shown)
    assert any(entry.stabilise_first for entry in shown) is any(
        entry.stabilise_first for entry in ranked
    )


def a_score_is_the_sum_of_its_parts(world: list[Candidate], asked: Question) -> None:
    for entry in rank(world, asked, sort="score"):
        parts = sum(entry.resource_points) + sum(part.points for part in entry.scored)
        assert abs(entry.score - parts) < 0.06
        assert 0 <= entry.score <= 100
        assert all(part.points == 0 for part in entry.told(asked))


def nearer_and_freer_never_ranks_lower(
    far: Candidate, asked: Question, closer_m: float, freer: int
) -> None:
    metres = max(100.0, far.distance_m - closer_m)
    values = {**far.hospital.values, "hvec": str(int(far.hospital.values["hvec"]) + freer)}
    twin = far.hospital.model_copy(update={"hpid": "A0000000", "values": values})
    near = Candidate(card(twin), round(metres), eta_by_detour(metres))
    far = far._replace(eta=eta_by_detour(far.distance_m))
    if near.eta.seconds < far.eta.seconds:
        assert ids(rank([far, near], asked, sort="score"))[0] == "A0000000"


def a_newer_yes_never_lowers_and_a_newer_no_never_raises(old: Candidate, asked: Question) -> None:
    # Of a severe flag too: it lives as long as the heartbeat.
    for field, yes, no in (("hvangioayn", "Y", "N"), ("MKioskTy1", "Y", "불가능")):
        place = [n.field for n in asked.needs].index(field)
        for value, better in ((yes, True), (no, False)):
            points, tiers = [], []
            for age_min in (60 * 30, 60 * 3, 1):
                aged = hospital(age_min=age_min, values={**old.hospital.values, field: value})
                entry = alone(aged, old, asked)
                points.append(entry.resource_points[place])
                tiers.append(RANK[entry.tier])
            assert points == sorted(points, reverse=not better)
            runs = aged.values["MKioskTy28"] == "Y"
            if field == "MKioskTy1" and runs and not asked.is_nearest:
                assert tiers == sorted(tiers, reverse=better)


def able_beats_unknown_beats_a_no(base: Candidate, asked: Question) -> None:
    def entry(flag: str) -> Ranked:
        values = {**base.hospital.values, "MKioskTy1": flag}
        return alone(hospital(level=base.hospital.level, values=values), base, asked)

    yes, unknown, no = entry("Y"), entry("정보미제공"), entry("불가능")
    assert yes.score >= unknown.score >= no.score
    assert yes.score > no.score
    assert RANK[yes.tier] <= RANK[unknown.tier] <= RANK[no.tier]


def a_restriction_never_raises(base: Candidate, asked: Question, told: Message) -> None:
    blocks = told.model_copy(update={"effect": "blocks"})
    messages = [*base.hospital.messages, blocks]
    blocked = base.hospital.model_copy(update={"messages": messages})
    with_it, without = alone(blocked, base, asked), alone(base.hospital, base, asked)
    assert with_it.score <= without.score
    assert RANK[with_it.tier] >= RANK[without.tier]
    assert not (with_it.able and not without.able)


def a_hold_never_raises_nor_moves_a_tier(
    world: list[Candidate], asked: Question, beds: float
) -> None:
    held_at = world[0].hospital.hpid
    without = {entry.hpid: entry for entry in rank(world, asked, sort="score")}
    held = rank(world, replace(asked, holds={held_at: beds}), sort="score")
    with_it = {entry.hpid: entry for entry in held}
    assert {h: e.tier for h, e in with_it.items()} == {h: e.tier for h, e in without.items()}
    assert with_it[held_at].score <= without[held_at].score
    if asked.is_nearest or asked.ktas == 1:
        assert ids(held) == ids(rank(world, asked, sort="score"))


def who_turns_the_patient_away_stands_behind(world: list[Candidate], asked: Question) -> None:
    """Among those that run, within a tier and the policy's minutes; the sea is another matter."""
    ranked = rank(world, asked, sort="score")
    for tier in RANK:
        alike = [e.turns_away for e in ranked if e.tier == tier and not e.refused
                 and e.candidate.eta.by_car and not e.far]  # fmt: skip
        assert alike == sorted(alike)


def equal_answers_for_equal_inputs(world: list[Candidate], asked: Question) -> None:
    again = [
        candidate._replace(
            card=card(HospitalState.model_validate_json(candidate.hospital.model_dump_json()))
        )
        for candidate in world
    ]
    assert rank(world, asked, sort="score") == rank(again, replace(asked), sort="score")


def minutes_beyond_the_policy_are_never_traded(world: list[Candidate], asked: Question) -> None:
    ranked = rank(world, asked, sort="score")
    if asked.counts_seconds:
        for tier in RANK:
            late = [e.far and e.candidate.eta.by_car for e in ranked if e.tier == tier
                    and e.candidate.eta.by_car]  # fmt: skip
            assert late == sorted(late)
    for entry in ranked:
        assert not (entry.tier == "recommended" and entry.far)


PROPERTIES = [
    (order_does_not_matter, (worlds, questions(), st.randoms(use_true_random=False))),
    (tiers_hold_and_nobody_is_lost, (worlds, questions(), st.sampled_from(["score", "distance"]))),
    (a_score_is_the_sum_of_its_parts, (worlds, questions())),
    (
        nearer_and_freer_never_ranks_lower,
        (candidates(), questions(), st.floats(0, 100_000), st.integers(0, 10)),
    ),
    (a_newer_yes_never_lowers_and_a_newer_no_never_raises, (candidates(), questions())),
    (able_beats_unknown_beats_a_no, (candidates(), questions())),
    (a_restriction_never_raises, (candidates(), questions(), messages())),
    (a_hold_never_raises_nor_moves_a_tier, (worlds, questions(), st.floats(0, 50))),
    (who_turns_the_patient_away_stands_behind, (worlds, questions())),
    (equal_answers_for_equal_inputs, (worlds, questions())),
    (minutes_beyond_the_policy_are_never_traded, (worlds, questions())),
]
NAMES = [check.__name__ for check, _ in PROPERTIES]


def hold(check: Any, drawn: Any, worlds: int) -> None:
    """Draw so many worlds and check each."""
    drawing: Any = given(*drawn)
    settings(max_examples=worlds, deadline=None)(drawing(check))()


@pytest.mark.parametrize(("check", "drawn"), PROPERTIES, ids=NAMES)
def test_it_holds(check: Any, drawn: Any) -> None:
    hold(check, drawn, FAST)


@pytest.mark.full
@pytest.mark.parametrize(("check", "drawn"), PROPERTIES, ids=NAMES)
def test_it_holds_in_thousands_of_worlds(check: Any, drawn: Any) -> None:
    hold(check, drawn, FULL)


@given(st.floats(0, 600_000), st.floats(0, 600_000), st.sampled_from(Setting), st.floats(1, 4))
def test_minutes_grow_with_metres(
    one: float, other: float, setting: Setting, around: float
) -> None:
    near, far = sorted((one, other))
    assert eta_by_detour(near, setting).seconds <= eta_by_detour(far, setting).seconds
    eta = eta_by_detour(far, setting, around)
    assert eta.low <= eta.seconds <= eta.high
    assert eta.seconds >= eta_by_detour(far, setting).seconds


def test_the_clock_alone_turns_a_yes_into_an_unknown() -> None:
    able = Candidate(card(hospital(values={"MKioskTy1": "Y"})), 5000, eta_by_detour(5000))
    asked = question(need("MKioskTy1"))
    later = replace(asked, now=NOW + timedelta(days=2))
    assert rank([able], asked, sort="score")[0].tier == "recommended"
    assert rank([able], later, sort="score")[0].tier == "call_first"
