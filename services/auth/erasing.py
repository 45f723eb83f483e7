"""Erasures that are not done before the chats are gone, too: worked off until triage says so."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth import audit
from services.auth.schema import erasures
from shared import db, logs
from shared.context import Deadline
from shared.peer import Peer
from shared.problems import ProblemError

EVERY_S = 30.0
CALL_S = 5.0
BATCH = 100


class ChatEraser:
    """Asks triage to erase the chats of owners who are gone; `nudge` spares the wait."""

    def __init__(self, engine: AsyncEngine, triage: Peer) -> None:
        self._engine = engine
        self._triage = triage
        self._nudged = asyncio.Event()
        self._failing = False

    def nudge(self) -> None:
        self._nudged.set()

    async def follow(self) -> None:
        """Work off what is open, again and again; never returns."""
        while True:
            try:
                await self._work_off()
                self._tell(None)
            except (ProblemError, *db.LOST) as error:
                self._tell(error)
            self._nudged.clear()
            try:
                await asyncio.wait_for(self._nudged.wait(), EVERY_S)
            except TimeoutError:
                continue

    async def _work_off(self) -> None:
        query = select(erasures.c.id, erasures.c.owner, erasures.c.subject)
        still = query.where(erasures.c.owner.is_not(None)).order_by(erasures.c.id).limit(BATCH)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(still)).all()
        for id_, owner, subject in rows:
            await self._triage.send(
                f"/v1/chat/owners/{owner}", None, method="DELETE", deadline=Deadline.after(CALL_S)
            )
            await self._done(id_, subject)

    async def _done(self, id_: int, subject: bytes) -> None:
        now = datetime.now(UTC)
        async with self._engine.begin() as connection:
            done = update(erasures).where(erasures.c.id == id_)
            await connection.execute(done.values(owner=None, chats_erased_at=now))
            await audit.record(connection, "chats_erased", now, subject=subject)

    def _tell(self, error: Exception | None) -> None:
        """A line when it begins to fail, and one when it is over."""
        log = logs.logger("auth.erasing")
        if error is not None and not self._failing:
            log.warning("open erasures of chats wait", error=type(error).__name__)
        elif error is None and self._failing:
            log.info("open erasures of chats are worked off")
        self._failing = error is not None
