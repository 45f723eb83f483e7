"""Who runs rounds, and what becomes of them: one replica leads, and keeps the snapshot right."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date, datetime

from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from structlog.stdlib import BoundLogger

from services.sync import publish, retention, rounds, store
from services.sync.budget import Budget, BudgetSpent
from services.sync.chance import Chance
from services.sync.domain.pacing import quota_day
from services.sync.domain.records import Picture, Plan
from services.sync.failures import SourceFailure
from services.sync.keeping import Keeping
from services.sync.leadership import Leadership, Turn
from services.sync.metrics import Metrics
from services.sync.payloads import Recorder
from services.sync.publisher import Publisher
from services.sync.schedule import Schedule
from services.sync.source import Operation, Source
from services.sync.standing import Standing
from shared import db
from shared.contracts.sync import RefreshAnswer, StateAnswer

WATCH_INTERVAL_S = 2.0
LEADER_POLL_S = 2.0


class NothingPublished(Exception):
    """No snapshot was published since the start."""


class RoundFailed(Exception):
    """A round that brought nothing at all; `failure` is the first of its failures."""

    def __init__(self, failure: SourceFailure) -> None:
        super().__init__(failure.kind)
        self.failure = failure


class Coordinator:
    """Runs rounds one after the other, on time where it leads and on request in any case."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        source: Source,
        recorder: Recorder,
        leadership: Leadership,
        turn: Turn,
        budget: Budget,
        schedule: Schedule,
        keeping: Keeping,
        publisher: Publisher,
        standing: Standing,
        chance: Chance,
        metrics: Metrics,
        log: BoundLogger,
    ) -> None:
        self._engine, self._source, self._recorder = engine, source, recorder
        self._leadership, self._turn = leadership, turn
        self._budget, self._schedule, self._keeping = budget, schedule, keeping
        self._publisher, self._standing = publisher, standing
        self._chance, self._metrics, self._log = chance, metrics, log
        self._tidied_on: date | None = None

    async def start_warm(self) -> None:
        """Publish what an earlier run stored, with its true ages, if there is anything."""
        leads = await self._leadership.hold()
        self._standing.last_success = await store.last_good_round(self._engine)
        await self._publisher.start(leads=leads)
        self._tell_role(leads)

    async def run(self) -> None:
        """Lead where nobody else does: a round at once, then one whenever it is due; never
        returns."""
        while True:
            led = self._leadership.held
            leads = await self._leads()
            if leads and not led:
                self._schedule.plan_at_once()
            if leads and self._schedule.wait_s == 0:
                await self._round_in_the_background()
            rest_s = self._schedule.wait_s if self._leadership.held else LEADER_POLL_S
            await asyncio.sleep(min(LEADER_POLL_S, rest_s))

    async def watch(self) -> None:
        """Keep the snapshot right whenever Redis has come back without it, an override has ended
        or another replica published; never returns."""
        while True:
            await asyncio.sleep(WATCH_INTERVAL_S)
            try:
                await self._look_after_snapshot()
            except RedisError as error:
                self._standing.lost_redis(error)
            except db.LOST as error:
                self._standing.lost_database(error)

    async def refresh(self) -> RefreshAnswer:
        """One whole round now, the directory too. Raises RoundFailed if the source gave nothing,
        and what PostgreSQL or Redis raise if they are away."""
        return await self._run_round(tuple(Operation))

    async def republish(self) -> None:
        """Tell readers of what operators said; while Redis is away, as soon as it is back."""
        try:
            await self._publisher.renew()
        except RedisError as error:
            self._standing.lost_redis(error)

    async def check_data(self) -> str:
        """Health check: something was published since the start."""
        if self._publisher.version is None:
            raise NothingPublished
        return f"snapshot {self._publisher.version}"

    def data_as_of(self) -> datetime | None:
        """When bed reports were last received."""
        picture = self._publisher.picture
        return publish.received_at(picture) if picture else None

    def state(self) -> StateAnswer:
        """How the synchronisation stands."""
        picture = self._publisher.picture or Picture({}, {}, {}, {})
        states, now = picture.states.values(), self._chance.now()
        words = (word for about in picture.overrides.values() for word in about.values())
        leads = self._leadership.held
        return StateAnswer(
            simulated=self._source.simulated,
            snapshot=self._publisher.version,
            data_as_of=self.data_as_of(),
            last_success=self._standing.last_success,
            last_error=self._standing.troubles.last,
            consecutive_failures=self._standing.failed_in_a_row,
            next_due=self._schedule.next_due if leads else None,
            hospitals=len(picture.hospitals),
            with_place=sum(h.longitude is not None for h in picture.hospitals.values()),
            with_beds=sum(s.in_beds and s.beds_last_seen_at is None for s in states),
            leader=leads,
            calls_today=self._schedule.calls_today,
            daily_calls=self._schedule.daily_calls,
            overrides=sum(word.holds(now) for word in words),
        )

    async def _leads(self) -> bool:
        led = self._leadership.held
        try:
            leads = await self._leadership.hold()
        except db.LOST as error:
            self._standing.lost_database(error)
            leads = False
        else:
            if not leads:  # of one that leads, its next round tells
                self._standing.troubles.end("database")
        if leads is not led:
            self._tell_role(leads)
        return leads

    def _tell_role(self, leads: bool) -> None:
        self._metrics.leader.set(leads)
        self._log.info("leads" if leads else "follows another replica")

    async def _round_in_the_background(self) -> None:
        began = time.monotonic()
        self._schedule.plan_after_interval()
        try:
            picture = self._publisher.picture or await store.load(self._engine)
            if operations := self._schedule.operations(picture):
                await self._run_round(operations)
            await self._tidy()
        except RoundFailed:
            pass  # settled and logged where it was found
        except RedisError as error:
            self._standing.lost_redis(error)
        except db.DEFECTS as error:
            self._standing.defect(error)
        except db.LOST as error:
            self._standing.lost_database(error)
        except Exception as error:  # noqa: BLE001 - a defect in one round must not end them all
            self._standing.defect(error)
        try:
            await self._schedule.plan_next(began)
        except db.LOST as error:
            self._standing.lost_database(error)

    async def _run_round(self, operations: Sequence[Operation]) -> RefreshAnswer:
        async with self._turn.taken() as connection:
            try:
                return await self._round(connection, operations)
            except BudgetSpent as failure:
                self._standing.saved(failure)
                raise RoundFailed(failure) from failure

    async def _round(
        self, connection: AsyncConnection, operations: Sequence[Operation]
    ) -> RefreshAnswer:
        began, clock = self._chance.now(), time.monotonic()
        harvested, keeping = await self._harvest(operations, began)
        try:
            plan = await self._write(connection, harvested, began)
        finally:
            await keeping
        if not harvested.rows:
            raise RoundFailed(next(iter(harvested.failures.values())))
        version = await self._publisher.publish(await store.load(self._engine))
        self._standing.troubles.end("redis")
        self._log.info("round done", received=harvested.received, written=plan.written)
        return RefreshAnswer(
            snapshot=version,
            received=harvested.received,
            written=plan.written,
            changed_values=plan.changed_values,
            elapsed_ms=int((time.monotonic() - clock) * 1000),
        )

    async def _harvest(
        self, operations: Sequence[Operation], began: datetime
    ) -> tuple[rounds.Harvest, asyncio.Task[None]]:
        """Ask the source within the budget; the answers are being kept when this returns."""
        spent = await self._budget.reserve(len(operations), began)
        harvested = await rounds.harvest(self._source, operations)
        calls, payloads = self._recorder.take()
        if calls > len(operations):
            spent = await self._budget.add(calls - len(operations), began)
        self._schedule.note_calls(spent, calls, operations)
        self._schedule.note_answers(harvested)
        self._metrics.calls.set(spent)
        keeping = self._keeping.keep(payloads, began, self._standing.troubles)
        return harvested, asyncio.create_task(keeping, name="payloads")

    async def _write(
        self, connection: AsyncConnection, harvested: rounds.Harvest, began: datetime
    ) -> Plan:
        stored = await store.load(self._engine)
        plan = await asyncio.to_thread(rounds.planned, stored, harvested, began)
        failures = {operation.value: f.kind for operation, f in harvested.failures.items()}
        record = store.RoundRecord(
            began, self._chance.now(), harvested.received, plan.written, failures
        )
        await store.apply(connection, plan, record)
        self._standing.settle(harvested, plan, record.ended_at)
        return plan

    async def _tidy(self) -> None:
        """Forget what is old, once a day."""
        now = self._chance.now()
        if self._tidied_on != quota_day(now):
            gone = await retention.forget(self._engine, now)
            self._tidied_on = quota_day(now)
            if gone:
                self._log.info("history forgotten", months=gone)

    async def _look_after_snapshot(self) -> None:
        followed = await self._publisher.look_after(leads=self._leadership.held)
        self._standing.troubles.end("redis")
        if followed:
            self._standing.last_success = await store.last_good_round(self._engine)
