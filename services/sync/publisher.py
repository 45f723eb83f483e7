"""The snapshot that readers are pointed to, kept equal to the store by whoever may write."""

from datetime import datetime

from redis.asyncio import Redis
from structlog.stdlib import BoundLogger

from services.sync import publish
from services.sync.chance import Chance
from services.sync.metrics import Metrics
from services.sync.orders import Overview
from services.sync.worker import Worker
from shared.contracts.sync import SnapshotKeys


class Publisher:
    """Lets the worker publish what the store holds, and knows what is out. `overview` is of the
    store as far as this replica has seen, `version` the snapshot that was last out."""

    def __init__(
        self,
        *,
        worker: Worker,
        redis: Redis,
        keys: SnapshotKeys,
        chance: Chance,
        metrics: Metrics,
        log: BoundLogger,
    ) -> None:
        self._worker, self._redis, self._keys = worker, redis, keys
        self._chance, self._metrics, self._log = chance, metrics, log
        self._stale = False
        self._ends_at: datetime | None = None
        self.overview: Overview | None = None
        self.version: str | None = None

    async def start(self, *, leads: bool) -> None:
        """What an earlier run stored, with its true ages: published by the leader, taken over from
        the leader by the others."""
        self.overview = await self._worker.survey()
        if not self.overview.hospitals:
            return
        if not leads and await self._follow(leads=False):
            return
        await self.renew()
        self._log.info("published from the store", hospitals=self.overview.hospitals)

    async def publish(self) -> str:
        """Make what the store holds the current snapshot. The caller has the turn."""
        self._stale = True  # until it is done: the store may hold more than what is out
        published = await self._worker.publish()
        self._metrics.snapshot_bytes.set(published.packed_bytes)
        self._take(published.version, published.overview)
        return published.version

    async def renew(self) -> str:
        """Publish what the store holds now."""
        async with self._worker.turn():
            return await self.publish()

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
        async with self._worker.turn():
            if await self._is_right():
                return
            if (await self._worker.survey()).hospitals:
                await self.publish()
                self._log.info("published from the store", snapshot=self.version)

    async def _is_right(self) -> bool:
        version = await publish.current_version(self._redis, self._keys)
        if self._ends_at is not None and self._chance.now() >= self._ends_at:
            return False
        return version == self.version and not self._stale

    async def _follow(self, *, leads: bool) -> bool:
        """Whether another replica published something else; then it is what we know too. What is
        no newer than the leader's own is a Redis that forgot: the leader puts that right."""
        version = await publish.current_version(self._redis, self._keys)
        if version in (None, self.version):
            return False
        if leads and _moment(version) <= _moment(self.version):
            return False
        self._take(version, await self._worker.survey())
        return True

    def _take(self, version: str | None, overview: Overview) -> None:
        self.version, self.overview, self._stale = version, overview, False
        self._ends_at = overview.next_end(self._chance.now())


def _moment(version: str | None) -> str:
    return (version or "").partition("-")[0]
