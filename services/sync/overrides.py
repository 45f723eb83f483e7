"""Operators' overrides: an audit to which rows are added, and the latest word on each field."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.sync import schema
from services.sync.domain.records import Override
from shared.contracts.nmc import Kind, Status, catalogue
from shared.contracts.overrides import OverrideEnd, OverrideEntry, OverrideMark, OverrideRequest

LONGEST = timedelta(days=90)
"""An override that nobody remembers stays wrong for longer than any feed."""


def fault(request: OverrideRequest, now: datetime) -> tuple[str, str] | None:
    """What is wrong with a request, as a pointer and a sentence; None where nothing is."""
    field = catalogue().get(request.field)
    if field is None or field.kind is Kind.DESIGNATION:
        return "/field", "no field of the NMC's reports"
    if not now < request.until <= now + LONGEST:
        return "/until", f"it must lie ahead, by {LONGEST.days} days at most"
    return None


async def add(engine: AsyncEngine, request: OverrideRequest, now: datetime) -> Override:
    """Put an override on record; it takes the place of an earlier one of the same field."""
    return await _write(
        engine,
        hpid=request.hpid,
        field=request.field,
        status=request.status.value,
        until_at=request.until,
        reason=request.reason,
        made_by=request.by,
        made_at=now,
    )


async def end(engine: AsyncEngine, number: int, how: OverrideEnd, now: datetime) -> Override | None:
    """Put the end of an override on record; None where that one is not in force."""
    async with engine.connect() as connection:
        rows = await _rows(connection, latest())
    former = next((word for word in rows if word.id == number and word.holds(now)), None)
    if former is None:
        return None
    return await _write(
        engine,
        hpid=former.hpid,
        field=former.field,
        status=None,
        until_at=None,
        reason=how.reason,
        made_by=how.by,
        made_at=now,
    )


async def audit(engine: AsyncEngine, *, limit: int) -> list[Override]:
    """The latest rows of the audit, the newest first."""
    query = sa.select(schema.overrides).order_by(schema.overrides.c.id.desc()).limit(limit)
    async with engine.connect() as connection:
        return await _rows(connection, query)


async def in_force(engine: AsyncEngine, now: datetime) -> list[Override]:
    """What holds now, the newest first."""
    async with engine.connect() as connection:
        rows = await _rows(connection, latest())
    return sorted((word for word in rows if word.holds(now)), key=_id, reverse=True)


def latest() -> sa.Select[Any]:
    """The last word on each field of each hospital."""
    table = schema.overrides
    last = sa.select(sa.func.max(table.c.id)).group_by(table.c.hpid, table.c.field)
    return sa.select(table).where(table.c.id.in_(last))


def override(row: dict[str, Any]) -> Override:
    """An override from a row of its table."""
    return Override(**{**row, "status": Status(row["status"]) if row["status"] else None})


def entries(words: Iterable[Override], current: Sequence[Override]) -> list[OverrideEntry]:
    """Rows as operators see them; `current` are those in force."""
    holding = {word.id for word in current}
    return [
        OverrideEntry(
            id=word.id,
            hpid=word.hpid,
            field=word.field,
            status=word.status,
            until=word.until_at,
            reason=word.reason,
            by=word.made_by,
            at=word.made_at,
            in_force=word.id in holding,
        )
        for word in words
    ]


def mark(word: Override, reported: str | None) -> OverrideMark:
    """An override in force as readers see it, without who made it and why."""
    if word.status is None or word.until_at is None:
        raise ValueError("the end of an override is no override")
    return OverrideMark(
        status=word.status, until=word.until_at, made_at=word.made_at, reported=reported
    )


async def _write(engine: AsyncEngine, **row: Any) -> Override:
    statement = sa.insert(schema.overrides).values(**row).returning(*schema.overrides.c)
    async with engine.begin() as connection:
        return override(dict((await connection.execute(statement)).mappings().one()))


async def _rows(connection: AsyncConnection, query: sa.Select[Any]) -> list[Override]:
    return [override(dict(row)) for row in (await connection.execute(query)).mappings()]


def _id(word: Override) -> int:
    return word.id
