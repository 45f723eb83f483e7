"""What triage keeps in PostgreSQL: which rules were served, so that a decision can be traced."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from services.triage.schema import rulesets


async def keep_ruleset(engine: AsyncEngine, version: str, digest: str, now: datetime) -> list[str]:
    """Note these rules as served; the digests of other rules that bore the same version."""
    async with engine.begin() as connection:
        statement = insert(rulesets).values(version=version, digest=digest, first_served_at=now)
        await connection.execute(statement.on_conflict_do_nothing())
        others = select(rulesets.c.digest).where(
            rulesets.c.version == version, rulesets.c.digest != digest
        )
        return list(await connection.scalars(others))
