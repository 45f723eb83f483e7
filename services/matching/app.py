"""Matching: the right hospital, not the near one, and why."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI

from services.matching import routes
from services.matching.flow import Matcher
from services.matching.settings import Settings
from services.matching.snapshot import SnapshotReader
from shared import app as shared_app
from shared import background, cache, db
from shared.contracts.sync import SnapshotKeys

VERSION = "1.1.0"


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        engine = db.connect(settings.database_url.get_secret_value(), "matching")
        redis = cache.connect(settings.redis_url.get_secret_value())
        keys = SnapshotKeys(dataset=settings.dataset)
        snapshots = SnapshotReader(redis, keys, poll_s=settings.snapshot_poll_s)
        try:
            await db.require(engine, "matching")
            await cache.require(redis)
            async with background.running(app, "follow snapshots", snapshots.follow()):
                checks = {
                    "postgres": partial(db.ping, engine),
                    "redis": partial(cache.ping, redis),
                    "snapshot": snapshots.check,
                }
                yield {"matcher": Matcher(engine, snapshots), "checks": checks}
        finally:
            await redis.aclose()
            await engine.dispose()

    app = shared_app.build(
        "matching", version=VERSION, settings=settings, lifespan=lifespan, routers=[routes.router]
    )
    db.install(app)
    return app
