"""How the synchronisation goes: what failed, since when, and what is told of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from services.sync.budget import BudgetSpent
from services.sync.chance import Chance
from services.sync.metrics import Metrics
from services.sync.orders import Harvested, Kept, Written, class_of, place_of
from services.sync.troubles import (
    CACHE_STEP,
    COPY_STEP,
    DEFECT_STEP,
    DISK_STEP,
    STORE_STEP,
    WORKER_STEP,
    Troubles,
)

STORES: Mapping[str, Literal["postgres", "redis"]] = {"database": "postgres", "redis": "redis"}
"""The kinds of trouble that are a store's, and its name for readers of `degraded`."""


class Standing:
    """The memory of rounds that operators can ask; each trouble is told once by `troubles`."""

    def __init__(self, troubles: Troubles, metrics: Metrics, chance: Chance) -> None:
        self.troubles, self._metrics, self._chance = troubles, metrics, chance
        self.last_success: datetime | None = None
        self.failed_in_a_row = 0

    def settle(self, harvested: Harvested, written: Written) -> None:
        """A round was written."""
        now = written.ended_at
        for kind in ("database", "defect", "worker", BudgetSpent.kind):
            self.troubles.end(kind)
        self.troubles.settle(harvested.failures, written.suspicions, harvested.received, now)
        for failure in harvested.failures.values():
            self._metrics.failures.labels(failure.kind).inc()
        if harvested.failures:
            self._failed("partial" if harvested.received else "failed")
        else:
            self.failed_in_a_row, self.last_success = 0, now
            self._metrics.rounds.labels("good").inc()
            self._metrics.last_success.set(now.timestamp())

    def note_kept(self, kept: Kept) -> None:
        """Raw answers were kept, or not."""
        self._note("payloads", "payloads not kept", DISK_STEP, kept.disk)
        self._note("copies", "payloads not copied", COPY_STEP, kept.copy)

    def saved(self, failure: BudgetSpent) -> None:
        """A round was not run, as it would have cost more calls than are left."""
        self._failed("budget")
        self.troubles.begin(
            failure.kind, failure.event, failure.next_step, self._chance.now(), str(failure)
        )

    def lost_stores(self) -> list[Literal["postgres", "redis"]]:
        """Those that did not answer when they were last needed."""
        kinds = self.troubles.kinds
        return [store for kind, store in STORES.items() if kind in kinds]

    def lost_redis(self, error: Exception) -> None:
        now = self._chance.now()
        self.troubles.begin("redis", "redis lost", CACHE_STEP, now, class_of(error))

    def lost_database(self, error: Exception) -> None:
        now = self._chance.now()
        if "database" not in self.troubles.kinds:
            self.failed_in_a_row += 1
        self.troubles.begin("database", "database lost", STORE_STEP, now, class_of(error))

    def defect(self, error: Exception) -> None:
        self._failed("defect")
        now = self._chance.now()
        self.troubles.begin("defect", "round failed", DEFECT_STEP, now, place_of(error))

    def lost_worker(self) -> None:
        self._failed("worker")
        self.troubles.begin("worker", "worker lost", WORKER_STEP, self._chance.now())

    def _note(self, kind: str, event: str, step: str, error: str | None) -> None:
        if error:
            self.troubles.begin(kind, event, step, self._chance.now(), error)
        elif error is not None:
            self.troubles.end(kind)

    def _failed(self, result: str) -> None:
        self.failed_in_a_row += 1
        self._metrics.rounds.labels(result).inc()
