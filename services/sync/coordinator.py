"""When rounds happen and what becomes of them; the memory that operators can ask."""

import asyncio
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.stdlib import BoundLogger

from services.sync import publish, rounds, store
from services.sync.domain.records import Picture, Plan
from services.sync.failures import SourceFailure
from services.sync.metrics import Metrics
from services.sync.source import Operation, Source
from services.sync.troubles import (
    CACHE_STEP,
    DEFECT_STEP,
    SHORT_STEP,
    STORE_STEP,
    Troubles,
)
from shared import db
from shared.contracts.sync import RefreshAnswer, SnapshotKeys, StateAnswer

DIRECTORY_EVERY = timedelta(hours=24)
SHORT_DIRECTORY_EVERY = timedelta(hours=1)
JITTER_SHARE = 0.05
WATCH_INTERVAL_S = 2.0

EVERY_ROUND = (Operation.BEDS, Operation.SEVERE, Operation.MESSAGES)


class NothingPublished(Exception):
    """No snapshot was published since the start."""


class RoundFailed(Exception):
    """A round that brought nothing at all; `failure` is the first of its failures."""

    def __init__(self, failure: SourceFailure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Chance:
    """Time and randomness, given from outside."""

    now: Callable[[], datetime]
    random: Callable[[], float]
    new_id: Callable[[], str]


class Coordinator:
    """Runs rounds one after the other, on time or on request, and keeps the snapshot published."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        redis: Redis,
        source: Source,
        keys: SnapshotKeys,
        interval_s: float,
        chance: Chance,
        metrics: Metrics,
        log: BoundLogger,
    ) -> None:
        self._engine, self._redis, self._source, self._keys = engine, redis, source, keys
        self._interval_s, self._chance, self._metrics, self._log = interval_s, chance, metrics, log
        self._troubles = Troubles(log)
        self._turn = asyncio.Lock()
        self._picture: Picture | None = None
        self._published: Picture | None = None
        self._snapshot: str | None = None
        self._last_success: datetime | None = None
        self._failed_in_a_row = 0
        self._next_due: datetime | None = None

    async def start_warm(self) -> None:
        """Publish what an earlier run stored, with its true ages, if there is anything."""
        picture = await store.load(self._engine)
        self._last_success = await store.last_good_round(self._engine)
        self._picture = picture
        if picture.hospitals:
            await self._publish(picture)
            self._log.info("published from the store", hospitals=len(picture.hospitals))

    async def run(self) -> None:
        """A round at once, then one every interval; never returns."""
        while True:
            began = time.monotonic()
            await self._round_in_the_background()
            wait_s = self._interval_s * (1 + JITTER_SHARE * (2 * self._chance.random() - 1))
            wait_s = max(0.0, wait_s - (time.monotonic() - began))
            self._next_due = self._chance.now() + timedelta(seconds=wait_s)
            await asyncio.sleep(wait_s)

    async def watch(self) -> None:
        """Publish from the store again whenever Redis has come back without it; never returns."""
        while True:
            await asyncio.sleep(WATCH_INTERVAL_S)
            try:
                await self._republish_if_lost()
            except RedisError as error:
                self._lost_redis(error)
            except db.LOST as error:
                self._lost_database(error)

    async def refresh(self) -> RefreshAnswer:
        """One whole round now, the directory too. Raises RoundFailed if the source gave nothing,
        and what PostgreSQL or Redis raise if they are away."""
        async with self._turn:
            return await self._round(tuple(Operation))

    async def check_data(self) -> str:
        """Health check: something was published since the start."""
        if self._snapshot is None:
            raise NothingPublished
        return f"snapshot {self._snapshot}"

    def data_as_of(self) -> datetime | None:
        """When bed reports were last received."""
        return publish.received_at(self._picture) if self._picture else None

    def state(self) -> StateAnswer:
        """How the synchronisation stands."""
        picture = self._picture or Picture({}, {}, {}, {})
        states = picture.states.values()
        return StateAnswer(
            simulated=self._source.simulated,
            snapshot=self._snapshot,
            data_as_of=self.data_as_of(),
            last_success=self._last_success,
            last_error=self._troubles.last,
            consecutive_failures=self._failed_in_a_row,
            next_due=self._next_due,
            hospitals=len(picture.hospitals),
            with_place=sum(h.longitude is not None for h in picture.hospitals.values()),
            with_beds=sum(s.in_beds and s.beds_last_seen_at is None for s in states),
        )

    async def _round_in_the_background(self) -> None:
        try:
            async with self._turn:
                await self._round(await self._due())
        except RoundFailed:
            pass  # settled and logged where it was found
        except RedisError as error:
            self._lost_redis(error)
        except db.DEFECTS as error:
            self._defect(error)
        except db.LOST as error:
            self._failed_in_a_row += 1
            self._lost_database(error)
        except Exception as error:  # noqa: BLE001 - a defect in one round must not end them all
            self._defect(error)

    async def _due(self) -> tuple[Operation, ...]:
        picture = self._picture or await store.load(self._engine)
        mark = picture.marks.get("directory")
        every = SHORT_DIRECTORY_EVERY if mark and mark.short_in_a_row else DIRECTORY_EVERY
        if mark and self._chance.now() - mark.received_at < every:
            return EVERY_ROUND
        return tuple(Operation)

    async def _round(self, operations: tuple[Operation, ...]) -> RefreshAnswer:
        began, clock = self._chance.now(), time.monotonic()
        harvested = await rounds.harvest(self._source, operations)
        stored = await store.load(self._engine)
        plan = await asyncio.to_thread(rounds.planned, stored, harvested, began)
        failures = {operation.value: f.kind for operation, f in harvested.failures.items()}
        record = store.RoundRecord(
            began, self._chance.now(), harvested.received, plan.written, failures
        )
        await store.apply(self._engine, plan, record)
        self._settle(harvested, plan, record.ended_at)
        if not harvested.rows:
            raise RoundFailed(next(iter(harvested.failures.values())))
        self._picture = await store.load(self._engine)
        version = await self._publish(self._picture)
        elapsed_ms = int((time.monotonic() - clock) * 1000)
        self._log.info("round done", received=harvested.received, written=plan.written)
        return RefreshAnswer(
            snapshot=version,
            received=harvested.received,
            written=plan.written,
            changed_values=plan.changed_values,
            elapsed_ms=elapsed_ms,
        )

    def _settle(self, harvested: rounds.Harvest, plan: Plan, now: datetime) -> None:
        by_operation = {operation.value: f for operation, f in harvested.failures.items()}
        self._troubles.end("database")
        self._troubles.end("defect")
        self._troubles.settle(by_operation, now)
        for failure in by_operation.values():
            self._metrics.failures.labels(failure.kind).inc()
        if plan.short:
            told = ", ".join(plan.short)
            self._troubles.begin("short", "nmc answers short", SHORT_STEP, now, told)
        elif harvested.rows:
            self._troubles.end("short")
        if harvested.failures:
            self._failed_in_a_row += 1
            self._metrics.rounds.labels("partial" if harvested.rows else "failed").inc()
        else:
            self._failed_in_a_row, self._last_success = 0, now
            self._metrics.rounds.labels("good").inc()
            self._metrics.last_success.set(now.timestamp())

    async def _publish(self, picture: Picture) -> str:
        now = self._chance.now()
        version = f"{now:%Y%m%dT%H%M%SZ}-{self._chance.new_id()}"
        snapshot = await asyncio.to_thread(
            publish.build, picture, version=version, simulated=self._source.simulated, now=now
        )
        self._metrics.snapshot_bytes.set(await publish.publish(self._redis, self._keys, snapshot))
        self._snapshot, self._published = version, picture
        self._troubles.end("redis")
        return version

    async def _republish_if_lost(self) -> None:
        if self._picture is None or not self._picture.hospitals or await self._is_published():
            return
        async with self._turn:
            if not await self._is_published():
                self._picture = await store.load(self._engine)
                await self._publish(self._picture)
                self._log.info("published from the store", snapshot=self._snapshot)

    async def _is_published(self) -> bool:
        version = await publish.current_version(self._redis, self._keys)
        self._troubles.end("redis")
        return version == self._snapshot and self._published is self._picture

    def _lost_redis(self, error: Exception) -> None:
        now = self._chance.now()
        self._troubles.begin("redis", "redis lost", CACHE_STEP, now, type(error).__name__)

    def _lost_database(self, error: Exception) -> None:
        now = self._chance.now()
        self._troubles.begin("database", "database lost", STORE_STEP, now, type(error).__name__)

    def _defect(self, error: Exception) -> None:
        self._failed_in_a_row += 1
        self._metrics.rounds.labels("defect").inc()
        at = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
        self._troubles.begin("defect", "round failed", DEFECT_STEP, self._chance.now(), told)
