"""When the next round is due and what it asks: interval, budget and refusals taken together."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta

from services.sync.budget import Budget
from services.sync.chance import Chance
from services.sync.domain import pacing
from services.sync.orders import Harvested, Overview
from services.sync.source import Operation

DIRECTORY_EVERY = timedelta(hours=24)
SHORT_DIRECTORY_EVERY = timedelta(hours=1)
JITTER_SHARE = 0.05

EVERY_ROUND = (Operation.BEDS, Operation.SEVERE, Operation.MESSAGES)


class Schedule:
    """The memory of what was spent and refused. Not for several tasks at once."""

    def __init__(self, *, interval_s: float, budget: Budget, chance: Chance) -> None:
        self._interval_s, self._budget, self._chance = interval_s, budget, chance
        self._held: dict[str, datetime] = {}
        self._cost = len(EVERY_ROUND)
        self._spent: tuple[datetime, int] | None = None
        self._due = time.monotonic()
        self.next_due: datetime | None = None

    @property
    def wait_s(self) -> float:
        """Seconds until the next round; none where it is due."""
        return max(0.0, self._due - time.monotonic())

    @property
    def calls_today(self) -> int | None:
        """As of this replica's last round; None where it ran none this quota day."""
        if self._spent is None:
            return None
        at, calls = self._spent
        today = pacing.quota_day(self._chance.now())
        return calls if pacing.quota_day(at) == today else None

    @property
    def daily_calls(self) -> int | None:
        return self._budget.limit

    def operations(self, overview: Overview) -> tuple[Operation, ...]:
        """What a round asks now: without what is waited out, with the directory once a day."""
        now = self._chance.now()
        mark = overview.marks.get("directory")
        every = SHORT_DIRECTORY_EVERY if mark and mark.short_in_a_row else DIRECTORY_EVERY
        rested = mark is not None and now - mark.received_at < every
        wanted = EVERY_ROUND if rested else tuple(Operation)
        return tuple(o for o in wanted if self._held.get(o.value, now) <= now)

    def note_calls(self, spent: int, made: int, operations: Collection[Operation]) -> None:
        """Calls of the day, and what one round costs: an operation may take several pages."""
        self._spent = (self._chance.now(), spent)
        pages = -(-made // max(1, len(operations)))
        self._cost = max(1, pages) * len(EVERY_ROUND)

    def note_answers(self, harvested: Harvested) -> None:
        """Who answered and who refused."""
        self._held = pacing.held(
            self._held,
            answered=list(harvested.received),
            failures={name: failure.kind for name, failure in harvested.failures.items()},
            now=self._chance.now(),
        )

    async def plan_next(self, began: float) -> None:
        """Set the next round; `began` is when the last one did. Asks the store what all replicas
        spent."""
        now = self._chance.now()
        spent = await self._budget.spent(now)
        self._spent = (now, spent)
        interval_s = self._interval_s * (1 + JITTER_SHARE * (2 * self._chance.random() - 1))
        left = self._budget.left(spent)
        wait_s = pacing.spread(interval_s, left=left, cost=self._cost, now=now)
        self._set(max(0.0, wait_s - (time.monotonic() - began), self._held_s(now)), now)

    def plan_at_once(self) -> None:
        """A round is due now: whoever comes to lead may have to finish what another began."""
        self._set(0.0, self._chance.now())

    def plan_after_interval(self) -> None:
        """The next round where the store could not be asked for the budget."""
        self._set(self._interval_s, self._chance.now())

    def _held_s(self, now: datetime) -> float:
        """Seconds until one of a round's operations may be asked again."""
        ends = [self._held.get(operation.value, now) for operation in EVERY_ROUND]
        return max(0.0, (min(ends) - now).total_seconds())

    def _set(self, wait_s: float, now: datetime) -> None:
        self._due = time.monotonic() + wait_s
        self.next_due = now + timedelta(seconds=wait_s)
