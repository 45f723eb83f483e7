"""Sessions of users in Redis: families of refresh tokens, of which each may be used once.

A family is one login on one device; its id is the `sid` of the access tokens. Redis knows refresh
tokens by their SHA-256 alone. A token that is used again within the grace gets the same successor
(a retry of a phone must not log it out); later, somebody else has it, and the family ends.
"""

import secrets
import time
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from redis.asyncio import Redis

from services.auth.sealing import Sealer, fingerprint
from shared.contracts.auth import Provider, RevocationKeys
from shared.tokens import LEEWAY_S, LIFE_LIMITS_S

SCRIPT = files(__package__).joinpath("sessions.lua").read_text()
TOKEN_BYTES = 32
REVOKED_S = max(LIFE_LIMITS_S.values()) + 2 * LEEWAY_S
"""As long as any access token of an ended session could live."""


@dataclass(frozen=True, slots=True)
class Lives:
    """Seconds."""

    idle_s: int
    absolute_s: int
    grace_s: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that began."""

    id: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Living:
    """A session that goes on; `began_at` in seconds since 1970."""

    id: str
    provider: str
    began_at: float


@dataclass(frozen=True, slots=True)
class Rotated:
    """What became of a refresh token. `user` and `provider` are empty for an unknown one; a new
    `refresh_token` is there where the old one was good."""

    outcome: Literal["rotated", "again", "reused", "ended", "unknown"]
    session: str = ""
    user: str = ""
    provider: str = ""
    refresh_token: str | None = None


class Sessions:
    """Every method may raise RedisError: without Redis no session begins, goes on or ends."""

    def __init__(self, redis: Redis, *, dataset: str, lives: Lives) -> None:
        self._redis = redis
        self._prefix = f"er:{dataset}:auth"
        self._revoked = RevocationKeys(dataset)
        self._lives = lives
        self._rotate = redis.register_script(SCRIPT)

    async def open(self, user: str, provider: Provider) -> Opened:
        """A new family with its first refresh token."""
        session, token = secrets.token_urlsafe(16), secrets.token_urlsafe(TOKEN_BYTES)
        family, sessions = self._family(session), self._of(user)
        record = self._record(token)
        began_at = str(int(time.time()))
        async with self._redis.pipeline(transaction=True) as batch:
            batch.hset(family, mapping={"user": user, "provider": provider, "began_at": began_at})
            batch.expire(family, self._lives.absolute_s)
            batch.hset(record, "family", session)
            batch.expire(record, min(self._lives.idle_s, self._lives.absolute_s))
            batch.sadd(sessions, session)
            batch.expire(sessions, self._lives.absolute_s)
            await batch.execute()
        return Opened(session, token)

    async def rotate(self, token: str) -> Rotated:
        """Use a refresh token. A reused one has ended its family when this returns."""
        new = secrets.token_urlsafe(TOKEN_BYTES)
        record = self._record(token)
        sealed = Sealer(token, "successor").seal(new, record)
        told = await self._rotate(
            keys=[record, self._record(new)],
            args=[
                self._family(""),
                self._lives.idle_s,
                int(self._lives.grace_s * 1000),
                sealed,
                self._revoked.session(""),
                REVOKED_S,
            ],
        )
        outcome, *about = told
        session, user, provider = (part.decode() for part in (*about[:3], b"", b"", b"")[:3])
        if outcome == b"again":
            new = Sealer(token, "successor").open(about[3], record)
        good = outcome in (b"rotated", b"again")
        return Rotated(outcome.decode(), session, user, provider, new if good else None)

    async def is_fresh(self, session: str, within_s: float) -> bool:
        """Whether its login was so short a time ago."""
        began = await self._redis.hget(self._family(session), "began_at")
        return began is not None and time.time() - float(began) <= within_s

    async def of(self, user: str) -> list[Living]:
        """The sessions of a user that go on, the newest first."""
        known = [_text(session) for session in await self._redis.smembers(self._of(user))]
        async with self._redis.pipeline(transaction=False) as batch:
            for session in known:
                batch.hmget(self._family(session), ["provider", "began_at"])
            told = await batch.execute()
        living = [
            Living(session, _text(provider), float(began_at))
            for session, (provider, began_at) in zip(known, told, strict=True)
            if provider is not None
        ]
        return sorted(living, key=lambda session: -session.began_at)

    async def end(self, session: str, user: str | None) -> None:
        """No token of the session is good any longer, anywhere; a guest's has no family."""
        await self.revoke(session)
        await self._redis.delete(self._family(session))
        if user is not None:
            await self._redis.srem(self._of(user), session)

    async def end_all(self, user: str) -> None:
        """End every session of a user."""
        known = await self._redis.smembers(self._of(user))
        for session in known:
            await self.end(_text(session), user)

    async def revoke(self, session: str) -> None:
        """Tell every verifier that access tokens of the session are refused from now on."""
        await self._redis.set(self._revoked.session(session), b"1", ex=REVOKED_S)

    def _family(self, session: str) -> str:
        return f"{self._prefix}:family:{session}"

    def _of(self, user: str) -> str:
        return f"{self._prefix}:sessions:{user}"

    def _record(self, token: str) -> str:
        return f"{self._prefix}:refresh:{fingerprint(token)}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
