"""Triage: understanding, first words, urgency and needs."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fastapi import FastAPI

from services.triage import routes, store
from services.triage.chat import retention
from services.triage.chat import routes as chat_routes
from services.triage.chat.book import load_book
from services.triage.chat.memory import Memory
from services.triage.chat.sealing import Sealer
from services.triage.chat.sessions import Sessions
from services.triage.engines import assembly
from services.triage.knowledge import load_knowledge
from services.triage.needs.opening import adviser
from services.triage.settings import Settings
from shared import app as shared_app
from shared import background, cache, db, logs

VERSION = "1.3.0"


def create_app(settings: Settings) -> FastAPI:
    """The application; nothing is opened before its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        knowledge = await asyncio.to_thread(load_knowledge)
        book = replace(
            await asyncio.to_thread(load_book, knowledge),
            time_out=timedelta(seconds=settings.chat_time_out_s),
        )
        engine = db.connect(settings.database_url.get_secret_value(), "triage")
        # Redis is not required: what it holds of a dialogue is also in PostgreSQL.
        redis = cache.connect(settings.redis_url.get_secret_value())
        try:
            await db.require(engine, "triage")
            others = await store.keep_ruleset(
                engine, knowledge.ruleset, knowledge.digest, datetime.now(UTC)
            )
            if others:
                logs.logger("triage").warning(
                    "rules changed under one version", ruleset=knowledge.ruleset
                )
            memory = Memory(redis, dataset=settings.dataset, time_out=book.time_out)
            sealer = Sealer(settings.chat_key.get_secret_value())
            forgetting = retention.keep_forgetting(engine)
            async with (
                adviser(settings, knowledge, redis) as asked,
                assembly.running(app, settings, knowledge, redis) as engines,
                background.running(app, "chat retention", forgetting),
            ):
                yield {
                    "knowledge": knowledge,
                    "engines": engines,
                    "sessions": Sessions(engine, memory, sealer, book),
                    "adviser": asked,
                    "model_ms": settings.openai_timeout_ms,
                    "checks": {"postgres": partial(db.ping, engine)},
                }
        finally:
            await redis.aclose()
            await engine.dispose()

    app = shared_app.build(
        "triage",
        version=VERSION,
        settings=settings,
        lifespan=lifespan,
        routers=[routes.router, chat_routes.router],
    )
    db.install(app)
    return app
