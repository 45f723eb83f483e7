"""Matching: the right hospital, not the near one, and why."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI

from services.matching import routes
from services.matching.domain.land import land
from services.matching.flow import Matcher
from services.matching.keeping import HoldBook, Keeper, forget
from services.matching.osrm import Router
from services.matching.settings import Settings
from services.matching.snapshot import SnapshotReader
from shared import app as shared_app
from shared import background, cache, db
from shared.contracts.sync import SnapshotKeys

VERSION = "1.3.0"
Work = Callable[[], Coroutine[Any, Any, None]]


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        engine = db.connect(settings.database_url.get_secret_value(), "matching")
        redis = cache.connect(settings.redis_url.get_secret_value())
        keys = SnapshotKeys(dataset=settings.dataset)
        snapshots = SnapshotReader(redis, keys, poll_s=settings.snapshot_poll_s)
        keeper, book = Keeper(engine), HoldBook(engine) if settings.holds else None
        work: dict[str, Work] = {
            "follow snapshots": snapshots.follow,
            "write decisions": keeper.write,
            "forget": partial(forget, engine),
            **({"read holds": book.follow} if book else {}),
        }
        try:
            land()
            await db.require(engine, "matching")
            await cache.require(redis)
            async with AsyncExitStack() as stack:
                transport = await stack.enter_async_context(httpx.AsyncHTTPTransport())
                for name, begin in work.items():
                    await stack.enter_async_context(background.running(app, name, begin()))
                checks = {
                    "postgres": partial(db.ping, engine),
                    "redis": partial(cache.ping, redis),
                    "snapshot": snapshots.check,
                }
                router = _router(settings, transport)
                yield {
                    "matcher": Matcher(engine, snapshots, keeper, book, router),
                    "checks": checks,
                }
        finally:
            await redis.aclose()
            await engine.dispose()

    app = shared_app.build(
        "matching", version=VERSION, settings=settings, lifespan=lifespan, routers=[routes.router]
    )
    db.install(app)
    return app


def _router(settings: Settings, transport: httpx.AsyncBaseTransport) -> Router | None:
    if not settings.osrm_url:
        return None
    return Router(settings.osrm_url, transport, settings.osrm_timeout_ms / 1000)
