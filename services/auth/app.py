"""Auth: guests and users, their tokens and sessions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth import errors, operator_routes, routes
from services.auth.erasing import ChatEraser
from services.auth.keyring import Keyring
from services.auth.pending import Pending
from services.auth.providers.login import Logins
from services.auth.providers.outbound import Outbound, outbound
from services.auth.sealing import Sealer
from services.auth.sessions import Sessions
from services.auth.settings import Settings
from services.auth.state import State
from shared import app as shared_app
from shared import cache, db
from shared.background import running
from shared.peer import Peer

VERSION = "1.1.0"
REDIS_S = 0.5


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan. Raises SettingsError."""
    settings.refuse_unsafe()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            engine = db.connect(settings.database_url.get_secret_value(), "auth")
            stack.push_async_callback(engine.dispose)
            redis = cache.connect(settings.redis_url.get_secret_value(), timeout_s=REDIS_S)
            stack.push_async_callback(redis.aclose)
            await db.require(engine, "auth")
            await cache.require(redis)
            transport = await stack.enter_async_context(httpx.AsyncHTTPTransport())
            providers = await stack.enter_async_context(outbound())
            state = _state(settings, engine, redis, transport, providers)
            await state.keyring.reload()
            await stack.enter_async_context(running(app, "keys", state.keyring.follow()))
            await stack.enter_async_context(running(app, "erasures", state.eraser.follow()))
            checks = {"postgres": partial(db.ping, engine), "redis": partial(cache.ping, redis)}
            yield {"auth": state, "checks": checks}

    app = shared_app.build(
        "auth",
        version=VERSION,
        settings=settings,
        lifespan=lifespan,
        routers=[routes.router, operator_routes.router],
    )
    errors.install(app)
    return app


def _state(
    settings: Settings,
    engine: AsyncEngine,
    redis: Redis,
    transport: httpx.AsyncBaseTransport,
    providers: Outbound,
) -> State:
    service_key = settings.service_key.get_secret_value()
    triage = Peer("triage", url=settings.triage_url, key=service_key, transport=transport)
    return State(
        settings=settings,
        engine=engine,
        keyring=Keyring(engine, settings.source(), settings.overlap()),
        sessions=Sessions(redis, dataset=settings.dataset, lives=settings.lives()),
        pending=Pending(redis, dataset=settings.dataset),
        logins=Logins(settings.endpoints(), providers, public_url=settings.public_url),
        sealer=Sealer(settings.data_key.get_secret_value(), "people"),
        eraser=ChatEraser(engine, triage),
    )
