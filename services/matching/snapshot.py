"""The state of every emergency room in memory, decoded once per published version."""

import asyncio
import zlib

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.matching.board import Board
from shared import logs
from shared.contracts.sync import SnapshotKeys
from shared.health import Unusable

UNREADABLE = (zlib.error, ValueError)
"""What bytes that are no snapshot of ours look like when they are decoded."""


class NoSnapshot(Unusable):
    """Nothing was published yet."""


class SnapshotReader:
    """Keeps the newest board. Losing Redis loses nothing that was read before, and neither does a
    snapshot that cannot be read: it is told once and tried again at every look."""

    def __init__(self, redis: Redis, keys: SnapshotKeys, *, poll_s: float) -> None:
        self._redis = redis
        self._keys = keys
        self._poll_s = poll_s
        self._board: Board | None = None
        self._reachable = True
        self._unreadable: str | None = None
        self._log = logs.logger("matching.snapshot")

    @property
    def board(self) -> Board:
        """The newest board; NoSnapshot before the first."""
        if self._board is None:
            raise NoSnapshot("no snapshot was published yet")
        return self._board

    @property
    def redis_lost(self) -> bool:
        """The last look at the pointer failed."""
        return not self._reachable

    async def check(self) -> str:
        """Health check: a snapshot is held."""
        return self.board.version

    async def follow(self) -> None:
        """Look at the pointer every few seconds and at once when a snapshot is announced."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError):
                self._told_reachable(False)
                await asyncio.sleep(1)

    async def look(self) -> None:
        """Take the published snapshot if it is not the one held."""
        try:
            version = await self._read(self._keys.pointer)
            if version and (self._board is None or self._board.version != version.decode()):
                await self._take(version.decode())
            self._told_reachable(True)
        except (RedisError, OSError, TimeoutError):
            self._told_reachable(False)

    async def _take(self, version: str) -> None:
        packed = await self._read(self._keys.value(version))
        if packed is None:
            return  # swapped away between the two reads; the next look finds the newer one
        try:
            self._board = await asyncio.to_thread(Board.decoded, packed)
        except UNREADABLE as error:
            if version != self._unreadable:
                word = type(error).__name__
                self._log.error(
                    "snapshot not readable, the last one stays", version=version, error=word
                )
            self._unreadable = version
            return
        self._log.info("snapshot taken", version=version, hospitals=len(self._board.cards))

    async def _read(self, key: str) -> bytes | None:
        value: bytes | None = await self._redis.get(key)  # type: ignore[assignment]
        return value

    async def _listen(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self._keys.channel)
            while True:
                await self.look()
                await pubsub.get_message(ignore_subscribe_messages=True, timeout=self._poll_s)

    def _told_reachable(self, reachable: bool) -> None:
        if reachable != self._reachable:
            self._log.warning("redis is back" if reachable else "redis is lost")
        self._reachable = reachable
