"""Triage: understanding, first words, urgency and needs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import FastAPI

from services.triage import routes, store
from services.triage.engines import assembly
from services.triage.knowledge import load_knowledge
from services.triage.settings import Settings
from shared import app as shared_app
from shared import db, logs

VERSION = "1.1.0"


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        knowledge = await asyncio.to_thread(load_knowledge)
        engine = db.connect(settings.database_url.get_secret_value(), "triage", pool_size=2)
        try:
            await db.require(engine, "triage")
            others = await store.keep_ruleset(
                engine, knowledge.ruleset, knowledge.digest, datetime.now(UTC)
            )
            if others:
                logs.logger("triage").warning(
                    "rules changed under one version", ruleset=knowledge.ruleset
                )
            checks = {"postgres": partial(db.ping, engine)}
            async with assembly.running(app, settings, knowledge) as engines:
                yield {"knowledge": knowledge, "engines": engines, "checks": checks}
        finally:
            await engine.dispose()

    app = shared_app.build(
        "triage", version=VERSION, settings=settings, lifespan=lifespan, routers=[routes.router]
    )
    db.install(app)
    return app
