"""Sessions that have ended: Redis knows them first, and every verifier asks it."""

import asyncio

from redis.asyncio import Redis

from shared import logs
from shared.cache import LOST
from shared.contracts.auth import RevocationKeys

ASK_S = 0.25
REMEMBERED = 10_000


class Revocations:
    """While Redis is away, tokens live until they expire, but for those of sessions whose end was
    seen before."""

    def __init__(self, redis: Redis, *, dataset: str) -> None:
        self._redis = redis
        self._keys = RevocationKeys(dataset)
        self._seen: dict[str, None] = {}
        self.lost = False

    async def hold(self, session: str) -> bool:
        """Whether the session was ended."""
        if session in self._seen:
            return True
        try:
            async with asyncio.timeout(ASK_S):
                ended = bool(await self._redis.exists(self._keys.session(session)))
        except LOST:
            self._tell(lost=True)
            return False
        self._tell(lost=False)
        if ended:
            self._remember(session)
        return ended

    def _remember(self, session: str) -> None:
        if len(self._seen) >= REMEMBERED:
            self._seen.pop(next(iter(self._seen)))
        self._seen[session] = None

    def _tell(self, *, lost: bool) -> None:
        if lost != self.lost:
            log = logs.logger("gateway.revocations")
            log.warning("ended sessions are not known" if lost else "ended sessions are known")
        self.lost = lost
