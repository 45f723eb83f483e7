"""The heavy work of sync, done in the worker: a round from the source's bytes to the snapshot."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import httpx
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.sync import publish, rounds, store
from services.sync.chance import Chance
from services.sync.copies import Copies
from services.sync.domain.records import Picture
from services.sync.keeping import Keeping
from services.sync.leadership import Turn
from services.sync.orders import Harvested, Kept, Overview, Published, Written
from services.sync.payloads import Archive, Recorder
from services.sync.rounds import Harvest
from services.sync.settings import Settings
from services.sync.source import Operation, Source
from shared import cache, db
from shared.contracts.sync import SnapshotKeys

CONNECTIONS = 2
"""One holds the turn and writes, one reads."""


class OutOfOrder(Exception):
    """An order that needs another one before it."""


class Desk:
    """One order after the other. Between the orders of a turn it keeps what came and what the
    store holds; with the turn all of that is let go."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        redis: Redis,
        keys: SnapshotKeys,
        source: Source,
        recorder: Recorder,
        keeping: Keeping,
        chance: Chance,
    ) -> None:
        self._engine, self._redis, self._keys = engine, redis, keys
        self._source, self._recorder, self._keeping = source, recorder, keeping
        self._chance, self._turn = chance, Turn(engine)
        self._held = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        self._harvest: Harvest | None = None
        self._picture: Picture | None = None
        self._kept: asyncio.Task[Kept] | None = None

    async def take_turn(self) -> None:
        """Wait for the turn to write, and hold it. Raises TimeoutError as `Turn` does."""
        self._connection = await self._held.enter_async_context(self._turn.taken())

    async def end_turn(self) -> None:
        """Let the turn go, and everything that was kept for it."""
        self._connection = self._harvest = self._picture = None
        await self._held.aclose()

    async def harvest(self, operations: Sequence[Operation], began: datetime) -> Harvested:
        """Ask the source; its raw answers are being kept when this returns."""
        self._harvest = await rounds.harvest(self._source, operations)
        calls, payloads = self._recorder.take()
        self._kept = asyncio.create_task(self._keeping.keep(payloads, began), name="payloads")
        return self._harvest.told(calls)

    async def write(self, began: datetime) -> Written:
        """Write what was harvested in one transaction, on the connection that holds the turn."""
        if self._connection is None or self._harvest is None:
            raise OutOfOrder("a round is harvested and written within one turn")
        connection, harvest = self._connection, self._harvest
        stored = await store.load(self._engine)
        plan = rounds.planned(stored, harvest, began)
        failures = {operation: failure.kind for operation, failure in harvest.failures.items()}
        record = store.RoundRecord(
            began, self._chance.now(), harvest.received, plan.written, failures
        )
        self._harvest = None
        await store.apply(connection, plan, record)
        self._picture = stored.after(plan)
        return Written(record.ended_at, plan.written, plan.changed_values, plan.suspicions)

    async def publish(self) -> Published:
        """Make what the store holds the current snapshot. Needs the turn."""
        if self._connection is None:
            raise OutOfOrder("only who has the turn publishes")
        picture = self._picture or await store.load(self._engine)
        now = self._chance.now()
        version = f"{now:%Y%m%dT%H%M%SZ}-{self._chance.new_id()}"
        snapshot = publish.build(
            picture, version=version, simulated=self._source.simulated, now=now
        )
        packed_bytes = await publish.publish(self._redis, self._keys, snapshot)
        return Published(version, packed_bytes, Overview.of(picture))

    async def kept(self) -> Kept:
        """What became of the raw answers of the last harvest; waits for it."""
        task, self._kept = self._kept, None
        return Kept() if task is None else await task

    async def survey(self) -> Overview:
        """What the store holds now."""
        return Overview.of(await store.load(self._engine))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Desk]:
    """A desk with connections of its own, closed with the block."""
    async with AsyncExitStack() as stack:
        url = settings.database_url.get_secret_value()
        engine = db.connect(url, "sync", pool_size=CONNECTIONS)
        stack.push_async_callback(engine.dispose)
        redis = cache.connect(settings.redis_url.get_secret_value())
        stack.push_async_callback(redis.aclose)
        recorder = Recorder(remembers=settings.payload_dir is not None)
        client = await stack.enter_async_context(_client(settings, recorder))
        desk = Desk(
            engine=engine,
            redis=redis,
            keys=SnapshotKeys(dataset=settings.dataset),
            source=_source(settings, client),
            recorder=recorder,
            keeping=_keeping(settings),
            chance=Chance(_now, random.random, partial(secrets.token_hex, 4)),
        )
        stack.push_async_callback(desk.end_turn)
        yield desk


def _keeping(settings: Settings) -> Keeping:
    if settings.payload_dir is None:
        return Keeping(None, None)
    copies = Copies(settings.payload_s3) if settings.payload_s3 else None
    return Keeping(Archive(settings.payload_dir), copies)


def _client(settings: Settings, recorder: Recorder) -> httpx.AsyncClient:
    timeout = httpx.Timeout(settings.nmc_read_timeout_s, connect=settings.nmc_connect_timeout_s)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, event_hooks=recorder.hooks)


def _source(settings: Settings, client: httpx.AsyncClient) -> Source:
    return Source(
        client,
        settings.nmc_url,
        settings.nmc_key.get_secret_value(),
        settings.simulated,
        settings.nmc_total_timeout_s,
    )


def _now() -> datetime:
    return datetime.now(UTC)
