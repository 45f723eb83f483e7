"""Who lies within reach: PostGIS on the view that sync publishes.

Prepared once per connection by the driver, on the pool of the engine and past its statement layer:
these run at every request.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import db
from shared.contracts.place import Place

LOST = (*db.LOST, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What the database being away or too late looks like here."""

BROKEN = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError)

_HERE = "ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography"
_FROM = f"SELECT hpid, ST_Distance(geog, {_HERE}) FROM sync.published_hospitals WHERE operating"  # noqa: S608 - no input in it
CIRCLE = f"{_FROM} AND ST_DWithin(geog, {_HERE}, $3)"
NEAREST = f"{_FROM} AND geog IS NOT NULL ORDER BY geog <-> {_HERE} LIMIT $3"
NEAREST_OF = f"{_FROM} AND geog IS NOT NULL AND hpid = ANY($4) ORDER BY geog <-> {_HERE} LIMIT $3"

Reach = list[tuple[str, float]]
"""Hospital ids with their distance in metres, in no order."""


async def within(engine: AsyncEngine, place: Place, radius_m: float) -> Reach:
    """Operating hospitals of the circle."""
    return await _rows(engine, CIRCLE, place, radius_m)


async def nearest(engine: AsyncEngine, place: Place, count: int) -> Reach:
    """The nearest operating hospitals, however far."""
    return await _rows(engine, NEAREST, place, count)


async def nearest_of(engine: AsyncEngine, place: Place, count: int, hpids: Sequence[str]) -> Reach:
    """The nearest operating ones of some hospitals."""
    return await _rows(engine, NEAREST_OF, place, count, hpids)


@asynccontextmanager
async def driver(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """The driver's own connection, from the pool of the engine; each statement for itself. One
    that breaks does not go back."""
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        try:
            yield raw.driver_connection
        except BROKEN:
            await connection.invalidate()
            raise


async def _rows(engine: AsyncEngine, query: str, place: Place, *bound: object) -> Reach:
    async with driver(engine) as connection:
        rows = await connection.fetch(query, place.longitude, place.latitude, *bound)
        return [(hpid, distance) for hpid, distance in rows]
