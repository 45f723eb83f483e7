"""The evaluation of ranking: what it serves, what it asks, and what it counts as a miss."""

import json
from datetime import UTC, datetime
from typing import Any

from services.cli.bench.country import BEDS, DIRECTORY, MESSAGES, SEVERE
from services.cli.evaluating import scenarios
from services.cli.evaluating.ranking import Judged, scored
from services.cli.evaluating.scenarios import Scenario
from tests.support.places import ROOT

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LINE: dict[str, Any] = {
    "id": "x",
    "patient": {"text": "아파요", "age_years": 60, "gender": None, "lat": 37.5, "lon": 127.0},
    "hospitals": [
        {"hpid": "T0000001", "name": "가", "lat": 37.5, "lon": 127.0, "level": "regional_center",
         "rt": {"hvec": 3}, "severe": {"MKioskTy1": "Y"}, "messages": ["불가"], "data_age_min": 45},
        {"hpid": "odd-id", "name": "나", "lat": 37.6, "lon": 127.1, "level": "지역응급의료기관",
         "rt": {}, "severe": {}, "messages": [], "data_age_min": 0},
    ],
    "must_first": ["T0000001"],
    "must_not_first": ["odd-id"],
    "order_constraints": [["T0000001", "odd-id", "까닭"]],
    "oracle": {"ktas": 2, "need": ["hvec", "MKioskTy1", "MKioskTy2", "nonsense"]},
}  # fmt: skip


def judged(*order: str) -> Judged:
    return Judged(scenarios.scenario(LINE), None, order)  # type: ignore[arg-type]


def test_a_scenario_is_served_as_the_source_would() -> None:
    rows = scenarios.rows(scenarios.scenario(LINE), NOW)
    assert [row["hpid"] for row in rows[DIRECTORY]] == ["T0000001", "Q0000001"]
    assert [row["dutyEmcls"] for row in rows[DIRECTORY]] == ["G001", "G007"]
    assert rows[BEDS][0] == {
        "hpid": "T0000001", "dutyName": "가", "hvec": "3", "hvidate": "20261125201500",
    }  # fmt: skip
    assert rows[SEVERE][0]["MKioskTy1"] == "Y"
    (message,) = rows[MESSAGES]
    assert (message["symBlkMsgTyp"], message["symTypCod"], message["symOutDspYon"]) == (
        "응급", "Y000", "차단",
    )  # fmt: skip
    assert message["symBlkSttDtm"] == "20261125203000"
    assert message["symBlkEndDtm"] == "20261126023000"


def test_the_age_of_the_data_moves_nothing_but_the_report_time() -> None:
    older = json.loads(json.dumps(LINE))
    older["hospitals"][0]["data_age_min"] = 500
    first, second = (scenarios.rows(scenarios.scenario(one), NOW) for one in (LINE, older))
    assert first[BEDS][0].keys() == second[BEDS][0].keys()
    differing = {tag for tag, value in first[BEDS][0].items() if second[BEDS][0][tag] != value}
    assert differing == {"hvidate"}
    assert [first[name] for name in (DIRECTORY, SEVERE, MESSAGES)] == [
        second[name] for name in (DIRECTORY, SEVERE, MESSAGES)
    ]


def test_the_needs_of_the_oracle_are_sent_and_the_first_that_may_decide_does() -> None:
    body = scenarios.request(scenarios.scenario(LINE), needs_given=True)
    assert body["needs"] == [
        {"field": "hvec", "role": "supporting"},
        {"field": "MKioskTy1", "role": "decisive"},
        {"field": "MKioskTy2", "role": "supporting"},
    ]
    assert "gender" not in body
    assert "needs" not in scenarios.request(scenarios.scenario(LINE), needs_given=False)


def test_who_is_not_listed_stands_behind_all() -> None:
    assert judged("T0000001").is_met
    assert not judged("odd-id").is_met
    assert judged().broken
    assert not judged().first_is_right


def test_rates_count_what_was_asked_for_only() -> None:
    line = {**LINE, "must_first": [], "must_not_first": []}
    free = Judged(scenarios.scenario(line), None, ("a",))  # type: ignore[arg-type]
    rates = scored([judged("T0000001", "odd-id"), judged("odd-id", "T0000001"), free])
    assert (rates["must_first"].hits, rates["must_first"].of) == (1, 2)
    assert (rates["must_not_first violated"].hits, rates["must_not_first violated"].of) == (1, 2)
    assert (rates["constraints met"].hits, rates["constraints met"].of) == (1, 3)
    assert rates["scenarios with all met"].hits == 1


def test_the_development_file_is_whole() -> None:
    path = ROOT / "tests" / "eval" / "dev" / "ranking.jsonl"
    found: list[Scenario] = [
        scenarios.scenario(json.loads(line)) for line in path.read_text().splitlines()
    ]
    assert len(found) >= 45
    assert len({one.id for one in found}) == len(found)
    for one in found:
        known = {hospital["hpid"] for hospital in one.hospitals}
        named = {c.better for c in one.constraints} | {c.worse for c in one.constraints}
        assert named | one.must_first | one.must_not_first <= known, one.id
        assert one.must_first or one.must_not_first or one.constraints, one.id
