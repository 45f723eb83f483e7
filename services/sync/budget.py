"""The calls of the quota day, counted in the store so that all replicas share one budget."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from services.sync import schema
from services.sync.domain.pacing import quota_day
from services.sync.failures import SourceFailure


class BudgetSpent(SourceFailure):
    """We asked nothing, because what is left of our own daily budget does not pay for it."""

    kind: ClassVar[str] = "budget-spent"
    event: ClassVar[str] = "daily budget of calls spent"
    next_step: ClassVar[str] = (
        "rounds go on after the daily reset; raise ER_SYNC_DAILY_CALLS if the account allows more"
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """`limit` is the calls of a day; None: the feed has no quota, and calls are only counted."""

    engine: AsyncEngine
    limit: int | None

    async def reserve(self, calls: int, now: datetime) -> int:
        """Count calls before they are made, so that those of a process that dies are counted too.
        Returns the day's calls; raises BudgetSpent where they would be too many."""
        spent = await self._add(calls, now, self.limit)
        if spent is None:
            raise BudgetSpent(f"{calls} more calls are over {self.limit} a day")
        return spent

    async def add(self, calls: int, now: datetime) -> int:
        """Count calls that were made already: the further pages of an answer."""
        return await self._add(calls, now, None) or 0

    async def spent(self, now: datetime) -> int:
        """The calls of this quota day so far."""
        query = sa.select(schema.calls.c.calls).where(schema.calls.c.day == quota_day(now))
        async with self.engine.connect() as connection:
            return await connection.scalar(query) or 0

    def left(self, spent: int) -> int | None:
        """Calls that may still be made; None where nobody counts."""
        return None if self.limit is None else max(0, self.limit - spent)

    async def _add(self, calls: int, now: datetime, limit: int | None) -> int | None:
        statement = insert(schema.calls).values(day=quota_day(now), calls=calls)
        total = schema.calls.c.calls + statement.excluded.calls
        added = statement.on_conflict_do_update(
            index_elements=["day"],
            set_={"calls": total},
            where=sa.true() if limit is None else total <= limit,
        ).returning(schema.calls.c.calls)
        async with self.engine.begin() as connection:
            counted: int | None = await connection.scalar(added)
            return counted
