"""One engine of the chain: where it is, how it is, what it has done lately."""

import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from services.triage.domain.circuit import Circuit, hedge_delay
from services.triage.engines.client import Address, Ask, Completion, EngineFailed, LlamaClient
from services.triage.engines.prompts import Template
from shared import logs

State = Literal["ready", "building", "cooling", "down", "off"]

SICK = frozenset({"unreachable", "loading", "refused", "failed", "malformed", "grammar_ignored"})
"""Reasons that tell something about the engine, and not only about this one answer."""
STRIKES = 3
"""So many late answers in a row, and it cools down: one may have been a long text."""
DOWN_AFTER = 4
"""Failures in a row after which it is called down and no longer cooling."""
RECENT = 64
HEDGE_LEAST_S = 0.15
CANARY = Ask(
    prompt="Say hello in one short sentence, in plain words:",
    grammar='root ::= "{\\"canary\\":" ("7" | "8") "}"',
    n_predict=24,
)
CANARY_ANSWERS = frozenset({'{"canary":7}', '{"canary":8}'})

_log = logs.logger("engines")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: of one answer, of a canary, and the longest wait before the next engine is asked."""

    answer_s: float = 3.0
    canary_s: float = 30.0
    hedge_s: float = 1.0


@dataclass(slots=True)
class Tally:
    """What an engine did since the start."""

    answers: int = 0
    fallbacks: Counter[str] = field(default_factory=Counter)
    tokens_read: int = 0
    tokens_kept: int = 0
    tokens_written: int = 0

    def answered(self, completion: Completion) -> None:
        self.answers += 1
        self.tokens_kept += completion.timings.cache_n
        self.tokens_read += completion.tokens_read
        self.tokens_written += completion.tokens_predicted


@dataclass(slots=True)
class Endpoint:
    """`locate` tells the address of now, or None; `absent` says why there is none. `named` is what
    the model is called where its own word, the name of a file, tells nothing."""

    name: str
    locate: Callable[[], Address | None]
    template: Template
    limits: Limits
    client: LlamaClient
    absent: Callable[[], State] = lambda: "off"
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    named: str | None = None
    model: str | None = None
    last_reason: str | None = None
    tally: Tally = field(default_factory=Tally)
    _circuit: Circuit = field(default_factory=Circuit)
    _proven: Address | None = None
    _seen: Address | None = None
    _strikes: int = 0
    _answered: float = -math.inf
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    @property
    def state(self) -> State:
        address = self.locate()
        if address is None:
            return self.absent()
        if self._proven == address:
            return "ready"
        if address != self._seen or self.last_reason in (None, "loading"):
            return "building"
        return "down" if self._circuit.failures >= DOWN_AFTER else "cooling"

    @property
    def is_ready(self) -> bool:
        address = self._proven
        return address is not None and address == self.locate()

    @property
    def recent_s(self) -> list[float]:
        """Seconds of the last answers."""
        return list(self._recent)

    @property
    def hedge_s(self) -> float:
        return hedge_delay(self._recent, least=HEDGE_LEAST_S, most=self.limits.hedge_s)

    async def complete(self, ask: Ask, *, within_s: float) -> Completion:
        """An answer; raises EngineFailed, after which a sick engine is left alone for a while."""
        address = self._proven
        if address is None or address != self.locate():
            raise EngineFailed("no_address")
        began = self.clock()
        try:
            answer = await self.client.complete(
                address, ask, within_s=min(within_s, self.limits.answer_s)
            )
        except EngineFailed as failure:
            if self._proven == address:  # what a former server did is not the fault of this one
                self.note_failure(failure.reason, since=began)
            raise
        self._answered = self.clock()
        self._recent.append(self._answered - began)
        self._strikes = 0
        return answer

    def note_failure(self, reason: str, *, since: float) -> None:
        """A sick engine cools down, and has to prove itself before it is asked again. `since` is
        when it was asked, on its clock."""
        if reason == "late":
            self.note_late(since)
        elif reason in SICK:
            self._lose(reason)

    def note_late(self, since: float) -> None:
        """It did not answer in time, or the next engine overtook it. One that answered somebody
        else meanwhile is busy and not sick."""
        if self._answered > since:
            return
        self._strikes += 1
        if self._strikes >= STRIKES:
            self._lose("late")

    def _lose(self, reason: str) -> None:
        if self._proven is not None:
            _log.warning("engine lost", engine=self.name, reason=reason)
        self._strikes = 0
        self.last_reason = reason
        self._proven = None
        self._circuit = self._circuit.failed(self.clock(), chance=self.chance())

    async def watch(self) -> None:
        """Look after it once: is a ready one well, may a cooling one return?"""
        address = self.locate()
        if address != self._seen:
            # Another server: what the former one did is not its fault.
            self._seen, self._proven, self.last_reason = address, None, None
            self._circuit, self._strikes = Circuit(), 0
        if address is None:
            return
        if self._proven == address:
            await self._check(address)
        elif self._circuit.may_probe(self.clock()):
            await self._probe(address)

    async def _check(self, address: Address) -> None:
        try:
            await self.client.healthy(address)
        except EngineFailed as failure:
            self.note_failure(failure.reason, since=self.clock())

    async def _probe(self, address: Address) -> None:
        """Half open: health, then a canary that the grammar really binds."""
        try:
            await self.client.healthy(address)
            answer = await self.client.complete(address, CANARY, within_s=self.limits.canary_s)
            if answer.content not in CANARY_ANSWERS:
                raise EngineFailed("grammar_ignored")
        except EngineFailed as failure:
            self._not_yet(failure.reason)
            return
        _log.info("engine ready", engine=self.name)
        self.model = self.named or answer.model_name
        self.last_reason = None
        self._circuit = self._circuit.returned(self.clock())
        self._recent.clear()
        self._proven = address

    def _not_yet(self, reason: str) -> None:
        if reason != self.last_reason:
            _log.info("engine not ready", engine=self.name, reason=reason)
        self.last_reason = reason
        if reason not in ("busy", "loading"):
            self._circuit = self._circuit.failed(self.clock(), chance=self.chance())
