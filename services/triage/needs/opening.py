"""Opens the adviser and everything under it, and closes it again."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr
from redis.asyncio import Redis

from services.triage.knowledge.model import Knowledge
from services.triage.needs.adviser import Adviser, Price
from services.triage.needs.ledger import Ledger
from services.triage.needs.question import fields_of
from services.triage.settings import Settings

if TYPE_CHECKING:
    from services.triage.needs.model import Model

MILLION = 1_000_000


@asynccontextmanager
async def adviser(
    settings: Settings, knowledge: Knowledge, redis: Redis
) -> AsyncIterator[Adviser | None]:
    """None where no key of OpenAI is set. Redis is not waited for: without it no model is asked."""
    if settings.openai_key is None:
        yield None
        return
    model = await asyncio.to_thread(_model, settings, settings.openai_key, knowledge)
    ledger = Ledger(
        redis,
        prefix=f"er:{settings.dataset}:triage:openai",
        daily_limit=round(settings.openai_daily_usd * MILLION),
        now=lambda: datetime.now(UTC),
    )
    price = Price(settings.openai_usd_per_million_in, settings.openai_usd_per_million_out)
    try:
        yield Adviser(model, ledger, price=price, key=_cache_key(settings))
    finally:
        await model.aclose()


def _model(settings: Settings, key: SecretStr, knowledge: Knowledge) -> "Model":
    from services.triage.needs.model import Model  # loads the library, for a second

    return Model(
        url=settings.openai_url,
        key=key.get_secret_value(),
        name=settings.openai_model,
        fields=fields_of(knowledge),
    )


def _cache_key(settings: Settings) -> bytes:
    secret = settings.service_key.get_secret_value().encode()
    return hmac.new(secret, b"names of kept answers", hashlib.sha256).digest()
