"""Work beside the requests: decisions are written together, holds are read, what is old goes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching import queries, store
from services.matching.board import Board
from services.matching.domain.holding import Going, holds
from services.matching.domain.question import NO_HOLDS
from services.matching.store import Decision
from shared import logs

WRITE_S = 2.0
AT_ONCE = 200
HOLDS_EVERY_S = 2.0
FORGET_EVERY_S = 60.0

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


class Keeper:
    """Writes the decisions of requests that run at once in one transaction. A request waits until
    its own is written, or is told that it was not."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: list[tuple[Decision, asyncio.Future[bool]]] = []
        self._called = asyncio.Event()
        self._kept_snapshot: str | None = None
        self._board: Board | None = None
        self._log = logs.logger("matching.keeping")

    async def keep(self, decision: Decision, board: Board, *, within_s: float) -> bool:
        """Whether the decision was written in time; it may still be written later."""
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._board = board
        self._waiting.append((decision, written))
        self._called.set()
        try:
            return await asyncio.wait_for(asyncio.shield(written), within_s)
        except TimeoutError:
            return False

    async def write(self) -> None:
        """Write what waits, again and again; never returns."""
        while True:
            await self._called.wait()
            self._called.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                kept = await self._written([decision for decision, _ in batch])
                for _, written in batch:
                    if not written.done():
                        written.set_result(kept)

    async def _written(self, batch: list[Decision]) -> bool:
        try:
            async with asyncio.timeout(WRITE_S):
                await self._keep_snapshot()
                await store.keep_decisions(self._engine, batch)
        except queries.LOST as error:
            word = type(error).__name__
            self._log.warning("decisions not kept", decisions=len(batch), error=word)
            return False
        return True

    async def _keep_snapshot(self) -> None:
        board = self._board
        if board is not None and board.version != self._kept_snapshot:
            await store.keep_snapshot(self._engine, board.version, board.packed, wall_clock())
            self._kept_snapshot = board.version


@dataclass(slots=True)
class HoldBook:
    """Who is on the way, read every two seconds; what it holds at a moment is worked out there."""

    engine: AsyncEngine
    clock: Clock = wall_clock
    goings: list[Going] = field(default_factory=list)

    def now(self, moment: datetime) -> Mapping[str, float]:
        """Beds held by hospital."""
        return holds(self.goings, moment) if self.goings else NO_HOLDS

    async def read(self) -> None:
        """Look who is on the way."""
        self.goings = await store.goings(self.engine, self.clock())

    async def follow(self) -> None:
        """Keep looking; while the database is away the last look stays and decays. Never
        returns."""
        while True:
            try:
                await self.read()
            except queries.LOST as error:
                word = type(error).__name__
                logs.logger("matching.keeping").debug("holds not read", error=word)
            await asyncio.sleep(HOLDS_EVERY_S)


async def forget(engine: AsyncEngine, clock: Clock = wall_clock) -> None:
    """Blank and drop what is old, every minute; never returns."""
    log = logs.logger("matching.keeping")
    while True:
        try:
            gone = await store.forget(engine, clock())
            if any(gone.values()):
                log.info("forgotten", **gone)
        except queries.LOST as error:
            log.warning("nothing forgotten", error=type(error).__name__)
        await asyncio.sleep(FORGET_EVERY_S)
