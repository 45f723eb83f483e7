"""The gateway: the public face."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from services.gateway import auth_routes, chat_routes, clients, routes
from services.gateway.contract import described
from services.gateway.demo import page as demo
from services.gateway.events import routes as events
from services.gateway.events.reader import Reader
from services.gateway.events.streams import Streams
from services.gateway.events.subscriptions import Subscriptions
from services.gateway.flow import Flow
from services.gateway.headers import SafeHeaders
from services.gateway.limits import Limits
from services.gateway.page import routes as page
from services.gateway.revocations import Revocations
from services.gateway.settings import Settings
from services.gateway.state import State
from services.gateway.tokens import TokenReader
from shared import app as shared_app
from shared import background, cache
from shared.contracts.sync import SnapshotKeys

VERSION = "1.5.0"
# A service closes a connection that was idle for five seconds: ours have to go before that, or a
# request is sent on one that is just being closed and comes back as a dead peer.
CONNECTIONS = httpx.Limits(max_connections=200, max_keepalive_connections=100, keepalive_expiry=3.0)
SNAPSHOT_POLL_S = 5.0
COMPRESS_FROM_BYTES = 1024
SENT_BY_CLIENTS = [
    "Authorization",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "X-API-Key",
    "traceparent",
]
READ_BY_CLIENTS = ["ETag", "Retry-After", "traceparent", "X-ER-Simulated"]


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        redis = cache.connect(settings.redis_url.get_secret_value())
        streams = Streams(app.state.registry, at_most=settings.streams)
        app.state.before_stop.append(streams.end)
        reader = Reader(
            redis, SnapshotKeys(dataset=settings.dataset), streams, poll_s=SNAPSHOT_POLL_S
        )
        try:
            await cache.require(redis)
            async with (
                clients.PoolPerService(CONNECTIONS) as transport,
                background.running(app, "events", reader.follow()),
            ):
                state = _state(settings, transport, redis, streams)
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
            events.router,
            auth_routes.router,
            auth_routes.checking,
            *([demo.router] if settings.simulated else []),
        ],
        metrics_port=settings.inner_port,
        forms=frozenset({"/"}),
    )
    page.install(app, settings)
    app.openapi = described(app.openapi)  # type: ignore[method-assign]
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES, compresslevel=5)
    app.add_middleware(SafeHeaders)
    if settings.cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=SENT_BY_CLIENTS,
            expose_headers=READ_BY_CLIENTS,
            max_age=3600,
        )
    return app


def _state(
    settings: Settings, transport: httpx.AsyncBaseTransport, redis: Redis, streams: Streams
) -> State:
    peers = clients.connect(settings, transport)
    return State(
        peers=peers,
        flow=Flow(peers),
        limits=Limits(settings),
        tokens=TokenReader(peers.auth, issuer=settings.issuer, max_age_s=settings.jwks_max_age_s),
        revocations=Revocations(redis, dataset=settings.dataset),
        streams=streams,
        subscriptions=Subscriptions(redis, dataset=settings.dataset),
        trusted_proxies=settings.trusted_proxies,
        simulated=settings.simulated,
        public_url=settings.public_url,
    )
