"""Sync: reads the national feed, keeps its state and history, publishes the snapshot."""

import random
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI

from services.sync import errors, routes, store
from services.sync.coordinator import Chance, Coordinator
from services.sync.metrics import Metrics
from services.sync.settings import Settings
from services.sync.source import Source
from services.sync.state import Service
from shared import app as shared_app
from shared import background, cache, db, logs
from shared.contracts.sync import SnapshotKeys

VERSION = "1.0.0"


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            engine = db.connect(settings.database_url.get_secret_value(), "sync")
            stack.push_async_callback(engine.dispose)
            redis = cache.connect(settings.redis_url.get_secret_value())
            stack.push_async_callback(redis.aclose)
            client = await stack.enter_async_context(_client(settings))
            await db.require(engine, "sync")
            await store.claim(engine, settings.dataset)
            await cache.require(redis)
            metrics = Metrics.register(app.state.registry)
            coordinator = Coordinator(
                engine=engine,
                redis=redis,
                source=_source(settings, client),
                keys=SnapshotKeys(dataset=settings.dataset),
                interval_s=settings.interval_s,
                chance=Chance(_now, random.random, partial(secrets.token_hex, 4)),
                metrics=metrics,
                log=logs.logger("sync"),
            )
            await coordinator.start_warm()
            for name, work in (("rounds", coordinator.run()), ("watch", coordinator.watch())):
                await stack.enter_async_context(background.running(app, name, work))
            checks = {
                "postgres": partial(db.ping, engine),
                "redis": partial(cache.ping, redis),
                "data": coordinator.check_data,
            }
            yield {"sync": Service(engine, coordinator, settings.simulated), "checks": checks}

    app = shared_app.build(
        "sync", version=VERSION, settings=settings, lifespan=lifespan, routers=[routes.router]
    )
    errors.install(app)
    return app


def _client(settings: Settings) -> httpx.AsyncClient:
    timeout = httpx.Timeout(settings.nmc_read_timeout_s, connect=settings.nmc_connect_timeout_s)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False)


def _source(settings: Settings, client: httpx.AsyncClient) -> Source:
    return Source(
        client,
        settings.nmc_url,
        settings.nmc_key.get_secret_value(),
        settings.simulated,
        settings.nmc_total_timeout_s,
    )


def _now() -> datetime:
    return datetime.now(UTC)
