"""What is read for callers: a circle or a name, one hospital, its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geography
from sqlalchemy.ext.asyncio import AsyncEngine

from services.sync import schema, store
from services.sync.domain.records import Hospital
from shared.contracts.sync import SearchRequest


@dataclass(frozen=True, slots=True)
class Found:
    """A hospital and, where a place was given, how far away it is."""

    hospital: Hospital
    distance_m: int | None


async def search(engine: AsyncEngine, request: SearchRequest) -> tuple[int, list[Found]]:
    """All matches counted, and the first of them: nearest first, or by name without a place."""
    query = store.hospitals_query()
    distance: sa.ColumnElement[Any] = sa.null()
    order: sa.ColumnElement[Any] = schema.hospitals.c.name
    if request.longitude is not None and request.latitude is not None:
        here = sa.cast(
            sa.func.ST_SetSRID(sa.func.ST_MakePoint(request.longitude, request.latitude), 4326),
            Geography("POINT", 4326),
        )
        distance = sa.func.ST_Distance(schema.hospitals.c.geog, here, type_=sa.Float)
        order = distance
        within = sa.func.ST_DWithin(schema.hospitals.c.geog, here, request.radius_km * 1000)
        query = query.where(within)
    words = (request.query or "").replace("\0", "").strip()
    if words:
        query = query.where(_named(words))
    query = query.add_columns(
        distance.label("distance_m"), sa.func.count().over().label("matches")
    ).order_by(order, schema.hospitals.c.hpid)
    async with engine.connect() as connection:
        rows = (await connection.execute(query.limit(request.limit))).mappings().all()
    return (rows[0]["matches"] if rows else 0), [_found(dict(row)) for row in rows]


async def history(
    engine: AsyncEngine, hpid: str, since: datetime
) -> list[tuple[datetime, dict[str, str | None]]]:
    """Changes of one hospital since a moment, oldest first."""
    query = (
        sa.select(schema.changes.c.at, schema.changes.c["values"])
        .where(schema.changes.c.hpid == hpid, schema.changes.c.at >= since)
        .order_by(schema.changes.c.at)
    )
    async with engine.connect() as connection:
        return [(at, values) for at, values in await connection.execute(query)]


async def rounds(engine: AsyncEngine, limit: int) -> list[store.RoundRecord]:
    """The latest rounds, newest first."""
    columns = [c for c in schema.rounds.c if c.name != "id"]
    query = sa.select(*columns).order_by(schema.rounds.c.began_at.desc()).limit(limit)
    async with engine.connect() as connection:
        rows = (await connection.execute(query)).mappings()
        return [store.RoundRecord(**row) for row in rows]


def _named(text: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        schema.hospitals.c.name.icontains(text, autoescape=True),
        schema.hospitals.c.address.icontains(text, autoescape=True),
    )


def _found(row: dict[str, Any]) -> Found:
    distance_m = row.pop("distance_m")
    row.pop("matches")
    return Found(store.hospital(row), None if distance_m is None else round(distance_m))
