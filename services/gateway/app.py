"""The gateway: the public face."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.middleware.cors import CORSMiddleware

from services.gateway import auth_routes, chat_routes, clients, routes
from services.gateway.demo import page as demo
from services.gateway.flow import Flow
from services.gateway.limits import Limits
from services.gateway.revocations import Revocations
from services.gateway.settings import Settings
from services.gateway.state import State
from services.gateway.tokens import TokenReader
from shared import app as shared_app
from shared import cache

VERSION = "1.4.0"
# A service closes a connection that was idle for five seconds: ours have to go before that, or a
# request is sent on one that is just being closed and comes back as a dead peer.
CONNECTIONS = httpx.Limits(max_connections=200, max_keepalive_connections=100, keepalive_expiry=3.0)


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        redis = cache.connect(settings.redis_url.get_secret_value())
        try:
            await cache.require(redis)
            async with clients.PoolPerService(CONNECTIONS) as transport:
                state = _state(settings, transport, redis)
                yield {"gateway": state, "checks": {"redis": partial(cache.ping, redis)}}
        finally:
            await redis.aclose()

    app = shared_app.build(
        "gateway",
        version=VERSION,
        settings=settings,
        lifespan=lifespan,
        routers=[
            routes.router,
            chat_routes.router,
            auth_routes.router,
            auth_routes.checking,
            *([demo.router] if settings.simulated else []),
        ],
        metrics_port=settings.inner_port,
    )
    if settings.cors:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors, allow_methods=["*"])
    return app


def _state(settings: Settings, transport: httpx.AsyncBaseTransport, redis: Redis) -> State:
    peers = clients.connect(settings, transport)
    return State(
        peers=peers,
        flow=Flow(peers),
        limits=Limits(settings),
        tokens=TokenReader(peers.auth, issuer=settings.issuer, max_age_s=settings.jwks_max_age_s),
        revocations=Revocations(redis, dataset=settings.dataset),
        trusted_proxies=settings.trusted_proxies,
        simulated=settings.simulated,
        public_url=settings.public_url,
    )
