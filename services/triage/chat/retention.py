"""How long what people said is kept, and the work that erases it."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.triage.chat import store
from shared import logs
from shared.db import LOST

EMERGENCY_KEPT = timedelta(days=1)
CONSENTED_KEPT = timedelta(days=30)
EVERY_S = 3600.0


async def forget_once(engine: AsyncEngine, now: datetime) -> int:
    """Erase what is over its time; the number of dialogues that went."""
    return await store.forget(
        engine,
        now,
        emergency_before=now - EMERGENCY_KEPT,
        consented_before=now - CONSENTED_KEPT,
    )


async def keep_forgetting(engine: AsyncEngine) -> None:
    """Hourly, for ever; a database that is away is tried again at the next hour."""
    log = logs.logger("triage.chat")
    while True:
        try:
            gone = await forget_once(engine, datetime.now(UTC))
            if gone:
                log.info("dialogues erased", reason="retention", sessions=gone)
        except LOST as error:
            log.warning("retention failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_S)
