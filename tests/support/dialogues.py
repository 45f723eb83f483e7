"""Sessions on real servers with a clock that the test moves, and chats through the gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache as once
from typing import Any

import httpx
from redis.asyncio import Redis

from services.auth.app import create_app as create_auth
from services.auth.settings import Settings as AuthSettings
from services.gateway.app import create_app as create_gateway
from services.gateway.settings import Settings as GatewaySettings
from services.triage.app import create_app as create_triage
from services.triage.chat.book import Book, load_book
from services.triage.chat.memory import Memory
from services.triage.chat.sealing import Sealer
from services.triage.chat.sessions import Asking, Sessions
from services.triage.knowledge import load_knowledge
from services.triage.settings import Settings as TriageSettings
from shared import cache, db
from tests.support.running import running

KEY = "k" * 32
CHAT_KEY = "c" * 32
DEAD = "http://127.0.0.1:1"
START = datetime(2026, 11, 25, 12, tzinfo=UTC)


@once
def book() -> Book:
    return load_book(load_knowledge())


@dataclass(slots=True)
class Clock:
    """The time that a test says it is."""

    now: datetime = START

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(slots=True)
class Desk:
    """Sessions and whoever asks at them."""

    sessions: Sessions
    redis: Redis
    clock: Clock = field(default_factory=Clock)

    def of(self, owner: str = "guest:me") -> Asking:
        return Asking(owner, self.clock.now, "ko")


@asynccontextmanager
async def desk(database: str, redis_url: str, *, key: str = CHAT_KEY) -> AsyncIterator[Desk]:
    """Sessions on the given servers."""
    engine = db.connect(database, "triage")
    redis = cache.connect(redis_url)
    try:
        yield Desk(Sessions(engine, Memory(redis, dataset="live"), Sealer(key), book()), redis)
    finally:
        await redis.aclose()
        await engine.dispose()


@asynccontextmanager
async def chat_system(
    database: str, redis_url: str, **changed: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Auth, triage and the gateway on sockets, without sync and matching, as a guest sees them."""
    told = {"database_url": database, "redis_url": redis_url, "service_key": KEY}
    auth = AuthSettings.model_validate(told)
    triage = TriageSettings.model_validate(
        {
            "database_url": database,
            "redis_url": redis_url,
            "service_key": KEY,
            "chat_key": CHAT_KEY,
        }
    )
    async with running(create_auth(auth)) as auth_url, running(create_triage(triage)) as triage_url:
        settings = GatewaySettings.model_validate(
            {
                "redis_url": redis_url,
                "service_key": KEY,
                "auth_url": auth_url,
                "triage_url": triage_url,
                "sync_url": DEAD,
                "matching_url": DEAD,
                "limit_address": "off",
                "limit_token": "off",
                "limit_guest": "off",
                **changed,
            }
        )
        async with (
            running(create_gateway(settings)) as url,
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=15) as client,
        ):
            client.headers.update(await guest(client))
            yield client


async def guest(client: httpx.AsyncClient) -> dict[str, str]:
    """Headers of a new guest."""
    token = (await client.post("/v1/auth/guest", json={})).json()["access_token"]
    return {"authorization": f"Bearer {token}"}
