"""What Redis remembers of a model: answers for a day, and what was spent today."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from redis.asyncio import Redis

from services.triage.needs.question import Ordering

KEPT_S = 24 * 3600
SPENT_KEPT_S = 48 * 3600


@dataclass(frozen=True, slots=True)
class Ledger:
    """Names begin with `prefix`; money is counted in millionths of a dollar. Every method raises
    RedisError or OSError where Redis is away."""

    redis: Redis
    prefix: str
    daily_limit: int
    now: Callable[[], datetime]

    async def recall(self, name: str) -> Ordering | None:
        """The ordering kept under a name; None where there is none that can be read."""
        kept = await self.redis.get(self._answer(name))
        if kept is None:
            return None
        try:
            told = json.loads(kept)
            return Ordering(tuple(told["fields"]), told["comment"])
        except (ValueError, KeyError, TypeError):
            return None

    async def keep(self, name: str, ordering: Ordering) -> None:
        """Keep a good answer for a day; failures are never given here."""
        told = json.dumps({"fields": ordering.fields, "comment": ordering.comment})
        await self.redis.set(self._answer(name), told, ex=KEPT_S)

    async def reserve(self, amount: int) -> bool:
        """Book an amount ahead of a call; False, with nothing booked, past the day's limit."""
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.incrby(self._spent(), amount)
            pipe.expire(self._spent(), SPENT_KEPT_S)
            total, _ = await pipe.execute()
        if total <= self.daily_limit:
            return True
        await self.correct(-amount)
        return False

    async def correct(self, amount: int) -> None:
        """Book the difference to what a call really cost."""
        await self.redis.incrby(self._spent(), amount)

    def _answer(self, name: str) -> str:
        return f"{self.prefix}:order:{name}"

    def _spent(self) -> str:
        return f"{self.prefix}:spent:{self.now():%Y%m%d}"
