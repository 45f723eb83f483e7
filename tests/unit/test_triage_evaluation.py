"""The scoring of urgency and needs: what counts as under, over, missing and wrongly first."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cli.errors import CommandFailed
from services.cli.evaluating import acuity, gateway, needs
from shared.contracts.nmc import catalogue
from shared.contracts.triage import NeedsRequest

DEV = Path(__file__).parents[1] / "eval" / "dev"
CASE = acuity.Judged(
    id="one",
    text="가슴이 아파요",
    category="cardiac",
    age_years=60,
    gender="M",
    gold=2,
    acceptable=frozenset({2, 3}),
    must=("MKioskTy1", "hvangioayn"),
    should=("hv34",),
    must_not=frozenset({"hvoxyayn"}),
    told=2,
    call_119=True,
    red_flags=("acs_pattern",),
    needs=("MKioskTy1", "hvangioayn", "hv34"),
)


def hits(*judged: acuity.Judged) -> dict[str, tuple[int, int]]:
    return {name: (rate.hits, rate.of) for name, rate in acuity.scored(judged).items()}


def test_a_right_case_is_right() -> None:
    figures = hits(CASE)
    assert figures["acceptable KTAS"] == (1, 1)
    assert figures["critical under-triage (of KTAS 1–2)"] == (0, 1)
    assert figures["must-resource recall@10"] == (2, 2)
    assert figures["KTAS 4–5 told to call 119"] == (0, 0)
    assert not CASE.is_missed


def test_under_and_over() -> None:
    under = replace(CASE, told=4)
    nothing = replace(CASE, told=acuity.UNJUDGED)
    over = replace(CASE, told=1)
    mild = replace(CASE, gold=4, acceptable=frozenset({4, 5}), told=5, call_119=True)
    assert under.is_critical
    assert nothing.is_critical
    assert over.is_over
    assert not over.is_under
    assert replace(mild, told=acuity.UNJUDGED).is_under
    assert not replace(mild, told=acuity.UNJUDGED).is_critical
    assert hits(mild, replace(mild, call_119=False))["KTAS 4–5 told to call 119"] == (1, 2)
    assert mild.is_missed


def test_resources_count_among_the_first_ten_and_the_first_three() -> None:
    late = replace(CASE, needs=(*(f"hv{n}" for n in range(10)), "MKioskTy1"))
    assert late.missing == ("MKioskTy1", "hvangioayn")
    wrong = replace(CASE, needs=("MKioskTy1", "hvangioayn", "hvoxyayn"))
    assert wrong.wrongly_first == ("hvoxyayn",)
    fourth = replace(CASE, needs=("MKioskTy1", "hvangioayn", "hv34", "hvoxyayn"))
    assert fourth.wrongly_first == ()


def test_kappa() -> None:
    assert acuity.weighted_kappa([(1, 1), (3, 3), (5, 5)]) == pytest.approx(1.0)
    assert acuity.weighted_kappa([(1, 5), (5, 1)]) == pytest.approx(-1.0)
    assert acuity.weighted_kappa([(2, 2), (2, 2)]) == 1.0
    # observed 1 of 4 off by one; by chance (0+1+0+1+…)/16
    assert acuity.weighted_kappa([(1, 1), (1, 2), (2, 2), (2, 2)]) == pytest.approx(0.5)


def test_splits_by_age_sex_and_category() -> None:
    told = acuity.splits([CASE, replace(CASE, age_years=None, gender=None, told=5)])
    assert {name: set(rates) for name, rates in told.items()} == {
        "category": {"cardiac"},
        "age": {"40–64", "unknown"},
        "sex": {"M", "unknown"},
        "gold KTAS": {"2"},
    }
    assert told["sex"]["unknown"].hits == 0


def plan(**changed: Any) -> needs.Judged:
    base: dict[str, Any] = {
        "id": "one",
        "why": "because",
        "must": ("MKioskTy1",),
        "must_decisive": ("MKioskTy1",),
        "must_not": ("hvoxyayn",),
        "transport": "capable",
        "roles": {"MKioskTy1": "decisive"},
        "told_transport": "capable",
    }
    return needs.Judged(**{**base, **changed})


def test_plans() -> None:
    assert plan().is_right
    assert plan(roles={"MKioskTy1": "supporting"}).undecided == ("MKioskTy1",)
    assert plan(roles={}).missing == ("MKioskTy1",)
    assert plan(roles={"MKioskTy1": "decisive", "hvoxyayn": "supporting"}).forbidden
    assert not plan(told_transport="nearest").is_right
    assert plan(transport=None, told_transport="nearest").is_right
    figures = needs.scored([plan(), plan(transport=None, roles={})])
    assert (figures["transport"].hits, figures["transport"].of) == (1, 1)
    assert (figures["plans all right"].hits, figures["plans all right"].of) == (1, 2)


def test_a_limited_evaluation_waits_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    answers = [
        httpx.Response(429, headers={"retry-after": "7"}, json={"title": "slow down"}),
        httpx.Response(200, json={"ktas": 2}),
        httpx.Response(422, json={"title": "Invalid", "detail": "no"}),
    ]
    transport = httpx.MockTransport(lambda _: answers.pop(0))
    system = gateway.Gateway(httpx.Client(transport=transport, base_url="http://x"))
    assert system.post("/v1/triage", {}) == {"ktas": 2}
    assert waited == [7]
    with pytest.raises(CommandFailed, match="Invalid"):
        system.post("/v1/triage", {})


def lines(name: str) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in (DEV / name).read_text(encoding="utf-8").splitlines()]


def test_development_files_have_their_shape() -> None:
    cases = lines("acuity.jsonl")
    assert len(cases) >= 90
    assert len({case["id"] for case in cases}) == len(cases)
    for case in cases:
        assert case["ktas"] in case["ktas_acceptable"]
        fields = {*case["must_resources"], *case["should_resources"], *case["must_not_top3"]}
        assert fields <= set(catalogue()), case["id"]
    requests = lines("needs.jsonl")
    assert len(requests) >= 40
    for case in requests:
        NeedsRequest.model_validate(case["request"])
        assert set(case["must_decisive"]) <= set(case["must"]) <= set(catalogue())
        assert not set(case["must"]) & set(case["must_not"])
