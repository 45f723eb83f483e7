"""What callers feel when an engine fails under them: eight at once, real llama.cpp servers."""

import asyncio
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry

from services.cli.bench.faults import Gpu, Proxy, proxied
from services.cli.bench.latency import percentile
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.workers import TEXTS, Model, model_of
from services.cli.serving import say
from services.triage.engines.chain import Chain, Extracted
from services.triage.engines.client import Address, LlamaClient
from services.triage.engines.endpoint import Endpoint, Limits
from services.triage.engines.metrics import Metrics
from services.triage.engines.supervisor import Plan, Supervisor
from services.triage.knowledge import load_knowledge

CALLERS = 8
WITHIN_S = 3.3
BACK_S = 60.0
ON_ITS_WAY_S = 0.05
CONTEXT = 8192
Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """`ended` on the monotonic clock; `engine` is rules where no model answered."""

    ended: float
    took: float
    engine: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault. Times are seconds; None is never seen within the time of the measure."""

    fault: str
    answers: int
    failed: int
    calm_p50: float
    broken_p50: float
    broken_max: float
    next_engine: str
    to_next: float | None
    back: float | None

    @property
    def added_p50(self) -> float:
        return self.broken_p50 - self.calm_p50


@dataclass
class House:
    """The GPU server, a proxy before it, the local worker, and the chain above both."""

    gpu: Gpu
    proxy: Proxy
    supervisor: Supervisor
    first: Endpoint
    second: Endpoint
    chain: Chain
    through: Address
    address: Address | None = None
    answers: list[Answer] = field(default_factory=list)
    failed: int = 0

    def worker_signal(self, number: signal.Signals) -> None:
        if self.supervisor.pid is not None:
            os.kill(self.supervisor.pid, number)


def bench(wanted: Wanted) -> Report:
    """Every fault in turn; a model that answers eight callers within the deadline is needed."""
    model = model_of(wanted.model, wanted.state)
    outcomes = asyncio.run(measure(model, calm_s=min(wanted.seconds / 8, 5)))
    return report(outcomes)


async def measure(model: Model, *, calm_s: float) -> list[Outcome]:
    """The table's rows; each fault lasts twice as long as the calm before it."""
    async with house(model) as built:
        return [await _one(built, *fault, calm_s=calm_s) for fault in _faults(built)]


def report(outcomes: Sequence[Outcome]) -> Report:
    """The table of fail-over."""
    heads = [
        "fault", "answers", "failed", "calm p50 s", "added p50 s", "max s", "next engine",
        "to next s", "back s",
    ]  # fmt: skip
    rows = [
        [
            o.fault, str(o.answers), str(o.failed), number(o.calm_p50), number(o.added_p50),
            number(o.broken_max), o.next_engine,
            "-" if o.to_next is None else number(o.to_next),
            "-" if o.back is None else number(o.back),
        ]
        for o in outcomes
    ]  # fmt: skip
    title = f"Fail-over, {CALLERS} callers at once"
    return Report([table(title, heads, rows)], {"faults": [asdict(o) for o in outcomes]})


@asynccontextmanager
async def house(model: Model) -> AsyncIterator[House]:
    """Both engines ready, the chain watched."""
    key, knowledge = secrets.token_urlsafe(24), load_knowledge()
    gpu = Gpu(model.path, CONTEXT, key)
    async with AsyncExitStack() as stack:
        client = LlamaClient(await stack.enter_async_context(httpx.AsyncHTTPTransport()))
        await gpu.start()
        stack.push_async_callback(gpu.kill)
        proxy = Proxy(gpu.address.url)
        through = await stack.enter_async_context(proxied(proxy))
        supervisor = Supervisor(_plan(model), client)
        limits = Limits(answer_s=WITHIN_S, canary_s=5)
        first = Endpoint("gpu", lambda: None, model.template, limits, client)
        second = Endpoint("cpu", supervisor.locate, model.template, limits, client)
        metrics = Metrics.register(CollectorRegistry())
        codes = knowledge.ontology
        chain = Chain([first, second], grammar=model.grammar, codes=codes, metrics=metrics)
        way = Address(through, key)
        built = House(gpu, proxy, supervisor, first, second, chain, way, way)
        first.locate = lambda: built.address
        supervisor.is_sick = lambda: second.state == "down"
        for work in (chain.watch(), supervisor.run()):
            task = asyncio.create_task(work)
            stack.push_async_callback(_ended, task)
        yield built


