"""Faults of the simulator: switched on, met by the right calls, and never switched by strangers."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import httpx2
import pytest
from defusedxml.ElementTree import ParseError, fromstring
from fastapi.testclient import TestClient

from simulator.answers import stamp
from simulator.app import SERVICE_PATH, create_app
from simulator.faults import NAMES
from simulator.hospitals import build_hospitals
from simulator.life import WARM_UP, World
from tests.support.running import running

NOW = datetime(2026, 11, 23, 3, 0, 30, tzinfo=UTC)
DIRECTORY = "getEgytListInfoInqire"
BEDS = "getEmrrmRltmUsefulSckbdInfoInqire"
SEVERE = "getSrsillDissAceptncPosblInfoInqire"
MESSAGES = "getEmrrmSrsillDissMsgInqire"
OPERATIONS = (DIRECTORY, BEDS, SEVERE, MESSAGES)
HOSPITALS = 40

Rows = list[dict[str, str]]


class Simulator:
    """A small country with a clock in the test's hand."""

    def __init__(self) -> None:
        self.now = NOW
        world = World(build_hospitals(1)[:HOSPITALS], starts_at=NOW - WARM_UP, rng=Random("faults"))
        app = create_app(clock=lambda: self.now, world=world)
        self.http = TestClient(app, client=("127.0.0.1", 40_000))
        self.stranger = TestClient(app, client=("10.1.2.3", 40_000))

    def ask(self, operation: str = BEDS, **query: str) -> httpx2.Response:
        params = {"serviceKey": "key", "numOfRows": "1000", **query}
        answer: httpx2.Response = self.http.get(f"{SERVICE_PATH}/{operation}", params=params)
        return answer

    def rows(self, operation: str = BEDS, **query: str) -> Rows:
        root = fromstring(self.ask(operation, **query).text)
        return [{tag.tag: tag.text or "" for tag in item} for item in root.iter("item")]

    def fault(self, name: str, **how: object) -> None:
        answer = self.http.post("/faults", json={"fault": name, **how})
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def opened() -> Iterator[Simulator]:
    simulator = Simulator()
    with simulator.http, simulator.stranger:
        yield simulator


@pytest.fixture
def simulator(opened: Simulator) -> Iterator[Simulator]:
    yield opened
    opened.http.delete("/faults")


def test_every_fault_is_known_and_switched_off_at_once(simulator: Simulator) -> None:
    clean = {operation: simulator.ask(operation).text for operation in OPERATIONS}
    told = simulator.http.get("/faults").json()
    assert set(told["known"]) == NAMES
    assert len(NAMES) >= 50
    for name in NAMES:
        simulator.fault(name)
    assert len(simulator.http.get("/faults").json()["on"]) == len(NAMES)
    assert simulator.http.delete("/faults").json()["on"] == []
    assert {op: simulator.ask(op).text for op in OPERATIONS} == clean


@pytest.mark.parametrize("name", sorted(NAMES - {"slow", "half-sent", "reset", "frozen-times"}))
def test_each_fault_shows(simulator: Simulator, name: str) -> None:
    clean = {operation: simulator.ask(operation) for operation in OPERATIONS}
    simulator.fault(name)
    differs = [
        (answer.status_code, answer.content) != (clean[op].status_code, clean[op].content)
        for op, answer in ((operation, simulator.ask(operation)) for operation in OPERATIONS)
    ]
    assert any(differs)
    assert simulator.ask().headers["x-er-simulated"] == "1"


def test_a_fault_of_one_operation_leaves_the_others(simulator: Simulator) -> None:
    simulator.fault("plain-500", operation=SEVERE)
    assert [simulator.ask(operation).status_code for operation in OPERATIONS] == [
        200, 200, 500, 200,
    ]  # fmt: skip


def test_a_fault_for_some_rounds_counts_first_pages_of_each_operation(
    simulator: Simulator,
) -> None:
    simulator.fault("plain-429-quota", rounds=2)
    told = [simulator.ask(BEDS).status_code, simulator.ask(BEDS, pageNo="2").status_code]
    told += [simulator.ask(SEVERE).status_code, simulator.ask(BEDS).status_code]
    assert told == [429, 429, 429, 429]
    assert simulator.ask(BEDS).status_code == 200
    assert [fault["fault"] for fault in simulator.http.get("/faults").json()["on"]] == [
        "plain-429-quota"
    ]
    assert simulator.ask(SEVERE).status_code == 429
    assert simulator.ask(SEVERE).status_code == 200


def test_a_fault_for_some_seconds_ends_by_the_clock(simulator: Simulator) -> None:
    simulator.fault("plain-401", seconds=60)
    simulator.now += timedelta(seconds=59)
    assert simulator.ask().status_code == 401
    simulator.now += timedelta(seconds=1)
    assert simulator.ask().status_code == 200
    assert simulator.http.get("/faults").json()["on"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "no-such"},
        {"fault": "plain-401", "operation": "getNothing"},
        {"fault": "plain-401", "rounds": 0},
        {"fault": "plain-401", "seconds": -1},
        {"fault": "plain-401", "other": 1},
        {},
    ],
)
def test_what_is_no_fault_is_refused(simulator: Simulator, wrong: dict[str, object]) -> None:
    assert simulator.http.post("/faults", json=wrong).status_code == 422
    assert simulator.ask().status_code == 200


