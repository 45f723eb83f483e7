"""The model beside the rules: it reads the same texts, and only its agreement is kept.

Nobody waits for it. What is asked while enough runs is dropped, and counted.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from services.triage import domain
from services.triage.engines.chain import Chain, Extracted
from services.triage.engines.metrics import Metrics
from services.triage.engines.output import ModelOutput
from shared import logs

AT_ONCE = 2
REMEMBERED = 500
FIELDS = ("age", "gender", "is_self", "symptoms", "negated")

_log = logs.logger("engines")


def agreements(rules: domain.Extraction, model: ModelOutput) -> dict[str, bool]:
    """Whether both say the same, field by field; nothing of what they say."""
    patient = rules.patient
    return {
        "age": patient.age_years == model.age,
        "gender": patient.gender == model.gender,
        "is_self": patient.is_self == model.is_self,
        "symptoms": {symptom.code for symptom in rules.symptoms} == set(model.symptoms),
        "negated": set(rules.negated) == set(model.negated),
    }


@dataclass(slots=True)
class Shadow:
    """`within_s` bounds one reading. Texts live no longer than their reading."""

    chain: Chain
    metrics: Metrics
    within_s: float
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _recent: dict[str, deque[dict[str, bool]]] = field(default_factory=dict)

    def offer(self, text: str, rules: domain.Extraction) -> None:
        """Read the text aside, where there is room and an engine; returns at once."""
        if not text.strip():
            return
        if not self.chain.is_ready:
            self.metrics.shadow.labels("no_engine").inc()
        elif len(self._running) >= AT_ONCE:
            self.metrics.shadow.labels("dropped").inc()
        else:
            task = asyncio.create_task(self._read(text, rules), name="shadow")
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def agreement(self, engine: str) -> dict[str, float]:
        """The share of an engine's recent texts on which both agreed, by field; empty before the
        first."""
        recent = self._recent.get(engine)
        if not recent:
            return {}
        return {name: round(sum(told[name] for told in recent) / len(recent), 3) for name in FIELDS}

    async def settle(self) -> None:
        """Wait until nothing runs any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self) -> None:
        """End what runs."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _read(self, text: str, rules: domain.Extraction) -> None:
        try:
            read = await self.chain.extract(text, within_s=self.within_s)
        except Exception as error:  # noqa: BLE001 - a shadow may fail in any way and harm nobody
            self.metrics.shadow.labels("error").inc()
            _log.error("shadow reading failed", error=type(error).__name__)
            return
        if not isinstance(read, Extracted):
            self.metrics.shadow.labels("failed").inc()
            return
        told = agreements(rules, read.output)
        self._recent.setdefault(read.engine, deque(maxlen=REMEMBERED)).append(told)
        self.metrics.shadow.labels("read").inc()
        for name, agreed in told.items():
            self.metrics.agreement.labels(name, "agree" if agreed else "differ").inc()
