"""How the synchronisation goes: what failed, since when, and what is told of it."""

import traceback
from datetime import datetime
from pathlib import Path

from services.sync.budget import BudgetSpent
from services.sync.chance import Chance
from services.sync.domain.records import Plan
from services.sync.metrics import Metrics
from services.sync.rounds import Harvest
from services.sync.troubles import (
    CACHE_STEP,
    DEFECT_STEP,
    STORE_STEP,
    Troubles,
)


class Standing:
    """The memory of rounds that operators can ask; each trouble is told once by `troubles`."""

    def __init__(self, troubles: Troubles, metrics: Metrics, chance: Chance) -> None:
        self.troubles, self._metrics, self._chance = troubles, metrics, chance
        self.last_success: datetime | None = None
        self.failed_in_a_row = 0

    def settle(self, harvested: Harvest, plan: Plan, now: datetime) -> None:
        """A round was written."""
        by_operation = {operation.value: f for operation, f in harvested.failures.items()}
        self.troubles.end("database")
        self.troubles.end("defect")
        self.troubles.end(BudgetSpent.kind)
        self.troubles.settle(by_operation, plan.suspicions, harvested.received, now)
        for failure in by_operation.values():
            self._metrics.failures.labels(failure.kind).inc()
        if harvested.failures:
            self._failed("partial" if harvested.rows else "failed")
        else:
            self.failed_in_a_row, self.last_success = 0, now
            self._metrics.rounds.labels("good").inc()
            self._metrics.last_success.set(now.timestamp())

    def saved(self, failure: BudgetSpent) -> None:
        """A round was not run, as it would have cost more calls than are left."""
        self._failed("budget")
        self.troubles.begin(
            failure.kind, failure.event, failure.next_step, self._chance.now(), str(failure)
        )

    def lost_redis(self, error: Exception) -> None:
        now = self._chance.now()
        self.troubles.begin("redis", "redis lost", CACHE_STEP, now, type(error).__name__)

    def lost_database(self, error: Exception) -> None:
        now = self._chance.now()
        if "database" not in self.troubles.kinds:
            self.failed_in_a_row += 1
        self.troubles.begin("database", "database lost", STORE_STEP, now, type(error).__name__)

    def defect(self, error: Exception) -> None:
        self._failed("defect")
        at = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
        self.troubles.begin("defect", "round failed", DEFECT_STEP, self._chance.now(), told)

    def _failed(self, result: str) -> None:
        self.failed_in_a_row += 1
        self._metrics.rounds.labels(result).inc()
