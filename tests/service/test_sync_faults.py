"""Every fault of the simulator for two rounds, over the real service, while readers read."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from shared.contracts.sync import HospitalState, Snapshot
from simulator.answers import bed_rows, severe_rows
from simulator.app import SERVICE_PATH, create_app
from simulator.faults import NAMES
from simulator.hospitals import build_hospitals
from simulator.life import WARM_UP, World
from tests.service.sync_service import RunningSync, Stores, sync_over
from tests.support.fault_matrix import CASES, FAST, Case
from tests.support.places import ROOT
from tests.support.running import running

HOSPITALS = 40
MINUTES_A_CASE = 2
TABLE = ROOT / "docs" / "sync-faults.md"
Told = Mapping[str, HospitalState]


@dataclass(slots=True)
class Country:
    """The simulated truth, moved by the test, and the switch of its faults."""

    now: datetime
    world: World
    control: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)

    def pass_a_minute(self) -> None:
        self.now += timedelta(minutes=1)
        self.world.advance_to(self.now)

    async def switch_on(self, fault: str) -> None:
        answer = await self.control.post("/faults", json={"fault": fault})
        assert answer.status_code == 200

    async def switch_off(self) -> None:
        assert (await self.control.delete("/faults")).json()["on"] == []

    def values(self) -> dict[str, dict[str, str]]:
        """What each hospital truly tells now."""
        told: dict[str, dict[str, str]] = {}
        for row in [*bed_rows(self.world, {}), *severe_rows(self.world, {})]:
            values = {t: v.strip() for t, v in row.items() if re.match("hv(?!idate)|MKiosk", t)}
            told[row["hpid"]] = told.get(row["hpid"], {}) | values
        return told

    def reported_at(self) -> dict[str, datetime]:
        return {
            ward.hospital.hpid: ward.report.at
            for ward in self.world.wards
            if ward.hospital.reporting.in_bed_feed
        }


@asynccontextmanager
async def country(cases: int) -> AsyncIterator[tuple[str, Country]]:
    """The simulator on a socket, so many minutes back as the test will let pass."""
    now = datetime.now(UTC) - timedelta(minutes=MINUTES_A_CASE * (cases + 1))
    world = World(build_hospitals(1)[:HOSPITALS], starts_at=now - WARM_UP, rng=Random("matrix"))
    world.advance_to(now)
    truth = Country(now, world)
    async with (
        running(create_app(clock=lambda: truth.now, world=world)) as url,
        httpx.AsyncClient(base_url=url) as control,
    ):
        await truth.control.aclose()
        truth.control = control
        yield url + SERVICE_PATH, truth


class Reader:
    """Somebody who reads the snapshot, and one hospital over HTTP, without a pause."""

    def __init__(self, sync: RunningSync, whole: Told) -> None:
        self._sync, self._whole, self._last = sync, whole, whole
        self.reads = 0

    async def read_on(self) -> None:
        hpid = min(self._whole)
        while True:
            self.take(await self._sync.snapshot())
            answer = await self._sync.client.get(f"/v1/hospitals/{hpid}")
            assert (answer.status_code, answer.json()["hpid"]) == (200, hpid)
            await asyncio.sleep(0.01)

    def take(self, snapshot: Snapshot) -> None:
        """A snapshot is whole, and no time in it is older than a reader saw before."""
        told = by_hpid(snapshot)
        assert told.keys() == self._whole.keys()
        for hpid, hospital in told.items():
            former = self._last[hpid].reported_at
            assert former is None or (hospital.reported_at and hospital.reported_at >= former)
        self._last = told
        self.reads += 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one fault did; `statuses` are those of the operator's rounds."""

    case: Case
    statuses: Sequence[int]
    begun: Sequence[str]
    ended: Sequence[str]

    @property
    def row(self) -> str:
        told = self.case.kind or "absorbed"
        rounds = "used" if self.statuses[0] == 200 else "failed whole"
        lines = f"{len(self.begun)} | {len(self.ended)}"
        return f"| `{self.case.fault}` | {self.case.what} | {told} | {rounds} | {lines} |"


def by_hpid(snapshot: Snapshot) -> Told:
    return {hospital.hpid: hospital for hospital in snapshot.hospitals}


