"""Limits per address and per token: counted in Redis, locally while Redis is away, never absent."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from services.gateway.callers import Caller, counted_as
from services.gateway.errors import ProviderTokenInvalid, RateLimited
from services.gateway.settings import Settings
from shared import logs
from shared.cache import LOST
from shared.problems import InvalidRequest


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
        elif caller.app is not None:
            await self._count(self._settings.limit_token, "app", caller.app.id)
        else:
            await self._count(self._settings.limit_address, "address", counted_as(caller.address))

    async def count_guest(self, caller: Caller) -> None:
        """Count one guest token made for an address."""
        await self._count(self._settings.limit_guest, "guest", counted_as(caller.address))

    def key_of(self, caller: Caller) -> str:
        """The caller for other services: the same each time, and nothing to learn from."""
        return self._name("caller", caller.claims.subject if caller.claims else caller.address)

    @asynccontextmanager
    async def login(self, caller: Caller) -> AsyncIterator[None]:
        """One step of a login from an address. After a few that failed, none is let through: an
        account is never locked, as that would be in an attacker's power."""
        failed = self._settings.limit_failed_login
        address = counted_as(caller.address)
        await self._count(self._settings.limit_login, "login", address)
        if failed is not None:
            await self._refuse_after(failed, "failed-login", address)
        try:
            yield
        except (ProviderTokenInvalid, InvalidRequest):
            with suppress(RateLimited):
                await self._count(failed, "failed-login", address)
            raise

    async def _refuse_after(self, limit: RateLimitItem, kind: str, who: str) -> None:
        name = self._name(kind, who)
        for limiter in (self._shared, self._local):
            try:
                if await limiter.test(limit, kind, name):
                    return
                reset_at = (await limiter.get_window_stats(limit, kind, name)).reset_time
            except LOST:
                continue
            raise RateLimited(retry_after_s=int(reset_at - time.time()) + 1)

    def _name(self, kind: str, who: str) -> str:
        return hmac.new(self._key, f"{kind}:{who}".encode(), hashlib.sha256).hexdigest()[:32]

    async def _count(self, limit: RateLimitItem | None, kind: str, who: str) -> None:
        if limit is None:
            return
        name = self._name(kind, who)
        try:
            limiter = self._shared
            allowed = await limiter.hit(limit, kind, name)
            self._tell(lost=False)
        except LOST:
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
