"""Limits per address and per token: counted in Redis, locally while Redis is away, never absent."""

import hashlib
import hmac
import time

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from services.gateway.callers import Caller
from services.gateway.errors import RateLimited
from services.gateway.settings import Settings
from shared import logs


class Limits:
    """Counts calls; a caller is a keyed hash, never an address in clear."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = settings.service_key.get_secret_value().encode()
        storage = RedisStorage(
            f"async+{settings.redis_url.get_secret_value()}",
            implementation="redispy",
            key_prefix=f"er:{settings.dataset}:limits",
            socket_timeout=0.25,
            socket_connect_timeout=0.25,
        )
        self._shared = FixedWindowRateLimiter(storage)
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self.redis_lost = False

    async def count(self, caller: Caller) -> None:
        """Count one call; RateLimited where it was one too many."""
        if caller.claims is not None:
            await self._count(self._settings.limit_token, "token", caller.claims.session)
        else:
            await self._count(self._settings.limit_address, "address", caller.address)

    async def count_guest(self, caller: Caller) -> None:
        """Count one guest token made for an address."""
        await self._count(self._settings.limit_guest, "guest", caller.address)

    def key_of(self, caller: Caller) -> str:
        """The caller for other services: the same each time, and nothing to learn from."""
        return self._hashed("caller", caller.claims.subject if caller.claims else caller.address)

    def _hashed(self, kind: str, who: str) -> str:
        return hmac.new(self._key, f"{kind}:{who}".encode(), hashlib.sha256).hexdigest()[:32]

    async def _count(self, limit: RateLimitItem | None, kind: str, who: str) -> None:
        if limit is None:
            return
        name = self._hashed(kind, who)
        try:
            limiter = self._shared
            allowed = await limiter.hit(limit, kind, name)
            self._tell(lost=False)
        except (RedisError, OSError):
            self._tell(lost=True)
            limiter = self._local
            allowed = await limiter.hit(limit, kind, name)
        if not allowed:
            reset_at = (await limiter.get_window_stats(limit, kind, name)).reset_time
            raise RateLimited(retry_after_s=int(reset_at - time.time()) + 1)

    def _tell(self, *, lost: bool) -> None:
        if lost != self.redis_lost:
            log = logs.logger("gateway.limits")
            log.warning("redis is lost, limits are local" if lost else "redis is back")
        self.redis_lost = lost
