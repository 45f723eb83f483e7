"""Sync: reads the national feed, keeps its state and history, publishes the snapshot."""

import random
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from services.sync import errors, overriding, routes, store, worker
from services.sync.budget import Budget
from services.sync.chance import Chance
from services.sync.coordinator import Coordinator
from services.sync.leadership import Leadership
from services.sync.metrics import Metrics
from services.sync.publisher import Publisher
from services.sync.schedule import Schedule
from services.sync.settings import Settings
from services.sync.standing import Standing
from services.sync.state import Service
from services.sync.troubles import Troubles
from services.sync.worker import Worker
from shared import app as shared_app
from shared import background, cache, db, logs
from shared.contracts.sync import SnapshotKeys

VERSION = "1.3.0"


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            engine = db.connect(settings.database_url.get_secret_value(), "sync")
            stack.push_async_callback(engine.dispose)
            redis = cache.connect(settings.redis_url.get_secret_value())
            stack.push_async_callback(redis.aclose)
            await db.require(engine, "sync")
            await store.claim(engine, settings.dataset)
            await cache.require(redis)
            heavy = await stack.enter_async_context(worker.running(settings))
            leadership = Leadership(engine)
            stack.push_async_callback(leadership.release)
            coordinator = _coordinator(
                settings,
                engine=engine,
                redis=redis,
                leadership=leadership,
                heavy=heavy,
                metrics=Metrics.register(app.state.registry),
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
        "sync",
        version=VERSION,
        settings=settings,
        lifespan=lifespan,
        routers=[routes.router, overriding.router],
    )
    errors.install(app)
    return app


def _coordinator(
    settings: Settings,
    *,
    engine: AsyncEngine,
    redis: Redis,
    leadership: Leadership,
    heavy: Worker,
    metrics: Metrics,
) -> Coordinator:
    chance = Chance(_now, random.random, partial(secrets.token_hex, 4))
    log = logs.logger("sync")
    budget = Budget(engine, settings.calls_limit)
    return Coordinator(
        engine=engine,
        simulated=settings.simulated,
        worker=heavy,
        leadership=leadership,
        budget=budget,
        schedule=Schedule(interval_s=settings.interval_s, budget=budget, chance=chance),
        publisher=Publisher(
            worker=heavy,
            redis=redis,
            keys=SnapshotKeys(dataset=settings.dataset),
            chance=chance,
            metrics=metrics,
            log=log,
        ),
        standing=Standing(Troubles(log), metrics, chance),
        chance=chance,
        metrics=metrics,
        log=log,
    )


def _now() -> datetime:
    return datetime.now(UTC)
