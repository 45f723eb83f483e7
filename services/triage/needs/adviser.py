"""Asks a model for an order within a time, a budget and a breaker; else there simply is none."""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from services.triage.needs.circuit import Circuit
from services.triage.needs.ledger import Ledger
from services.triage.needs.question import Ordering, Question, cache_name, catalogue_text
from services.triage.needs.replies import MOST_TOKENS, ModelFailed, Reply
from shared import logs

if TYPE_CHECKING:
    # The library behind it takes a second to load and is loaded only where there is a key.
    from services.triage.needs.model import Model

REDIS_S = 0.25
BOOKS_S = 0.1
"""For what is written once the answer is there, which waits for it."""
LEAST_S = 0.1
REDIS_LOST = (RedisError, OSError, TimeoutError)
NAME, REDIS = "openai", "redis"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens: so also millionths of a dollar per token."""

    tokens_in: float
    tokens_out: float

    def of(self, tokens_in: int, tokens_out: int) -> int:
        return round(tokens_in * self.tokens_in + tokens_out * self.tokens_out) + 1


@dataclass(frozen=True, slots=True)
class Advised:
    """`ordering` is None where there was no good answer; `degraded` then says which part failed."""

    ordering: Ordering | None
    degraded: tuple[str, ...] = ()


class Adviser:
    """One per process. Its state is the breaker and whether the last call failed."""

    def __init__(self, model: "Model", ledger: Ledger, *, price: Price, key: bytes) -> None:
        self._model = model
        self._ledger = ledger
        self._price = price
        self._key = key
        self._catalogue = catalogue_text(model.fields)
        self._circuit = Circuit(failures=5, open_s=30, clock=monotonic)
        self._failing = False

    async def advise(self, question: Question, *, within_s: float) -> Advised:
        """A good answer of today or a new one, in `within_s` seconds at most; never raises."""
        if within_s < LEAST_S:
            return Advised(None, (NAME,))
        until = monotonic() + within_s
        name = cache_name(
            question, key=self._key, model=self._model.name, catalogue=self._catalogue
        )
        booked = self._price.of(self._model.most_tokens_in(question), MOST_TOKENS)
        try:
            async with asyncio.timeout(min(REDIS_S, within_s)):
                kept = await self._ledger.recall(name)
                if kept is not None:
                    return Advised(kept)
                if not self._circuit.admits():
                    return Advised(None, (NAME,))
                if not await self._ledger.reserve(booked):
                    self._tell("the daily budget is spent")
                    return Advised(None, (NAME,))
        except REDIS_LOST:
            # Without Redis nothing would stop the spending, so nothing is spent.
            return Advised(None, (NAME, REDIS))
        return await self._asked(question, name, booked, until)

    async def _asked(self, question: Question, name: str, booked: int, until: float) -> Advised:
        try:
            async with asyncio.timeout(until - monotonic()):
                reply = await self._twice(question, until)
        except (ModelFailed, TimeoutError) as error:
            failed = error if isinstance(error, ModelFailed) else ModelFailed("late")
            self._circuit.failed()
            self._tell(str(failed))
            if failed.unbilled:
                await self._booked(-booked)
            return Advised(None, (NAME,))
        self._circuit.succeeded()
        self._tell(None)
        await self._booked(self._cost(reply, booked) - booked, name, reply.ordering)
        return Advised(reply.ordering)

    async def _twice(self, question: Question, until: float) -> Reply:
        """One retry at most, and only where it can help and the time allows it."""
        try:
            return await self._model.order(question, within_s=until - monotonic())
        except ModelFailed as error:
            if error.wait_s is None:
                raise
            await asyncio.sleep(error.wait_s)
        return await self._model.order(question, within_s=until - monotonic())

    async def _booked(
        self, difference: int, name: str = "", ordering: Ordering | None = None
    ) -> None:
        """The books and the memory; an answer does not fail for them."""
        try:
            async with asyncio.timeout(BOOKS_S):
                await self._ledger.correct(difference)
                if ordering is not None:
                    await self._ledger.keep(name, ordering)
        except REDIS_LOST:
            logs.logger("triage.openai").warning("redis is lost, an answer is not kept")

    def _cost(self, reply: Reply, booked: int) -> int:
        if reply.tokens_in is None or reply.tokens_out is None:
            return booked
        return self._price.of(reply.tokens_in, reply.tokens_out)

    def _tell(self, reason: str | None) -> None:
        """Once when it begins to fail and once when it is back; a reason is a class or a word."""
        failing = reason is not None
        if failing and not self._failing:
            logs.logger("triage.openai").warning("openai fails, the table answers", reason=reason)
        elif self._failing and not failing:
            logs.logger("triage.openai").info("openai is back")
        self._failing = failing
