"""Who lies within reach: PostGIS on the view that sync publishes."""

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.contracts.place import Place

POINT = "ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)::geography"

CIRCLE = text(
    f"SELECT hpid, ST_Distance(geog, {POINT}) AS distance_m FROM sync.published_hospitals"  # noqa: S608 - no input in it
    f" WHERE operating AND ST_DWithin(geog, {POINT}, :radius_m)"
)
COUNTRY = text(
    f"SELECT hpid, ST_Distance(geog, {POINT}) AS distance_m FROM sync.published_hospitals"  # noqa: S608 - no input in it
    " WHERE operating AND geog IS NOT NULL"
)

Reach = list[tuple[str, float]]
"""Hospital ids with their distance in metres, in no order."""


async def within(engine: AsyncEngine, place: Place, radius_m: float) -> Reach:
    """Operating hospitals of the circle."""
    return await _rows(engine, CIRCLE, place, radius_m=radius_m)


async def everywhere(engine: AsyncEngine, place: Place) -> Reach:
    """Every operating hospital with a place."""
    return await _rows(engine, COUNTRY, place)


async def _rows(engine: AsyncEngine, query: TextClause, place: Place, **bound: float) -> Reach:
    values = {"longitude": place.longitude, "latitude": place.latitude, **bound}
    async with engine.connect() as connection:
        rows = await connection.execute(query, values)
        return [(hpid, distance) for hpid, distance in rows]
