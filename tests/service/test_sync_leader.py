"""One replica asks the source; the others serve, and one of them takes over."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.sync.leadership import Leadership, Turn
from shared import db
from tests.service.sync_process import replica, sync_process
from tests.service.sync_service import RunningSync, Stores
from tests.support.fakes.nmc import BEDS, DIRECTORY, SEVERE, FakeNmc
from tests.support.nmc_rows import bed_row, directory_row, severe_row
from tests.support.running import running
from tests.support.waiting import until

SEOUL = "A1100001"
TAKE_OVER_S = 10


@pytest.fixture
def stores(database: str, redis_url: str) -> Stores:
    return Stores(database, redis_url)


@pytest.fixture
def fake() -> FakeNmc:
    now = datetime.now(UTC)
    return FakeNmc(
        rows={
            DIRECTORY: [directory_row(SEOUL)],
            BEDS: [bed_row(SEOUL, at=now)],
            SEVERE: [severe_row(SEOUL)],
        }
    )


async def leads(sync: RunningSync) -> bool:
    return (await sync.state()).leader


async def test_one_syncs_and_the_other_serves(fake: FakeNmc, stores: Stores) -> None:
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores) as first,
        replica(url + fake.base, stores) as second,
    ):
        asked = len(fake.calls)
        assert (await leads(first), await leads(second)) == (True, False)
        fake.rows[BEDS] = [bed_row(SEOUL, at=datetime.now(UTC), hvec="9")]
        refreshed = await first.refresh()

        async def follows() -> bool:
            return bool((await second.state()).snapshot == refreshed["snapshot"])

        await until(follows)
        leading, following = await first.state(), await second.state()
        assert following.data_as_of == leading.data_as_of
        assert following.last_success == leading.last_success
        assert (leading.next_due is None, following.next_due is None) == (False, True)
        (found,) = (await second.search()).hospitals
        assert found.beds.available == 9
        assert "er_sync_leader 0.0" in (await second.client.get("/metrics")).text
        assert len(fake.calls) == asked + 4


async def test_a_follower_refreshes_on_request_and_the_leader_takes_it_over(
    fake: FakeNmc, stores: Stores
) -> None:
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores) as first,
        replica(url + fake.base, stores) as second,
    ):
        refreshed = await second.refresh()
        both = await asyncio.gather(*(one.refresh() for one in (first, second) * 3))
        assert len({refreshed["snapshot"], *(told["snapshot"] for told in both)}) == 7

        async def agree() -> bool:
            states = await asyncio.gather(first.state(), second.state())
            return {state.snapshot for state in states} == {await first.version()}

        await until(agree)
        assert (await leads(first), await leads(second)) == (True, False)


async def test_a_killed_leader_is_followed_within_ten_seconds(
    fake: FakeNmc, stores: Stores, tmp_path: Path
) -> None:
    async with running(fake.app) as url, httpx.AsyncClient() as client:
        feed = url + fake.base
        async with sync_process(feed, stores, tmp_path, interval_s=3600) as leader:

            async def is_ready() -> bool:
                try:
                    return (await client.get(f"{leader.url}/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(is_ready, seconds=30)
            async with replica(feed, stores) as follower:
                assert not await leads(follower)
                asked = len(fake.calls)
                await leader.kill()

                async def took_over() -> bool:
                    return await leads(follower) and len(fake.calls) >= asked + 3

                await until(took_over, seconds=TAKE_OVER_S)
                assert await follower.is_ready()


async def test_who_lost_the_lock_leads_no_longer_and_can_come_back(database: str) -> None:
    engine = db.connect(database, "sync")
    first, second = Leadership(engine), Leadership(engine)
    assert (await first.hold(), await second.hold(), await first.hold()) == (True, False, True)
    await cut_off(database)
    with pytest.raises(db.LOST):
        await first.hold()
    assert not first.held
    assert (await second.hold(), await first.hold()) == (True, False)
    await second.release()
    assert await first.hold()
    await first.release()
    await engine.dispose()


async def test_a_round_that_lost_its_turn_commits_nothing(database: str) -> None:
    engine = db.connect(database, "sync")
    with pytest.raises(db.LOST):
        await _write_after_a_cut(engine, database)
    async with engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT * FROM sync.calls")
        assert found.all() == []
    await engine.dispose()


async def test_turns_exclude_each_other_across_replicas(database: str) -> None:
    engines = [db.connect(database, "sync") for _ in range(2)]
    inside: list[int] = []

    async def take(number: int) -> None:
        async with Turn(engines[number]).taken():
            inside.append(number)
            await asyncio.sleep(0.1)
            assert inside == [number]
            inside.remove(number)

    await asyncio.gather(take(0), take(1), take(0))
    for engine in engines:
        await engine.dispose()


async def _write_after_a_cut(engine: AsyncEngine, database: str) -> None:
    async with Turn(engine).taken() as connection:
        await cut_off(database)
        async with Turn(engine).taken():  # the next one does not wait for the dead
            pass
        async with connection.begin():
            await connection.exec_driver_sql("INSERT INTO sync.calls VALUES ('2026-11-23', 1)")


async def cut_off(database: str) -> None:
    """End every connection to a database, as a server that restarts does."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
