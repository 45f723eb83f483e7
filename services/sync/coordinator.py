"""Who runs rounds, and what becomes of them: one replica leads, and keeps the snapshot right."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date, datetime

from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.stdlib import BoundLogger

from services.sync import retention, store
from services.sync.budget import Budget, BudgetSpent
from services.sync.chance import Chance
from services.sync.domain.pacing import quota_day
from services.sync.failures import SourceFailure
from services.sync.leadership import Leadership
from services.sync.metrics import Metrics
from services.sync.orders import Harvested, Overview
from services.sync.publisher import Publisher
from services.sync.schedule import Schedule
from services.sync.source import Operation
from services.sync.standing import Standing
from services.sync.worker import FIRST_ORDER, Worker, WorkerLost
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
        simulated: bool,
        worker: Worker,
        leadership: Leadership,
        budget: Budget,
        schedule: Schedule,
        publisher: Publisher,
        standing: Standing,
        chance: Chance,
        metrics: Metrics,
        log: BoundLogger,
    ) -> None:
        self._engine, self._simulated, self._worker = engine, simulated, worker
        self._leadership, self._budget, self._schedule = leadership, budget, schedule
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
            except WorkerLost:
                self._standing.lost_worker()

    async def refresh(self) -> RefreshAnswer:
        """One whole round now, the directory too. Raises RoundFailed if the source gave nothing,
        and what PostgreSQL, Redis or the worker raise if they are away."""
        return await self._run_round(tuple(Operation))

    async def republish(self) -> None:
        """Tell readers of what operators said; while Redis is away, as soon as it is back."""
        try:
            await self._publisher.renew()
        except RedisError as error:
            self._standing.lost_redis(error)
        except WorkerLost:  # whoever leads puts it right
            self._standing.lost_worker()

    async def check_data(self) -> str:
        """Health check: something was published since the start."""
        if self._publisher.version is None:
            raise NothingPublished
        return f"snapshot {self._publisher.version}"

    def data_as_of(self) -> datetime | None:
        """When bed reports were last received."""
        overview = self._publisher.overview
        return overview.received_at if overview else None

    def state(self) -> StateAnswer:
        """How the synchronisation stands."""
        overview = self._publisher.overview or Overview()
        leads = self._leadership.held
        return StateAnswer(
            simulated=self._simulated,
            snapshot=self._publisher.version,
            data_as_of=self.data_as_of(),
            last_success=self._standing.last_success,
            last_error=self._standing.troubles.last,
            consecutive_failures=self._standing.failed_in_a_row,
            next_due=self._schedule.next_due if leads else None,
            hospitals=overview.hospitals,
            with_place=overview.with_place,
            with_beds=overview.with_beds,
            leader=leads,
            calls_today=self._schedule.calls_today,
            daily_calls=self._schedule.daily_calls,
            overrides=len(overview.in_force(self._chance.now())),
            lost=self._standing.lost_stores(),
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
        if leads:
            self._log.info("leads")
        else:  # another replica does, or nobody can while PostgreSQL is away
            self._log.info("does not lead")

    async def _round_in_the_background(self) -> None:
        began = time.monotonic()
        self._schedule.plan_after_interval()
        try:
            overview = self._publisher.overview or await self._worker.survey()
            if operations := self._schedule.operations(overview):
                await self._run_round(operations)
            await self._tidy()
        except RoundFailed:
            pass  # settled and logged where it was found
        except WorkerLost:
            self._standing.lost_worker()
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
        """A round whose worker ended is as if it had not been, so it is run again, once; a worker
        that had ended before it, and is only found so now, costs no second round."""
        chances = {"before": 1, "within": 1}
        while True:
            try:
                return await self._round(operations)
            except WorkerLost as loss:
                self._standing.lost_worker()
                when = "before" if loss.order == FIRST_ORDER else "within"
                if not chances[when]:
                    raise
                chances[when] -= 1

    async def _round(self, operations: Sequence[Operation]) -> RefreshAnswer:
        async with self._worker.turn():
            try:
                return await self._round_in_turn(operations)
            except BudgetSpent as failure:
                self._standing.saved(failure)
                raise RoundFailed(failure) from failure

    async def _round_in_turn(self, operations: Sequence[Operation]) -> RefreshAnswer:
        began, clock = self._chance.now(), time.monotonic()
        harvested = await self._harvest(operations, began)
        written = await self._worker.write(began)
        self._standing.settle(harvested, written)
        if not harvested.received:
            self._standing.note_kept(await self._worker.kept())
            raise RoundFailed(next(iter(harvested.failures.values())))
        version = await self._publisher.publish()
        self._standing.troubles.end("redis")
        self._standing.note_kept(await self._worker.kept())
        self._log.info("round done", received=harvested.received, written=written.rows)
        return RefreshAnswer(
            snapshot=version,
            received=dict(harvested.received),
            written=dict(written.rows),
            changed_values=written.changed_values,
            elapsed_ms=int((time.monotonic() - clock) * 1000),
        )

    async def _harvest(self, operations: Sequence[Operation], began: datetime) -> Harvested:
        """Ask the source within the budget."""
        spent = await self._budget.reserve(len(operations), began)
        harvested = await self._worker.harvest(operations, began)
        if harvested.calls > len(operations):
            spent = await self._budget.add(harvested.calls - len(operations), began)
        self._schedule.note_calls(spent, harvested.calls, operations)
        self._schedule.note_answers(harvested)
        self._metrics.calls.set(spent)
        return harvested

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
            self._standing.troubles.end("worker")
            self._standing.last_success = await store.last_good_round(self._engine)