async def struck(
    case: Case, sync: RunningSync, truth: Country, capsys: pytest.CaptureFixture[str]
) -> Outcome:
    """Two rounds with the fault, then one without it."""
    before = by_hpid(await sync.snapshot())
    capsys.readouterr()
    await truth.switch_on(case.fault)
    truth.pass_a_minute()
    statuses = [(await sync.client.post("/v1/refresh")).status_code for _ in range(2)]
    nothing_is_lost_or_made_younger(case, before, by_hpid(await sync.snapshot()), truth)
    await truth.switch_off()
    truth.pass_a_minute()
    await sync.refresh()
    everything_is_right_again(by_hpid(await sync.snapshot()), truth)
    lines = "".join(capsys.readouterr()).splitlines()
    begun = [line for line in lines if "nmc " in line and "next_step" in line]
    ended = [line for line in lines if "nmc " in line and ": over" in line]
    return Outcome(case, statuses, begun, ended)


def nothing_is_lost_or_made_younger(case: Case, before: Told, after: Told, truth: Country) -> None:
    values, times = truth.values(), truth.reported_at()
    for hpid, hospital in after.items():
        former, now = before[hpid], values[hpid]
        if hospital.reported_at != former.reported_at:
            assert hospital.reported_at is not None
            assert hospital.reported_at <= times[hpid], f"{case.fault}: {hpid} made younger"
        # Test values are not shown, and nothing is shown instead of them.
        lost = former.values.keys() - hospital.values.keys() - hospital.flagged.keys()
        assert not lost, f"{case.fault}: {hpid} lost {sorted(lost)}"
        for code, value in hospital.values.items():
            assert value in (former.values.get(code), now.get(code)), f"{case.fault}: {hpid} {code}"
        assert (hospital.name, hospital.phone, hospital.er_phone, hospital.longitude) == (
            former.name, former.phone, former.er_phone, former.longitude,
        )  # fmt: skip
        assert hospital.operating


def everything_is_right_again(told: Told, truth: Country) -> None:
    values, times = truth.values(), truth.reported_at()
    for hpid, hospital in told.items():
        assert hospital.reported_at == times.get(hpid)
        assert hospital.values == values[hpid]


def judged(outcome: Outcome) -> list[str]:
    """What is wrong with the log lines of a fault, in words."""
    case, wrong = outcome.case, []
    lines = 1 if case.kind else 0
    if (len(outcome.begun), len(outcome.ended)) != (lines, lines):
        wrong.append(f"{case.fault}: {outcome.begun} {outcome.ended}")
    wrong += [f"{case.fault}: {line}" for line in outcome.begun if not is_of(case.kind, line)]
    return wrong


def is_of(kind: str, line: str) -> bool:
    return re.search(rf"kind\W+{kind}\b(?!-)", line) is not None


@pytest.mark.parametrize(
    "names",
    [FAST, pytest.param([case.fault for case in CASES], marks=pytest.mark.full)],
    ids=["fast", "full"],
)
async def test_the_fault_matrix(
    names: Sequence[str], database: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [case for case in CASES if case.fault in names]
    async with (
        country(len(cases)) as (feed, truth),
        sync_over(feed, Stores(database, redis_url), dataset="demo") as sync,
    ):
        reader = Reader(sync, by_hpid(await sync.snapshot()))
        reading = asyncio.create_task(reader.read_on())
        outcomes = [await struck(case, sync, truth, capsys) for case in cases]
        assert not reading.done(), reading.exception()
        reading.cancel()
    with capsys.disabled():
        rows = "\n".join(outcome.row for outcome in outcomes)
        sys.stdout.write(f"\nfaults of the feed, {reader.reads} reads meanwhile:\n{rows}\n")
    assert [told for outcome in outcomes for told in judged(outcome)] == []
    assert reader.reads >= 3 * len(cases)
    compare_with_the_document(outcomes)


def compare_with_the_document(outcomes: Sequence[Outcome]) -> None:
    """The table in docs/ is of such a run; with ER_FAULT_TABLE the rows go into that file."""
    rows = [outcome.row for outcome in outcomes]
    if wanted := os.environ.get("ER_FAULT_TABLE"):
        Path(wanted).write_text("\n".join(rows) + "\n", encoding="utf-8")
        return
    written = TABLE.read_text(encoding="utf-8").splitlines()
    assert [row for row in rows if row not in written] == []


def test_the_matrix_knows_every_fault() -> None:
    assert {case.fault for case in CASES} == NAMES
    assert {case.fault for case in CASES} > set(FAST)
