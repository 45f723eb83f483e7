"""Verifies tokens with the public keys of auth, kept as long as auth says."""

import asyncio
import time

from shared import tokens
from shared.context import Deadline
from shared.contracts.auth import AUDIENCE, JWKS_MAX_AGE_S, JwksAnswer
from shared.peer import Peer
from shared.problems import ProblemError, Unauthenticated

REFETCH_S = 60.0
RETRY_S = 1.0
FETCH_TIMEOUT_S = 1.0
FIRST_FETCH_TIMEOUT_S = 2.5
"""Without any key every token is worth nothing, so the first ones are waited for longer."""


class TokenReader:
    """Asks for keys when the kept ones are old, and for an unknown kid once a minute at most:
    whoever makes kids up makes no work. While auth is away the kept keys go on verifying."""

    def __init__(self, auth: Peer, *, issuer: str, max_age_s: float = JWKS_MAX_AGE_S) -> None:
        self._auth = auth
        self._issuer = issuer
        self._max_age_s = max_age_s
        self._keys: tokens.KeySet = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def read(self, token: str) -> tokens.Claims | None:
        """The claims; None while auth was never reached. A bad token is Unauthenticated."""
        try:
            kid = tokens.kid_of(token)
            await self._keep_fresh(kid)
            if not self._keys:
                return None
            return tokens.verify(token, self._keys, issuer=self._issuer, audience=AUDIENCE)
        except tokens.TokenRefused as error:
            raise Unauthenticated("the token is not valid") from error

    async def _keep_fresh(self, kid: str) -> None:
        if not self._is_due(kid):
            return
        async with self._fetching:
            if self._is_due(kid):  # another call may have fetched meanwhile
                await self._fetch()

    def _is_due(self, kid: str) -> bool:
        now = time.monotonic()
        if now - self._tried_at < RETRY_S:
            return False
        limit_s = self._max_age_s if kid in self._keys else min(REFETCH_S, self._max_age_s)
        return not self._keys or now - self._fetched_at >= limit_s

    async def _fetch(self) -> None:
        within = Deadline.after(FETCH_TIMEOUT_S if self._keys else FIRST_FETCH_TIMEOUT_S)
        try:
            answer = await self._auth.call("GET", "/v1/jwks", JwksAnswer, deadline=within)
        except ProblemError:
            return
        finally:
            self._tried_at = time.monotonic()
        self._keys = tokens.key_set(key.model_dump() for key in answer.keys)
        self._fetched_at = time.monotonic()
