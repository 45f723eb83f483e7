"""Puts the engines together from the settings, and keeps them running."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from services.triage import domain
from services.triage.domain.merging import merged
from services.triage.engines.chain import Chain, Extracted
from services.triage.engines.client import LlamaClient
from services.triage.engines.endpoint import Endpoint, Limits
from services.triage.engines.gpu import GpuAddress, redis_key
from services.triage.engines.metrics import Metrics
from services.triage.engines.prompts import FAMILIES, Template, family_of, template
from services.triage.engines.shadow import Shadow
from services.triage.engines.supervisor import Plan, Supervisor
from services.triage.engines.sureness import reading_of
from services.triage.knowledge import Knowledge
from services.triage.settings import Settings
from shared import background, logs

RULES = "rules"
DEGRADED = {"gpu": "gpu", "cpu": "cpu_model"}
"""What an answer calls a configured engine that was tried and failed."""
CONNECTIONS = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=2.0)
"""Idle ones are left before llama.cpp and uvicorn close them, which they do after five seconds: a
text sent into a closing connection would look like a dead engine."""


@dataclass(frozen=True, slots=True)
class Understood:
    """An extraction, and the best engine whose word is in it."""

    extraction: domain.Extraction
    engine: str = RULES
    model: str | None = None
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Engines:
    """The models above the rules. In shadow nothing of what they say reaches an answer."""

    chain: Chain
    shadow: Shadow
    supervisor: Supervisor | None
    knowledge: Knowledge
    settings: Settings

    async def understand(
        self, text: str, found: domain.Extraction, *, within_s: float
    ) -> Understood:
        """What the rules found, with what a model may add where its role is to merge."""
        if self.settings.model_role == "shadow":
            self.shadow.offer(text, found)
            return Understood(found)
        if not text.strip() or not self.chain.endpoints:
            return Understood(found)
        try:
            read = await self.chain.extract(text, within_s=within_s)
        except Exception as error:  # noqa: BLE001 - whatever a model does, the rules answer
            logs.logger("engines").error("model failed", error=type(error).__name__)
            return Understood(found)
        degraded = tuple(sorted(DEGRADED[name] for name in read.reasons))
        if not isinstance(read, Extracted):
            return Understood(found, degraded=degraded)
        joined = merged(
            found, reading_of(read.output, read.completion), text, knowledge=self.knowledge
        )
        if joined == found:
            return Understood(found, degraded=degraded)
        return Understood(joined, read.engine, read.model, degraded)


@asynccontextmanager
async def running(
    app: FastAPI, settings: Settings, knowledge: Knowledge, redis: Redis
) -> AsyncIterator[Engines]:
    """The engines of an application: they come up beside it, and nobody waits for them."""
    async with AsyncExitStack() as stack:
        transport = await stack.enter_async_context(httpx.AsyncHTTPTransport(limits=CONNECTIONS))
        client = LlamaClient(transport)
        gpu = GpuAddress(settings.gpu_url or "", settings.gpu_key.get_secret_value())
        supervisor = _supervisor(settings, client) if "cpu" in settings.engines else None
        endpoints = _endpoints(settings, knowledge, client, gpu, supervisor)
        registry: CollectorRegistry = app.state.registry
        metrics = Metrics.register(registry)
        merges = settings.model_role == "merge"
        chain = Chain(endpoints, codes=knowledge.ontology, metrics=metrics, wants_chances=merges)
        shadow = Shadow(chain, metrics, settings.deadline_ms / 1000)
        stack.push_async_callback(shadow.stop)
        if endpoints:
            work = background.running(app, "watch engines", chain.watch())
            await stack.enter_async_context(work)
        if supervisor is not None:
            work = background.running(app, "local worker", supervisor.run())
            await stack.enter_async_context(work)
        if "gpu" in settings.engines:
            follow = gpu.follow(redis, redis_key(settings.dataset))
            await stack.enter_async_context(background.running(app, "follow gpu", follow))
        yield Engines(chain, shadow, supervisor, knowledge, settings)


def _supervisor(settings: Settings, client: LlamaClient) -> Supervisor:
    plan = Plan(
        model=settings.model,
        adapter=settings.local_adapter,
        backend=settings.cpu_backend,
        folder=settings.model_dir.absolute(),
        threads=settings.cpu_threads,
        context=settings.context_tokens,
    )
    return Supervisor(plan, client)


def _endpoints(
    settings: Settings,
    knowledge: Knowledge,
    client: LlamaClient,
    gpu: GpuAddress,
    supervisor: Supervisor | None,
) -> Sequence[Endpoint]:
    # Of an adapter that was named, the GPU server is expected to carry it too.
    made = _template(settings, knowledge, tuned=settings.has_outside_adapter)
    limits = Limits(answer_s=settings.deadline_ms / 1000)
    known = {"gpu": Endpoint("gpu", gpu.locate, made, limits, client)}
    if supervisor is not None:
        cpu = Endpoint("cpu", supervisor.locate, made, limits, client)
        cpu.absent = lambda: supervisor.state
        cpu.named = settings.model.split("#")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        supervisor.tuned = partial(_take, cpu, _template(settings, knowledge, tuned=True))
        supervisor.is_sick = lambda: cpu.state == "down" and cpu.last_reason != "loading"
        known["cpu"] = cpu
    wanted = list(dict.fromkeys(settings.engines))
    # What stands behind the rules is never asked: they always answer.
    before = wanted[: wanted.index("rules")] if "rules" in wanted else wanted
    return [known[name] for name in before if name in known]


def _take(endpoint: Endpoint, made: Template) -> None:
    endpoint.template = made


def _template(settings: Settings, knowledge: Knowledge, *, tuned: bool) -> Template:
    told, _, kind = settings.prompt.partition("-")
    if told == "auto":
        return template(family_of(settings.model), knowledge.ontology, tuned=tuned)
    family = next(family for family in FAMILIES if family == told)
    return template(family, knowledge.ontology, tuned=tuned or kind == "tuned")
