"""The chain of engines: the best that is ready, the next one when it fails or is slow."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.engines.client import Ask, Completion, EngineFailed
from services.triage.engines.endpoint import Endpoint
from services.triage.engines.metrics import Metrics
from services.triage.engines.output import ModelOutput, UnreadableOutput, read_output

TOKEN_LIMIT = 320
WATCH_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an engine read in a text; `reasons` tell why not those before it."""

    output: ModelOutput
    engine: str
    model: str | None
    completion: Completion
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotExtracted:
    """No engine answered; `reasons` by engine, empty where none was ready."""

    reasons: Mapping[str, str]


class Chain:
    """Engines in their order. What is asked has an end: no call outlives its deadline."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        codes: Collection[str],
        metrics: Metrics,
        wants_chances: bool = False,
    ) -> None:
        self.endpoints = tuple(endpoints)
        self._codes = frozenset(codes)
        self._metrics = metrics
        self._n_probs = int(wants_chances)

    @property
    def is_ready(self) -> bool:
        return any(endpoint.is_ready for endpoint in self.endpoints)

    async def extract(
        self, text: str, *, within_s: float, temperature: float = 0.0
    ) -> Extracted | NotExtracted:
        """What the first engine that answers well reads in the text. Where all are much slower than
        they lately were, they are given up before the deadline."""
        race = _Race([e for e in self.endpoints if e.is_ready])
        try:
            async with asyncio.timeout(within_s):
                return await self._run(race, text, temperature, within_s)
        except TimeoutError:
            race.given_up()
            for endpoint in race.running.values():
                self._note_fallback(race, endpoint, "late")
            return NotExtracted(race.reasons)
        finally:
            await race.stop()

    async def watch(self) -> None:
        """Look after every engine for ever."""
        await asyncio.gather(*(self._watch(endpoint) for endpoint in self.endpoints))

    async def _watch(self, endpoint: Endpoint) -> None:
        while True:
            await endpoint.watch()
            self._metrics.ready.labels(endpoint.name).set(endpoint.is_ready)
            await asyncio.sleep(WATCH_EVERY_S)

    async def _run(
        self, race: "_Race", text: str, temperature: float, within_s: float
    ) -> Extracted | NotExtracted:
        while race.waiting or race.running:
            if race.waiting:
                endpoint = race.waiting.pop(0)
                ask = self._ask(endpoint, text, temperature)
                race.start(endpoint, self._answer(endpoint, ask, within_s, race.reasons))
            done, _ = await asyncio.wait(
                race.running, timeout=race.wait_s, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                if not race.waiting:
                    raise TimeoutError
                self._metrics.hedges.inc()
            for task in done:
                endpoint = race.running.pop(task)
                try:
                    found = task.result()
                except EngineFailed as failure:
                    self._note_fallback(race, endpoint, failure.reason)
                    continue
                race.overtaken_by(endpoint)
                return found
        return NotExtracted(race.reasons)

    def _note_fallback(self, race: "_Race", endpoint: Endpoint, reason: str) -> None:
        race.reasons[endpoint.name] = reason
        endpoint.tally.fallbacks[reason] += 1
        self._metrics.fallbacks.labels(endpoint.name, reason).inc()

    async def _answer(
        self, endpoint: Endpoint, ask: Ask, within_s: float, reasons: Mapping[str, str]
    ) -> Extracted:
        completion = await endpoint.complete(ask, within_s=within_s)
        try:
            output = read_output(completion.content, self._codes)
        except UnreadableOutput:
            endpoint.note_failure("grammar_ignored", since=endpoint.clock())
            raise EngineFailed("grammar_ignored") from None
        endpoint.tally.answered(completion)
        self._metrics.answered(endpoint.name, completion)
        return Extracted(output, endpoint.name, endpoint.model, completion, reasons)

    def _ask(self, endpoint: Endpoint, text: str, temperature: float) -> Ask:
        made = endpoint.template
        prompt = made.prompt(text)
        return Ask(prompt, made.grammar, TOKEN_LIMIT, temperature, made.stop, self._n_probs)


class _Race:
    """The engines of one question: those that run, in their order, and those that wait."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.waiting = endpoints
        self.running: dict[asyncio.Task[Extracted], Endpoint] = {}
        self.reasons: dict[str, str] = {}
        self.asked: dict[str, float] = {}

    @property
    def wait_s(self) -> float | None:
        """How long the newest runner is waited for: until the next one is asked too, or, behind
        the last one, until the rules go on alone. None is as long as the deadline allows."""
        newest = next(reversed(self.running.values()), None)
        if newest is None:
            return None
        return newest.hedge_s if self.waiting else newest.patience_s

    def start(self, endpoint: Endpoint, answer: Coroutine[Any, Any, Extracted]) -> None:
        self.asked[endpoint.name] = endpoint.clock()
        self.running[asyncio.create_task(answer)] = endpoint

    def overtaken_by(self, winner: Endpoint) -> None:
        """Those that were asked before the winner were too slow; those behind it lost nothing."""
        for endpoint in self.running.values():
            if self.asked[endpoint.name] < self.asked[winner.name]:
                endpoint.note_late(self.asked[endpoint.name])

    def given_up(self) -> None:
        """Those that had their time were too slow; one that was asked a moment ago was not."""
        for endpoint in self.running.values():
            if endpoint.clock() - self.asked[endpoint.name] >= endpoint.hedge_s:
                endpoint.note_late(self.asked[endpoint.name])

    async def stop(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
