"""Auth: tokens for guests and users."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import FastAPI

from services.auth import routes, store
from services.auth.settings import Settings
from services.auth.state import State
from shared import app as shared_app
from shared import db

VERSION = "1.0.0"


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        engine = db.connect(settings.database_url.get_secret_value(), "auth")
        try:
            await db.require(engine, "auth")
            service_key = settings.service_key.get_secret_value()
            key = await store.active_key(engine, service_key, datetime.now(UTC))
            state = State(engine, key, settings.issuer, settings.guest_life_s)
            yield {"auth": state, "checks": {"postgres": partial(db.ping, engine)}}
        finally:
            await engine.dispose()

    app = shared_app.build(
        "auth", version=VERSION, settings=settings, lifespan=lifespan, routers=[routes.router]
    )
    db.install(app)
    return app
