"""What the benches of matching make of their figures."""

import json

import pytest

from services.cli.bench import BENCHES, growth, holds, places, recommend
from services.cli.bench.alone import HERE
from services.cli.bench.load import Measured, Target
from shared.contracts.place import Place
from tests.support.worlds import NOW


def measured(milliseconds: float, seconds: float = 10.0) -> Measured:
    return Measured([milliseconds] * round(1000 * seconds / milliseconds), seconds)


def test_goals_are_ratios_of_the_same_run() -> None:
    figures = {
        recommend.BARE: measured(1),
        recommend.PLAIN: measured(20),
        recommend.MATCHING: measured(8),
        recommend.GATEWAY: measured(16),
        recommend.TEXT: measured(17),
    }
    found = {goal.name: goal for goal in recommend.goals(figures)}
    assert found["matching over plain, requests/s"].ratio == pytest.approx(2.5)
    assert found["matching over plain, requests/s"].is_met
    assert found["gateway over matching, requests/s"].ratio == pytest.approx(0.5)
    assert not found["gateway over matching, requests/s"].is_met
    assert found["sentence over needs given, p95"].is_met


def test_a_request_says_how_long_its_body_is() -> None:
    raw = Target("x", "POST", "http://127.0.0.1:9/v1/match", b"{}", {"authorization": "t"}).raw()
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/match HTTP/1.1\r\nhost: 127.0.0.1:9\r\ncontent-length: 2")
    assert body == b"{}"


def test_the_grown_country_has_as_many_within_reach() -> None:
    small = growth.country(300, NOW)
    assert (len(small), len({one.hpid for one in small})) == (300, 300)
    for one in small[growth.WITHIN :]:
        assert abs((one.longitude or 0) - HERE[0]) > 0.6


def test_an_even_wave_is_spread_over_all() -> None:
    even = holds.Wave({"a": 100, "b": 100}, {"a": 1, "b": 1}, 60)
    lone = holds.Wave({"a": 200, "b": 0}, {"a": 1, "b": 1}, 60)
    assert even.evenness == pytest.approx(2)
    assert lone.evenness == pytest.approx(1)
    assert (even.chosen, lone.chosen) == (2, 1)


def test_there_are_three_hundred_places_of_all_kinds_and_twenty_presentations() -> None:
    spots = places.places()
    assert len(spots) == len({(spot.latitude, spot.longitude) for spot in spots}) == 300
    assert {spot.kind for spot in spots} == {"district", "island", "mountain", "border", "coast"}
    for spot in spots:
        Place(longitude=spot.longitude, latitude=spot.latitude)
    cases = places._rows("presentations.csv")
    assert len(cases) == 20
    json.dumps(cases)


def test_every_bench_has_a_name_of_its_own() -> None:
    assert {"recommend", "growth", "holds", "places"} <= set(BENCHES)