def _plan(model: Model) -> Plan:
    folder = Path(model.folder)
    return Plan(f"file:{model.path}", None, "native", folder, threads=1, context=CONTEXT)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _faults(built: House) -> list[tuple[str, str, Act, Act]]:
    """Name, the engine that is mended in the end, how it breaks, how it is mended."""
    direct = built.gpu.address

    async def moved(address: Address | None) -> None:
        built.address = address

    async def mood(name: str) -> None:
        built.proxy.mood = name  # type: ignore[assignment]

    async def stopped() -> None:
        built.gpu.signal(signal.SIGSTOP)

    async def continued() -> None:
        built.gpu.signal(signal.SIGCONT)

    async def worker_killed() -> None:
        built.address = None
        built.worker_signal(signal.SIGKILL)

    async def worker_stopped() -> None:
        built.address = None
        built.worker_signal(signal.SIGSTOP)

    async def both() -> None:
        await built.gpu.kill()
        built.worker_signal(signal.SIGSTOP)

    async def nothing() -> None:
        """The supervisor mends it."""

    async def back() -> None:
        built.address = built.through

    closed = Address("http://127.0.0.1:9", direct.key)
    return [
        ("GPU port closed", "gpu", lambda: moved(closed), back),
        ("GPU killed mid-generation", "gpu", built.gpu.kill, built.gpu.start),
        ("GPU hanging", "gpu", stopped, continued),
        ("GPU slow", "gpu", lambda: mood("slow"), lambda: mood("well")),
        ("GPU answers garbage", "gpu", lambda: mood("garbage"), lambda: mood("well")),
        ("GPU ignores the grammar", "gpu", lambda: mood("free"), lambda: mood("well")),
        ("worker killed, no GPU", "cpu", worker_killed, nothing),
        ("worker hanging, no GPU", "cpu", worker_stopped, nothing),
        ("both gone", "gpu", both, built.gpu.start),
    ]


async def _one(
    built: House, fault: str, mended: str, broken: Act, mend: Act, *, calm_s: float
) -> Outcome:
    say(fault)
    await _until(lambda: built.second.is_ready)
    if mended == "cpu":
        built.address = None  # the worker is all there is
    else:
        # A later epoch is another server: what the fault before did to its pauses is forgotten.
        through, epoch = built.through, int(time.monotonic() * 1000)
        built.address = Address(through.url, through.key, epoch)
        await _until(lambda: built.first.is_ready)
    built.answers, built.failed = [], 0
    over = asyncio.Event()
    callers = [asyncio.create_task(_caller(built, place, over)) for place in range(CALLERS)]
    await asyncio.sleep(calm_s)
    broke = time.monotonic()
    await broken()
    await asyncio.sleep(2 * calm_s)
    mending = time.monotonic()
    await mend()
    # The worker is mended by its supervisor, so its time runs from the fault itself; an answer that
    # was on its way at that moment is none of the new worker's.
    since = broke + ON_ITS_WAY_S if mended == "cpu" else mending
    back = await _first(built, lambda a: a.engine == mended and a.ended > since)
    over.set()
    await asyncio.gather(*callers)
    returned = None if back is None else back - since
    return _outcome(built, fault, mended, broke, mending, returned)


def _outcome(
    built: House, fault: str, mended: str, broke: float, mending: float, back: float | None
) -> Outcome:
    calm = [a.took for a in built.answers if a.ended < broke]
    during = [a for a in built.answers if broke <= a.ended < mending]
    others = [a for a in during if a.engine != mended]
    took = [a.took for a in during] or [0.0]
    return Outcome(
        fault,
        len(built.answers),
        built.failed,
        percentile(calm or [0.0], 0.5),
        percentile(took, 0.5),
        max(took),
        others[0].engine if others else "-",
        others[0].ended - broke if others else None,
        back,
    )


async def _caller(built: House, place: int, over: asyncio.Event) -> None:
    turn = place
    while not over.is_set():
        began = time.monotonic()
        try:
            found = await built.chain.extract(TEXTS[turn % len(TEXTS)], within_s=WITHIN_S)
        except Exception:  # noqa: BLE001 - whatever a caller would see as an error is counted
            built.failed += 1
            continue
        ended = time.monotonic()
        engine = found.engine if isinstance(found, Extracted) else "rules"
        built.answers.append(Answer(ended, ended - began, engine))
        turn += 1
        # Rules alone answer at once; a caller asks again no faster than people do.
        await asyncio.sleep(0.02)


async def _first(built: House, holds: Callable[[Answer], bool]) -> float | None:
    give_up = time.monotonic() + BACK_S
    while time.monotonic() < give_up:
        found = next((a for a in built.answers if holds(a)), None)
        if found is not None:
            return found.ended
        await asyncio.sleep(0.02)
    return None


async def _until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + BACK_S
    while not holds() and time.monotonic() < give_up:  # noqa: ASYNC110 - engines have no event
        await asyncio.sleep(0.02)
