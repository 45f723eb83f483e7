"""How long until everybody is told: many streams and one, of the same gateway and its snapshots."""

import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from redis.asyncio import Redis

from services.cli.bench import house
from services.cli.bench.house import Child, Feed, SyncHouse
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.usage import usage
from services.cli.errors import CommandFailed
from services.cli.state import exit_on_signals
from shared.contracts.sync import Announcement, SnapshotKeys

CIRCLES = ((37.5665, 126.978), (35.1796, 129.0756), (36.3504, 127.3845))
RADIUS_KM = 50
TOLD_S = 30.0
AT_ONCE = 50
SPARE_FILES = 200
KB = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """Milliseconds after the announcement until the first and the last of the streams was told."""

    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Bench:
    """What a round needs: a feed that lives on, sync that publishes it, the gateway that tells."""

    feed: Feed
    sync: SyncHouse
    gateway: Child

    async def refresh(self) -> None:
        """One step of the feed, published."""
        await asyncio.to_thread(self.feed.step)
        await asyncio.to_thread(self._refresh)

    def _refresh(self) -> None:
        with house.inner(self.sync.sync.url, "sync", self.sync.service_key) as client:
            client.post("/v1/refresh").raise_for_status()


class Listener:
    """One stream over a plain socket: it notes when each event came."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def told(self, version: str) -> float:
        """When the event of that snapshot came, on the monotonic clock."""
        wanted = f"id: {version}".encode()
        while True:
            line = await self._reader.readline()
            if not line:
                raise CommandFailed("a stream ended while it was measured")
            if line.startswith(wanted):
                return time.perf_counter()


def bench(wanted: Wanted) -> Report:
    """PostgreSQL, Redis, sync and the gateway of its own; a simulated country or the named feed."""
    _allow_files(wanted.streams)
    with tempfile.TemporaryDirectory(prefix="er-bench-") as folder, exit_on_signals():
        state = Path(folder)
        state.chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        with (
            house.source(state, wanted.feed) as feed_url,
            house.scaled(state, feed_url, 1) as feed,
            house.sync_alone(state / "sync", feed.url) as sync,
            house.gateway_alone(state, sync) as gateway,
        ):
            one, many, per_stream = asyncio.run(_measure(Bench(feed, sync, gateway), wanted))
    return _report(wanted, one, many, per_stream)


async def _measure(bench: Bench, wanted: Wanted) -> tuple[list[Told], list[Told], float]:
    await bench.refresh()
    await bench.refresh()
    async with _streams(bench.gateway, 1) as listeners:
        one = [await _round(bench, listeners) for _ in range(wanted.rounds)]
    before = usage(bench.gateway.pid).resident
    async with _streams(bench.gateway, wanted.streams) as listeners:
        per_stream = (usage(bench.gateway.pid).resident - before) / wanted.streams
        many = [await _round(bench, listeners) for _ in range(wanted.rounds)]
    return one, many, per_stream


async def _round(bench: Bench, listeners: Sequence[Listener]) -> Told:
    redis = Redis.from_url(bench.sync.redis_url)
    async with redis, redis.pubsub() as pubsub:
        await pubsub.subscribe(SnapshotKeys(dataset="live").channel)
        work = asyncio.create_task(bench.refresh())
        async for message in pubsub.listen():
            if message["type"] == "message":
                break
        began = time.perf_counter()
        version = Announcement.read(message["data"]).version
        async with asyncio.timeout(TOLD_S):
            times = await asyncio.gather(*(listener.told(version) for listener in listeners))
        await work
    return Told((min(times) - began) * 1000, (max(times) - began) * 1000)


@asynccontextmanager
async def _streams(gateway: Child, many: int) -> AsyncIterator[list[Listener]]:
    gate = asyncio.Semaphore(AT_ONCE)
    async with (
        AsyncExitStack() as stack,
        httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client,
    ):

        async def opened(place: int) -> Listener:
            latitude, longitude = CIRCLES[place % len(CIRCLES)]
            async with gate:
                body = {"latitude": latitude, "longitude": longitude, "radius_km": RADIUS_KM}
                made = (await client.post("/v1/subscriptions", json=body)).raise_for_status()
                reader, writer = await _connected(gateway.url, made.json()["id"])
            stack.callback(writer.close)
            return Listener(reader)

        yield list(await asyncio.gather(*(opened(place) for place in range(many))))


async def _connected(url: str, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 20)
    writer.write(f"GET /v1/events/{name} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise CommandFailed(f"a stream was answered {status.decode().strip()}")
    while not (await reader.readline()).startswith(b"retry:"):
        pass
    return reader, writer


def _report(wanted: Wanted, one: Sequence[Told], many: Sequence[Told], per_stream: float) -> Report:
    single = statistics.median(told.last for told in one)
    first = statistics.median(told.first for told in many)
    last = statistics.median(told.last for told in many)
    figures = {
        "streams": wanted.streams,
        "rounds": wanted.rounds,
        "one stream told ms": single,
        "first of many told ms": first,
        "last of many told ms": last,
        "worst last told ms": max(told.last for told in many),
        "ratio last to one": last / single,
        "memory per stream kB": per_stream / KB,
    }
    rows = [(name, number(value)) for name, value in figures.items()]
    return Report([table("events", ("figure", "value"), rows)], figures)


def _allow_files(streams: int) -> None:
    """Both ends of every stream are ours; the gateway inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = streams + SPARE_FILES
    if soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise CommandFailed(f"{streams} streams need {needed} open files; the limit here is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
