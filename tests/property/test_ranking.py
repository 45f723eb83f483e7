"""Properties of the ranking over random worlds."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.ranking import TIERS, Candidate, Question, Ranked, rank
from services.matching.domain.travel import eta_by_detour
from shared.contracts.nmc import Level
from tests.support.worlds import candidate, hospital, message, need, question

FLAGS = st.sampled_from(["Y", "불가능", "정보미제공"])
MESSAGES = st.sampled_from(["blocks", "call", "info"]).map(lambda e: message(e, "MKioskTy1"))  # type: ignore[arg-type]


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    values = {
        "MKioskTy1": draw(FLAGS),
        "hvangioayn": draw(st.sampled_from(["Y", "N", "N1"])),
        "hvec": str(draw(st.integers(-20, 40))),
        "hv34": str(draw(st.integers(-2, 10))),
    }
    return candidate(
        f"T{draw(st.integers(0, 9_999_999)):07d}",
        km=draw(st.floats(0.1, 400)),
        level=draw(st.sampled_from([*Level, None])),
        age_min=draw(st.sampled_from([None, 1, 19, 25, 119, 130, 60 * 23, 60 * 30])),
        values=values,
        messages=draw(st.lists(MESSAGES, max_size=2)),
        operating=draw(st.booleans()),
    )


worlds = st.lists(candidates(), min_size=1, max_size=12, unique_by=lambda c: c.hospital.hpid)
questions = st.builds(
    question,
    st.just(need("MKioskTy1", weight=30)),
    st.just(need("hvangioayn", "supporting", 28)),
    st.just(need("hv34", "supporting", 26)),
    transport=st.sampled_from(["nearest", "capable"]),
    bypass_minutes=st.sampled_from([0, 3, 30, 60]),
    ktas=st.sampled_from([None, 1, 2, 3, 4, 5]),
)


def ids(ranked: list[Ranked]) -> list[str]:
    return [entry.candidate.hospital.hpid for entry in ranked]


@given(worlds, questions, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    world: list[Candidate], asked: Question, chance: Any
) -> None:
    shuffled = chance.sample(world, len(world))
    assert ids(rank(world, asked, sort="score")) == ids(rank(shuffled, asked, sort="score"))


@given(worlds, questions, st.sampled_from(["score", "distance"]))
def test_tiers_never_interleave_and_nobody_is_lost(
    world: list[Candidate], asked: Question, sort: Any
) -> None:
    ranked = rank(world, asked, sort=sort)
    places = [TIERS.index(entry.tier) for entry in ranked]
    assert places == sorted(places)
    assert sorted(ids(ranked)) == sorted(entry.hospital.hpid for entry in world)


@given(worlds, questions)
def test_a_score_is_the_sum_of_its_parts_and_bounded(
    world: list[Candidate], asked: Question
) -> None:
    for entry in rank(world, asked, sort="score"):
        parts = sum(entry.resource_points) + sum(part.points for part in entry.parts)
        assert abs(entry.score - parts) < 0.06
        assert 0 <= entry.score <= 100.5  # ten needs may each round up by 0.05


@given(candidates(), questions, st.floats(0.1, 100))
def test_nearer_and_otherwise_equal_never_ranks_lower(
    far: Candidate, asked: Question, closer_by_km: float
) -> None:
    metres = max(100.0, far.distance_m - closer_by_km * 1000)
    twin = far.hospital.model_copy(update={"hpid": "A0000000"})
    near = Candidate(twin, round(metres), eta_by_detour(metres))
    if near.eta.seconds < far.eta.seconds:
        assert ids(rank([far, near], asked, sort="score"))[0] == "A0000000"


@given(candidates(), questions)
def test_a_newer_yes_never_lowers_and_a_newer_no_never_raises(
    old: Candidate, asked: Question
) -> None:
    for values, better in (({"hvangioayn": "Y"}, True), ({"hvangioayn": "N"}, False)):
        scores = []
        for age_min in (60 * 30, 60 * 3, 1):
            aged = hospital(age_min=age_min, values={**old.hospital.values, **values})
            entry = rank([Candidate(aged, old.distance_m, old.eta)], asked, sort="score")[0]
            scores.append(entry.resource_points[1])
        assert scores == sorted(scores, reverse=not better)


@settings(max_examples=60)
@given(candidates(), questions)
def test_able_is_worth_more_than_unknown_and_unknown_more_than_a_no(
    base: Candidate, asked: Question
) -> None:
    def entry(flag: str) -> Ranked:
        changed = hospital(
            level=base.hospital.level, values={**base.hospital.values, "MKioskTy1": flag}
        )
        return rank([Candidate(changed, base.distance_m, base.eta)], asked, sort="score")[0]

    yes, unknown, no = entry("Y"), entry("정보미제공"), entry("불가능")
    assert yes.score > unknown.score > no.score
    assert TIERS.index(yes.tier) <= TIERS.index(unknown.tier) <= TIERS.index(no.tier)


@given(candidates(), questions)
def test_a_blocking_message_never_raises(base: Candidate, asked: Question) -> None:
    blocked = base.hospital.model_copy(update={"messages": [message("blocks", "MKioskTy1")]})
    quiet = base.hospital.model_copy(update={"messages": []})
    with_it, without = (
        rank([Candidate(h, base.distance_m, base.eta)], asked, sort="score")[0]
        for h in (blocked, quiet)
    )
    assert with_it.score <= without.score
    assert TIERS.index(with_it.tier) >= TIERS.index(without.tier)


@given(st.floats(0, 600_000), st.floats(0, 600_000))
def test_minutes_grow_with_metres(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert eta_by_detour(near).seconds <= eta_by_detour(far).seconds
    eta = eta_by_detour(far)
    assert eta.low <= eta.seconds <= eta.high
