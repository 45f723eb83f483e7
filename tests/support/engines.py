"""Engines for tests: endpoints at fakes or at real servers, and the chain above them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from prometheus_client import CollectorRegistry

from services.triage.engines.chain import Chain
from services.triage.engines.client import Address, LlamaClient
from services.triage.engines.endpoint import Endpoint, Limits
from services.triage.engines.metrics import Metrics
from services.triage.engines.prompts import Family, template
from services.triage.knowledge import Knowledge, load_knowledge
from tests.support.waiting import until

KNOWLEDGE: Knowledge = load_knowledge()
LIMITS = Limits(answer_s=1.0, canary_s=1.0, hedge_s=0.3)


def endpoint(
    name: str,
    client: LlamaClient,
    address: Address | None,
    *,
    limits: Limits = LIMITS,
    family: Family = "plain",
) -> Endpoint:
    """An engine at a place that does not move."""
    made = template(family, KNOWLEDGE.ontology)
    return Endpoint(name, lambda: address, made, limits, client)


def chain_of(endpoints: Sequence[Endpoint]) -> Chain:
    """A chain with metrics of its own."""
    return Chain(
        endpoints,
        codes=KNOWLEDGE.ontology,
        metrics=Metrics.register(CollectorRegistry()),
    )


@asynccontextmanager
async def llama_client() -> AsyncIterator[LlamaClient]:
    """A client with a transport of its own."""
    async with httpx.AsyncHTTPTransport() as transport:
        yield LlamaClient(transport)


@asynccontextmanager
async def watched(chain: Chain) -> AsyncIterator[Chain]:
    """The chain while it is looked after."""
    task = asyncio.create_task(chain.watch())
    try:
        yield chain
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_ready(engine: Endpoint, *, seconds: float = 30) -> None:
    """Return once the engine may be asked."""

    async def is_ready() -> bool:
        return engine.is_ready

    await until(is_ready, seconds=seconds)
