"""Rounds of sync alone over one, ten and a hundred countries: what each costs."""

import asyncio
import math
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
from redis.asyncio import Redis

from services.cli.bench.house import ROUND_S, Feed, SyncHouse, scaled, sync_alone
from services.cli.bench.usage import peak_of, usage
from services.cli.errors import CommandFailed
from shared.app import service_token
from shared.contracts.sync import Announcement, RefreshAnswer, Snapshot, SnapshotKeys

SETTLE_S = 1.0
VISIBLE_S = 60.0
KEYS = SnapshotKeys(dataset="live")
CHANNEL = "bench_committed"
# A notification goes out when the transaction of the round has been committed, not before.
TELL_COMMIT = f"""
CREATE FUNCTION public.bench_tell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL; END $$;
CREATE TRIGGER bench_tell AFTER INSERT ON sync.rounds EXECUTE FUNCTION public.bench_tell();
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One round; `visible_s` is from its commit until a listening reader had decoded it."""

    wall_s: float
    cpu_s: float
    visible_s: float
    rows_received: int
    rows_written: int


@dataclass(frozen=True, slots=True)
class Size:
    """Figures of one size; memory in bytes, `held` and `peak` above the idle service's."""

    times: int
    institutions: int
    first: Round
    steady: Round
    quiet: Round
    payload_bytes: int
    snapshot_bytes: int
    idle: int
    held: int
    peak: int


def measure(state: Path, feed_url: str, times: int, rounds: int) -> Size:
    """A first round on an empty store, steady ones, and as many in which nothing changes; fewer
    of them the larger the size, for each of them takes that much longer."""
    rounds = max(1, round(rounds / math.sqrt(times)))
    with (
        scaled(state, feed_url, times) as feed,
        sync_alone(state / f"sync-{times}", feed.url) as house,
    ):
        return asyncio.run(_measure(house, feed, times, rounds))


async def _measure(house: SyncHouse, feed: Feed, times: int, rounds: int) -> Size:
    async with _watched(house) as watch:
        await asyncio.sleep(SETTLE_S)
        idle = usage(house.sync.pid).resident
        with peak_of(house.sync.pid) as peak:
            feed.step()
            first = await watch.round()
            payload = feed.step()
            steady = [await watch.round()]
            for _ in range(rounds - 1):
                feed.step()
                steady.append(await watch.round())
            quiet = [await watch.round() for _ in range(rounds)]
        await asyncio.sleep(SETTLE_S)
        return Size(
            times=times,
            institutions=watch.institutions,
            first=first,
            steady=_median(steady),
            quiet=_median(quiet),
            payload_bytes=payload,
            snapshot_bytes=watch.packed_bytes,
            idle=idle,
            held=usage(house.sync.pid).resident - idle,
            peak=peak.resident - idle,
        )


@dataclass(slots=True)
class _Watch:
    """Asks for rounds and reads what becomes of them as matching would."""

    pid: int
    client: httpx.AsyncClient
    redis: Redis
    committed: float = 0.0
    institutions: int = 0
    packed_bytes: int = 0
    decoded: dict[str, float] = field(default_factory=dict)

    async def round(self) -> Round:
        before, began = usage(self.pid).cpu_s, time.perf_counter()
        answer = await self.client.post("/v1/refresh")
        wall_s, cpu_s = time.perf_counter() - began, usage(self.pid).cpu_s - before
        if answer.status_code != httpx.codes.OK:
            raise CommandFailed(f"a round answered {answer.status_code}")
        told = RefreshAnswer.model_validate_json(answer.content)
        visible = await self._decoded_at(told.snapshot)
        return Round(
            wall_s,
            cpu_s,
            visible - self.committed,
            sum(told.received.values()),
            sum(told.written.values()),
        )

    async def follow(self, listening: asyncio.Event) -> None:
        """Take every announced snapshot; never returns."""
        async with self.redis.pubsub() as pubsub:
            await pubsub.subscribe(KEYS.channel)
            listening.set()
            async for message in pubsub.listen():
                if message["type"] == "message":
                    await self._take(Announcement.read(message["data"]).version)

    async def _take(self, version: str) -> None:
        packed: bytes | None = await self.redis.get(KEYS.value(version))  # type: ignore[assignment]
        if packed is None:
            raise CommandFailed("an announced snapshot is not there")
        snapshot = await asyncio.to_thread(Snapshot.unpack, packed)
        self.decoded[version] = time.perf_counter()
        self.institutions, self.packed_bytes = len(snapshot.hospitals), len(packed)

    async def _decoded_at(self, version: str) -> float:
        async with asyncio.timeout(VISIBLE_S):
            while version not in self.decoded:  # noqa: ASYNC110 - outside what is measured
                await asyncio.sleep(0.01)
        return self.decoded[version]


@asynccontextmanager
async def _watched(house: SyncHouse) -> AsyncIterator[_Watch]:
    headers = {"Authorization": f"Bearer {service_token(house.service_key, 'sync')}"}
    async with (
        httpx.AsyncClient(
            base_url=house.sync.url, headers=headers, timeout=ROUND_S, trust_env=False
        ) as client,
        Redis.from_url(house.redis_url) as redis,
    ):
        watch = _Watch(house.sync.pid, client, redis)
        connection = await asyncpg.connect(house.admin_url)
        await connection.execute(TELL_COMMIT)

        def committed(*_: object) -> None:
            watch.committed = time.perf_counter()

        await connection.add_listener(CHANNEL, committed)
        listening = asyncio.Event()
        reader = asyncio.create_task(watch.follow(listening))
        try:
            await listening.wait()
            yield watch
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
            await connection.close()


def _median(rounds: list[Round]) -> Round:
    """The median of each figure; of CPU time the mean, because it is counted in hundredths."""
    return Round(
        statistics.median(r.wall_s for r in rounds),
        statistics.fmean(r.cpu_s for r in rounds),
        statistics.median(r.visible_s for r in rounds),
        round(statistics.median(r.rows_received for r in rounds)),
        round(statistics.median(r.rows_written for r in rounds)),
    )
