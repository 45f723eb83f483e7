"""kill -9 at any point of a round: what readers and the next start find is whole.

Every round of the feed tells its own number in every value that it gives, so half a round would be
seen: in the store, in the snapshot, and between the two.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.contracts.sync import Snapshot, SnapshotKeys
from tests.service.sync_process import SyncProcess, sync_process
from tests.service.sync_service import Stores
from tests.support.fakes.nmc import BEDS, DIRECTORY, MESSAGES, SEVERE, envelope
from tests.support.nmc_rows import bed_row, directory_row, message_row, severe_row
from tests.support.running import running
from tests.support.waiting import until

HOSPITALS = [f"A11{number:05d}" for number in range(400)]
PATH = "/B552657/ErmctInfoInqireService"


@dataclass(slots=True)
class NumberedFeed:
    """A country whose every value changes with every round; a round begins with its beds."""

    number: int = 0
    began: float = 0.0
    delay_s: float = 0.0
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route(PATH + "/{operation}", self.answer)])

    async def answer(self, request: Request) -> Response:
        operation = request.path_params["operation"]
        if operation == BEDS:
            self.number, self.began = self.number + 1, time.monotonic()
            self.asked.set()
        else:
            await asyncio.sleep(0.05 + self.delay_s)  # the others of the round come after its beds
        body = envelope(self._rows(operation), dict(request.query_params))
        return Response(body, media_type="application/xml")

    def _rows(self, operation: str) -> list[dict[str, str]]:
        now, told = datetime.now(UTC), str(self.number)
        if operation == DIRECTORY:
            return [directory_row(hpid) for hpid in HOSPITALS]
        if operation == BEDS:
            return [bed_row(hpid, at=now, hvec=told, hvs01="900", hvoc=told) for hpid in HOSPITALS]
        if operation == SEVERE:
            return [severe_row(hpid, MKioskTy10Msg=told) for hpid in HOSPITALS]
        assert operation == MESSAGES
        text = f"{told}차 문의"
        return [message_row(hpid, begins=now, symBlkMsg=text) for hpid in HOSPITALS[:100]]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a reader of the store finds; every set has one member where the round is whole."""

    values: set[tuple[str | None, str | None, str | None]]
    messages: set[str]
    states: int
    committed: list[int]
    changed_at: set[datetime]
    began_at: set[datetime]


async def stored(database: str) -> Stored:
    connection = await asyncpg.connect(database)
    states = await connection.fetch('SELECT "values" FROM sync.states')
    told = [json.loads(row["values"]) for row in states]
    notes = await connection.fetch("SELECT text FROM sync.messages WHERE gone_at IS NULL")
    began = await connection.fetch("SELECT began_at FROM sync.rounds WHERE written != '{}'")
    changed = await connection.fetch("SELECT DISTINCT at FROM sync.changes")
    numbers = await connection.fetch("SELECT DISTINCT \"values\" ->> 'hvec' FROM sync.changes")
    await connection.close()
    return Stored(
        {(v.get("hvec"), v.get("hvoc"), v.get("MKioskTy10Msg")) for v in told},
        {row["text"] for row in notes},
        len(states),
        sorted(int(row[0]) for row in numbers if row[0]),
        {row["at"] for row in changed},
        {row["began_at"] for row in began},
    )


async def published(stores: Stores) -> Snapshot | None:
    keys = SnapshotKeys(dataset="live")
    async with Redis.from_url(stores.redis) as redis:
        pointer = await redis.get(keys.pointer)
        if pointer is None:
            return None
        assert isinstance(pointer, bytes)
        packed = await redis.get(keys.value(pointer.decode()))
        assert isinstance(packed, bytes), "a pointer to nothing"
        return Snapshot.unpack(packed)


def number_of(snapshot: Snapshot) -> int:
    """The one round that a snapshot tells; fails where it tells parts of several."""
    assert len(snapshot.hospitals) == len(HOSPITALS)
    told = {
        (h.values["hvec"], h.values["hvoc"], h.values["MKioskTy10Msg"]) for h in snapshot.hospitals
    }
    (values,) = told
    # Limits of age are told as messages too; only those of the message operation are looked at.
    texts = {m.text for h in snapshot.hospitals for m in h.messages if "차 문의" in m.text}
    assert len(set(values)) == 1
    assert texts == {f"{values[0]}차 문의"}
    return int(values[0])


@asynccontextmanager
async def first_round(
    feed: NumberedFeed, url: str, stores: Stores, folder: Path
) -> AsyncIterator[SyncProcess]:
    """A process of which the first round since its start has just begun."""
    feed.asked.clear()
    async with sync_process(url + PATH, stores, folder, interval_s=1) as sync:
        await asyncio.wait_for(feed.asked.wait(), 40)
        yield sync


async def kill_and_look(times: int, seed: int, stores: Stores, folder: Path) -> list[float]:
    """Kill so many times at random points of a round; returns when, in seconds of the round."""
    feed, moments = NumberedFeed(), random.Random(seed)
    killed_at: list[float] = []
    async with running(feed.app) as url:
        length_s = 0.0
        for _ in range(times):
            async with first_round(feed, url, stores, folder) as sync:
                length_s = length_s or await _measured(feed, stores)
                await asyncio.sleep(moments.uniform(0, length_s))
                killed_at.append(time.monotonic() - feed.began)
                await sync.kill()
            await _look(stores)
        await _heals(feed, url, stores, folder)
    return killed_at


async def _measured(feed: NumberedFeed, stores: Stores) -> float:
    """Seconds from the first question of a round until its snapshot is out, and a little more;
    returns when the next round has begun."""

    async def is_out() -> bool:
        return await published(stores) is not None

    await until(is_out, seconds=30)
    length_s = (time.monotonic() - feed.began) * 1.2
    feed.asked.clear()
    await asyncio.wait_for(feed.asked.wait(), 10)
    return length_s


async def _look(stores: Stores) -> None:
    """The store holds one whole round; the snapshot too, the same one or the one before it."""
    found, snapshot = await stored(stores.database), await published(stores)
    assert snapshot is not None
    (values,) = found.values
    assert len(set(values)) == 1
    assert found.messages == {f"{values[0]}차 문의"}
    assert found.states == len(HOSPITALS)
    assert found.changed_at == found.began_at
    assert int(str(values[0])) == found.committed[-1]
    assert number_of(snapshot) in found.committed[-2:]


async def _heals(feed: NumberedFeed, url: str, stores: Stores, folder: Path) -> None:
    """After the last kill: the next start's round is in the store and in the snapshot."""
    before = feed.number
    async with first_round(feed, url, stores, folder):

        async def is_newer() -> bool:
            snapshot = await published(stores)
            return snapshot is not None and number_of(snapshot) > before

        await until(is_newer, seconds=30)
    await _look(stores)


async def test_three_kills_leave_whole_rounds(
    database: str, redis_url: str, tmp_path: Path
) -> None:
    killed = await kill_and_look(3, 7, Stores(database, redis_url), tmp_path)
    assert len(killed) == 3
    assert "sentinel-nmc-key" not in (tmp_path / "sync.log").read_text()


@pytest.mark.full
async def test_twenty_kills_leave_whole_rounds(
    database: str, redis_url: str, tmp_path: Path
) -> None:
    killed = await kill_and_look(20, 11, Stores(database, redis_url), tmp_path)
    assert max(killed) - min(killed) > 0.1, "the kills did not spread over the round"
