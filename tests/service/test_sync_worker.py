"""The worker of sync: killed at any moment it costs a second round and no more, and it never
outlives its service."""

import asyncio
import multiprocessing
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.sync import rounds, store
from services.sync.domain.records import Picture
from services.sync.rounds import Harvest
from services.sync.source import Operation
from shared import db
from tests.service.sync_process import replica
from tests.service.sync_service import RunningSync, Stores
from tests.service.test_sync_kill import PATH, NumberedFeed, number_of
from tests.support.nmc_rows import bed_row, directory_row, message_row, severe_row
from tests.support.running import running

SEOUL, BUSAN = "A1100001", "A1200003"
LOST, OVER = "worker lost", "worker lost: over"


@pytest.fixture
def stores(database: str, redis_url: str) -> Stores:
    return Stores(database, redis_url)


def workers() -> list[int]:
    """Of the sync services of this process."""
    found = multiprocessing.active_children()
    return [child.pid for child in found if child.name == "er-sync-worker" and child.pid]


def kill_worker() -> int:
    (pid,) = workers()
    os.kill(pid, signal.SIGKILL)
    return pid


@asynccontextmanager
async def numbered(stores: Stores) -> AsyncIterator[tuple[NumberedFeed, RunningSync]]:
    """Sync over a feed whose every value tells its round."""
    feed = NumberedFeed()
    async with running(feed.app) as url, replica(url + PATH, stores) as sync:
        yield feed, sync


def told(capsys: pytest.CaptureFixture[str]) -> tuple[int, int]:
    """Lines that tell its loss, and its return."""
    lines = "".join(capsys.readouterr()).splitlines()
    over = sum(OVER in line for line in lines)
    return sum(LOST in line for line in lines) - over, over


async def test_a_round_whose_worker_is_killed_is_run_again(
    stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    async with numbered(stores) as (feed, sync):
        feed.asked.clear()
        round_ = asyncio.create_task(sync.refresh())
        await feed.asked.wait()
        killed = kill_worker()
        await round_
        assert number_of(await sync.snapshot()) == feed.number
        assert workers() != [killed]
        assert told(capsys) == (1, 1)


async def test_one_that_died_between_rounds_costs_nothing(stores: Stores) -> None:
    async with numbered(stores) as (feed, sync):
        kill_worker()
        await sync.refresh()
        assert number_of(await sync.snapshot()) == feed.number


async def test_one_that_died_between_rounds_costs_no_second_chance(stores: Stores) -> None:
    """It is found dead only when the next round wants it, which may lose its own worker too."""
    async with numbered(stores) as (feed, sync):
        await sync.refresh()  # by now the first round has let its turn go
        feed.asked.clear()
        kill_worker()
        round_ = asyncio.create_task(sync.refresh())
        await feed.asked.wait()
        kill_worker()
        await round_
        assert number_of(await sync.snapshot()) == feed.number


async def test_a_worker_that_dies_again_fails_one_round(
    stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    async with numbered(stores) as (feed, sync):
        before = number_of(await sync.snapshot())
        round_ = asyncio.create_task(sync.client.post("/v1/refresh"))
        for _ in range(2):
            feed.asked.clear()
            await feed.asked.wait()
            kill_worker()
        answer = await round_
        assert (answer.status_code, answer.json()["title"]) == (503, "Not available now")
        assert number_of(await sync.snapshot()) == before
        assert (await sync.client.get("/livez")).status_code == 200
        await sync.refresh()
        assert number_of(await sync.snapshot()) == feed.number
        assert told(capsys) == (1, 1)


async def kill_at_random(times: int, seed: int, stores: Stores) -> None:
    """Kill the worker alone so many times at random points of a round: the round stands anyway."""
    moments = random.Random(seed)
    async with numbered(stores) as (feed, sync):
        for _ in range(times):
            feed.asked.clear()
            round_ = asyncio.create_task(sync.refresh())
            await feed.asked.wait()
            await asyncio.sleep(moments.uniform(0, 0.6))
            if not round_.done():
                kill_worker()
            await round_
            assert number_of(await sync.snapshot()) == feed.number


async def test_three_kills_of_the_worker_alone(stores: Stores) -> None:
    await kill_at_random(3, 5, stores)


@pytest.mark.full
async def test_twenty_kills_of_the_worker_alone(stores: Stores) -> None:
    await kill_at_random(20, 6, stores)


async def test_it_ends_with_its_service(stores: Stores) -> None:
    async with numbered(stores):
        (pid,) = workers()
    assert workers() == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_stop_does_not_wait_for_a_slow_source(stores: Stores) -> None:
    feed = NumberedFeed()
    async with running(feed.app) as url:
        async with replica(url + PATH, stores, nmc_total_timeout_s=30) as sync:
            feed.delay_s = 20
            feed.asked.clear()
            round_ = asyncio.create_task(sync.client.post("/v1/refresh"))
            await feed.asked.wait()
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 10
        assert workers() == []
        await asyncio.gather(round_, return_exceptions=True)


async def test_what_a_round_leaves_is_what_the_store_then_holds(database: str) -> None:
    """The snapshot is built from the plan, not from the store read again: they must agree."""
    engine = db.connect(database, "sync")
    now = datetime.now(UTC)
    stored = await store.load(engine)
    async with engine.connect() as connection:
        for number in range(4):
            at = now + timedelta(minutes=5 * number)
            stored = await _round(connection, stored, number, at)
            assert await store.load(engine) == stored
    await engine.dispose()


async def _round(
    connection: AsyncConnection, stored: Picture, number: int, at: datetime
) -> Picture:
    """A country in which a hospital comes, a value moves, a message goes and one stays."""
    known = [SEOUL, BUSAN][: 1 + (number > 0)]
    rows = {
        Operation.DIRECTORY: [directory_row(hpid) for hpid in known],
        Operation.BEDS: [bed_row(hpid, at=at, hvec=str(number)) for hpid in known],
        Operation.SEVERE: [severe_row(hpid) for hpid in known],
        Operation.MESSAGES: [
            message_row(SEOUL, begins=at, symBlkMsg=text) for text in ("문의", f"{number}차")
        ],
    }
    lower = {op: [{k.lower(): v for k, v in r.items() if v} for r in rs] for op, rs in rows.items()}
    plan = rounds.planned(stored, Harvest(lower, {}), at)
    await store.apply(connection, plan, store.RoundRecord(at, at, {}, plan.written, {}))
    return stored.after(plan)
