"""The engines that fail-over is measured on, and every way in which they break."""

import asyncio
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry

from services.cli.bench.faults import Gpu, Proxy, proxied
from services.cli.bench.workers import Model
from services.triage.engines.chain import Chain
from services.triage.engines.client import Address, Ask, Completion, LlamaClient
from services.triage.engines.endpoint import Endpoint, Limits
from services.triage.engines.metrics import Metrics
from services.triage.engines.supervisor import Plan, Supervisor
from services.triage.knowledge import load_knowledge

WITHIN_S = 3.3
CONTEXT = 8192
Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """`ended` on the monotonic clock; `engine` is rules where no model answered."""

    ended: float
    took: float
    engine: str


@dataclass(slots=True)
class Noted(Endpoint):
    """An engine that notes when what it answered was asked and answered, on the monotonic clock."""

    spans: list[tuple[float, float]] = field(default_factory=list)

    async def complete(self, ask: Ask, *, within_s: float) -> Completion:
        asked = time.monotonic()
        answer = await super(Noted, self).complete(ask, within_s=within_s)
        self.spans.append((asked, time.monotonic()))
        return answer


@dataclass
class House:
    """The GPU server, a proxy before it, the local worker, and the chain above both."""

    gpu: Gpu
    proxy: Proxy
    supervisor: Supervisor
    first: Endpoint
    second: Noted
    chain: Chain
    through: Address
    address: Address | None = None
    answers: list[Answer] = field(default_factory=list)
    failed: int = 0

    def worker_signal(self, number: signal.Signals) -> None:
        if self.supervisor.pid is not None:
            os.kill(self.supervisor.pid, number)


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
        second = Noted("cpu", supervisor.locate, model.template, limits, client)
        metrics = Metrics.register(CollectorRegistry())
        codes = knowledge.ontology
        chain = Chain([first, second], codes=codes, metrics=metrics)
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


def faults(built: House) -> list[tuple[str, str, Act, Act]]:
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
