"""The snapshot that readers are pointed to, kept equal to the store by whoever may write."""

import asyncio
from datetime import datetime

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.stdlib import BoundLogger

from services.sync import publish, store
from services.sync.chance import Chance
from services.sync.domain.records import Picture
from services.sync.leadership import Turn
from services.sync.metrics import Metrics
from shared.contracts.sync import SnapshotKeys


class Publisher:
    """Publishes pictures of the store, and knows the one that is out. `picture` is what the store
    holds as far as this replica has seen, `version` the snapshot that was last out."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        turn: Turn,
        redis: Redis,
        keys: SnapshotKeys,
        simulated: bool,
        chance: Chance,
        metrics: Metrics,
        log: BoundLogger,
    ) -> None:
        self._engine, self._turn, self._redis, self._keys = engine, turn, redis, keys
        self._simulated, self._chance, self._metrics, self._log = simulated, chance, metrics, log
        self._published: Picture | None = None
        self._ends_at: datetime | None = None
        self.picture: Picture | None = None
        self.version: str | None = None

    async def start(self, *, leads: bool) -> None:
        """What an earlier run stored, with its true ages: published by the leader, taken over from
        the leader by the others."""
        self.picture = await store.load(self._engine)
        if not self.picture.hospitals:
            return
        if not leads and await self._follow(leads=False):
            return
        await self.renew()
        self._log.info("published from the store", hospitals=len(self.picture.hospitals))

    async def publish(self, picture: Picture) -> str:
        """Make a picture of the store the current snapshot. The caller has the turn."""
        self.picture = picture
        now = self._chance.now()
        version = f"{now:%Y%m%dT%H%M%SZ}-{self._chance.new_id()}"
        snapshot = await asyncio.to_thread(
            publish.build, picture, version=version, simulated=self._simulated, now=now
        )
        self._metrics.snapshot_bytes.set(await publish.publish(self._redis, self._keys, snapshot))
        self.version, self._published = version, picture
        self._ends_at = picture.next_end(now)
        return version

    async def renew(self) -> str:
        """Publish what the store holds now."""
        async with self._turn.taken():
            return await self.publish(await store.load(self._engine))

    async def look_after(self, *, leads: bool) -> bool:
        """Take over what another replica published since, and tell whether there was anything; the
        leader puts right what is lost, older than the store, or tells an override that ended."""
        if await self._is_right():
            return False
        if await self._follow(leads=leads):
            return True
        if leads:
            await self._put_right()
        return False

    async def _put_right(self) -> None:
        async with self._turn.taken():
            if await self._is_right():
                return
            picture = await store.load(self._engine)
            if picture.hospitals:
                await self.publish(picture)
                self._log.info("published from the store", snapshot=self.version)

    async def _is_right(self) -> bool:
        version = await publish.current_version(self._redis, self._keys)
        if self._ends_at is not None and self._chance.now() >= self._ends_at:
            return False
        return version == self.version and self._published is self.picture

    async def _follow(self, *, leads: bool) -> bool:
        """Whether another replica published something else; then it is what we know too. What is
        no newer than the leader's own is a Redis that forgot: the leader puts that right."""
        version = await publish.current_version(self._redis, self._keys)
        if version in (None, self.version):
            return False
        if leads and _moment(version) <= _moment(self.version):
            return False
        picture = await store.load(self._engine)
        self.picture = self._published = picture
        self.version, self._ends_at = version, picture.next_end(self._chance.now())
        return True


def _moment(version: str | None) -> str:
    return (version or "").partition("-")[0]