def test_only_this_machine_switches_faults(simulator: Simulator) -> None:
    simulator.fault("plain-401")
    for method, body in (("GET", None), ("POST", {"fault": "plain-500"}), ("DELETE", None)):
        assert simulator.stranger.request(method, "/faults", json=body).status_code == 404
    assert [f["fault"] for f in simulator.http.get("/faults").json()["on"]] == ["plain-401"]
    params = {"serviceKey": "key"}
    assert simulator.stranger.get(f"{SERVICE_PATH}/faults", params=params).status_code == 404


def test_an_empty_country_is_a_good_answer(simulator: Simulator) -> None:
    simulator.fault("empty")
    root = fromstring(simulator.ask().text)
    assert root.findtext("header/resultCode") == "00"
    assert root.findtext("body/totalCount") == "0"


def test_one_hospital_drops_out(simulator: Simulator) -> None:
    before = [row["hpid"] for row in simulator.rows()]
    simulator.fault("dropout")
    assert set(before) - {row["hpid"] for row in simulator.rows()} == {min(before)}


def test_frozen_times_stand_while_values_move(simulator: Simulator) -> None:
    begun = simulator.now
    simulator.fault("frozen-times")
    first = {row["hpid"]: row for row in simulator.rows()}
    simulator.now += timedelta(hours=1)
    later = {row["hpid"]: row for row in simulator.rows()}
    assert max(row["hvidate"] for row in later.values()) <= stamp(begun)
    assert any(later[hpid]["hvec"] != row["hvec"] for hpid, row in first.items())
    simulator.fault("old-feed")
    assert max(row["hvidate"] for row in simulator.rows()) <= stamp(
        simulator.now - timedelta(hours=3)
    )


def test_a_renamed_region_answers_nothing_by_its_old_name(simulator: Simulator) -> None:
    old = simulator.rows(DIRECTORY)[0]["dutyAddr"]
    simulator.fault("renamed-regions")
    assert simulator.rows(DIRECTORY, Q0=old.split()[0]) == []
    assert simulator.rows(DIRECTORY)[0]["dutyAddr"] != old
    assert len(simulator.rows(DIRECTORY)) == HOSPITALS


def test_wrong_types_and_test_values(simulator: Simulator) -> None:
    simulator.fault("wrong-types")
    row = simulator.rows()[0]
    assert (row["hvec"], row["hvs01"], row["hvctayn"]) == ("많음", "많음", "1")
    assert re.fullmatch(r"\d{14}", row["hvidate"])
    simulator.http.delete("/faults")
    simulator.fault("test-values")
    struck = [row for row in simulator.rows() if row["hvec"] == "12312"]
    assert len(struck) == 2
    assert all(row["hvs01"] != "12312" for row in struck)


def test_a_duplicate_of_a_bed_row_is_an_older_report(simulator: Simulator) -> None:
    simulator.fault("duplicates")
    first, second = simulator.rows()[:2]
    assert first["hpid"] == second["hpid"]
    assert first["hvidate"] > second["hvidate"]
    assert int(second["hvec"]) == int(first["hvec"]) + 1


def test_ten_times_the_country_has_ten_times_the_hospitals(simulator: Simulator) -> None:
    once = len(simulator.rows())
    simulator.fault("tenfold")
    rows = simulator.rows()
    assert len({row["hpid"] for row in rows}) == len(rows) == 10 * once


def test_faults_of_the_text(simulator: Simulator) -> None:
    for name, mark in {
        "bad-prolog": 'standalone="true"',
        "tag-case": "<HPID>",
        "entities": "&l9;",
    }.items():
        simulator.fault(name)
        assert mark in simulator.ask().text
        simulator.http.delete("/faults")
    simulator.fault("truncated")
    with pytest.raises(ParseError):
        fromstring(simulator.ask().text)


async def test_connections_break_for_real() -> None:
    world = World(build_hospitals(1)[:HOSPITALS], starts_at=NOW - WARM_UP, rng=Random("faults"))
    app = create_app(clock=lambda: NOW, world=world)
    async with running(app) as url, httpx.AsyncClient(base_url=url, timeout=1) as client:
        ask = f"{SERVICE_PATH}/{BEDS}?serviceKey=key&numOfRows=1000"
        for name in ("half-sent", "reset", "slow"):
            await client.post("/faults", json={"fault": name})
            error = httpx.ReadTimeout if name == "slow" else httpx.NetworkError
            with pytest.raises((error, httpx.RemoteProtocolError)):
                await asyncio.wait_for(client.get(ask), 5)
            await client.delete("/faults")
        assert (await client.get(ask)).status_code == 200
