"""The one reader of announcements in this process."""

import asyncio
from dataclasses import replace

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.gateway.events.changes import Told, told
from services.gateway.events.streams import Streams
from shared import logs
from shared.contracts.sync import Snapshot, SnapshotKeys

RETRY_S = 1.0


class Reader:
    """Takes each published snapshot once and tells the streams what it changed."""

    def __init__(
        self, redis: Redis, keys: SnapshotKeys, streams: Streams, *, poll_s: float
    ) -> None:
        self._redis, self._keys, self._streams, self._poll_s = redis, keys, streams, poll_s
        self._held: Snapshot | None = None
        self._news: Told | None = None
        self._reachable = True
        self._log = logs.logger("gateway.events")

    async def follow(self) -> None:
        """Look at the pointer every few seconds and at once when a snapshot is announced."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError):
                self._tell(reachable=False)
                await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self._keys.channel)
            while True:
                await self._look()
                await pubsub.get_message(ignore_subscribe_messages=True, timeout=self._poll_s)

    async def _look(self) -> None:
        version = await self._read(self._keys.pointer)
        self._tell(reachable=True)
        if version is None or (self._held and self._held.version == version.decode()):
            return
        packed = await self._read(self._keys.value(version.decode()))
        if packed is not None:  # else swapped away between the two reads; the next look finds it
            self._held, news = await asyncio.to_thread(_read, packed, self._held, self._news)
            self._news = news
            self._streams.tell(news)

    async def _read(self, key: str) -> bytes | None:
        value: bytes | None = await self._redis.get(key)  # type: ignore[assignment]
        return value

    def _tell(self, *, reachable: bool) -> None:
        if reachable != self._reachable:
            self._log.warning("redis is back" if reachable else "redis is lost, no live changes")
        self._reachable = reachable


def _read(packed: bytes, held: Snapshot | None, former: Told | None) -> tuple[Snapshot, Told]:
    snapshot = Snapshot.unpack(packed)
    news = told(snapshot, held)
    if former is not None and former.places == news.places:
        # The same object tells every stream that its circle still holds the same hospitals.
        news = replace(news, places=former.places)
    return snapshot, news
