"""Dialogues in Redis, sealed, until they time out: a turn needs no read of the database."""

import asyncio
from datetime import timedelta

from redis.asyncio import Redis

from services.triage.chat.dialogue import TIME_OUT
from shared import logs
from shared.cache import LOST

WAIT_S = 0.3
LEEWAY_S = 60


class Memory:
    """What is lost here is read from PostgreSQL again; `lost` tells that Redis was tried in
    vain."""

    def __init__(self, redis: Redis, *, dataset: str, time_out: timedelta = TIME_OUT) -> None:
        self._redis = redis
        self._life_s = int(time_out.total_seconds()) + LEEWAY_S
        self._prefix = f"er:{dataset}:chat:"
        self.lost = False

    async def get(self, mark: bytes) -> bytes | None:
        try:
            async with asyncio.timeout(WAIT_S):
                value = await self._redis.get(self._prefix + mark.hex())
        except LOST:
            self._tell(lost=True)
            return None
        self._tell(lost=False)
        return value if isinstance(value, bytes) else None

    async def put(self, mark: bytes, sealed: bytes) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                await self._redis.set(self._prefix + mark.hex(), sealed, ex=self._life_s)
            self._tell(lost=False)
        except LOST:
            self._tell(lost=True)

    async def drop(self, *marks: bytes) -> None:
        if not marks:
            return
        try:
            async with asyncio.timeout(WAIT_S):
                await self._redis.delete(*[self._prefix + mark.hex() for mark in marks])
            self._tell(lost=False)
        except LOST:
            self._tell(lost=True)

    def _tell(self, *, lost: bool) -> None:
        if lost != self.lost:
            log = logs.logger("triage.chat")
            log.warning("redis is lost, sessions come from postgres" if lost else "redis is back")
        self.lost = lost
