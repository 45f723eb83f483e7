"""The signing keys in memory: one that signs, those that verify; read anew every few seconds."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth import keystore
from services.auth.keys import KeyUnreadable, SigningKey
from shared import db, logs
from shared.contracts.auth import Jwk
from shared.contracts.auth_operators import RotateAnswer

POLL_S = 5.0


class Keyring:
    """Opened by `reload`. A database that is away leaves the keys as they were, and so does a key
    that another process was given and this one was not: ours still verifies meanwhile."""

    def __init__(
        self, engine: AsyncEngine, source: keystore.Source, overlap: keystore.Overlap
    ) -> None:
        self._engine = engine
        self._source = source
        self._overlap = overlap
        self._kept: list[keystore.Kept] = []

    @property
    def signing(self) -> SigningKey:
        """The pair that signs."""
        pair = next(key.pair for key in self._kept if key.state == "active")
        assert pair is not None  # noqa: S101 - `load` refuses an active key without its pair
        return pair

    @property
    def public(self) -> list[Jwk]:
        """Every key that may verify a token now or soon."""
        return [key.public for key in self._kept]

    async def reload(self) -> None:
        self._kept = await keystore.load(
            self._engine, self._source, datetime.now(UTC), self._overlap
        )

    async def rotate(self, *, by: str, emergency: bool) -> RotateAnswer:
        """The next key signs from now on; raises RotationRefused."""
        now = datetime.now(UTC)
        await keystore.rotate(
            self._engine, self._source, now, self._overlap, by=by, emergency=emergency
        )
        await self.reload()
        states: dict[str, list[str]] = {"active": [], "next": [], "retiring": []}
        for key in self._kept:
            states[key.state].append(key.kid)
        return RotateAnswer(
            active=states["active"][0], next=states["next"], retiring=states["retiring"]
        )

    async def follow(self) -> None:
        """See what other processes and operators did; never returns."""
        log, lost = logs.logger("auth.keys"), False
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.reload()
            except (*db.LOST, KeyUnreadable) as error:
                if not lost:
                    log.error("signing keys cannot be read anew", error=type(error).__name__)
                lost = True
            else:
                if lost:
                    log.info("signing keys are read anew")
                lost = False
