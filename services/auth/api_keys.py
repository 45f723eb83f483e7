"""Keys of client apps: made by an operator, kept as digests, counted in PostgreSQL, so that a
quota outlives whatever becomes of Redis. A day is one of Korea."""

import hashlib
import secrets
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import ColumnElement, RowMapping, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.auth import audit
from services.auth.errors import Forbidden, SessionOver
from services.auth.schema import api_key_days, api_keys
from shared.contracts.auth import ApiKeyShown, ApiKeyUse
from shared.contracts.auth_operators import ApiKeyEntry, ApiKeyMade, ApiKeyRequest
from shared.problems import NotFound

KST = timezone(timedelta(hours=9))
PREFIX = "erk_"

# One statement: whoever counts past the quota finds no row, whatever runs beside it.
COUNT = text(
    "INSERT INTO auth.api_key_days AS days (key_id, day, used)"
    " SELECT id, CAST(:day AS date), 1 FROM auth.api_keys"
    " WHERE id = CAST(:id AS varchar) AND daily_quota > 0"
    " ON CONFLICT (key_id, day) DO UPDATE SET used = days.used + 1"
    " WHERE days.used < CAST(:quota AS integer) RETURNING used"
)


async def make(engine: AsyncEngine, wanted: ApiKeyRequest, now: datetime) -> ApiKeyMade:
    """A new key; it is told this once."""
    id_, key = secrets.token_hex(8), PREFIX + secrets.token_urlsafe(32)
    async with engine.begin() as connection:
        await connection.execute(
            insert(api_keys).values(
                id=id_,
                name=wanted.name,
                digest=_digest(key),
                scopes=list(wanted.scopes),
                daily_quota=wanted.daily_quota,
                created_at=now,
                created_by=wanted.by,
            )
        )
        detail = {"key": id_, "by": wanted.by}
        await audit.record(connection, "api_key_made", now, detail=detail)
    return ApiKeyMade(id=id_, key=key)


async def end(engine: AsyncEngine, id_: str, by: str, now: datetime) -> None:
    """The key is refused from now on."""
    is_it = (api_keys.c.id == id_) & api_keys.c.ended_at.is_(None)
    async with engine.begin() as connection:
        done = await connection.execute(update(api_keys).where(is_it).values(ended_at=now))
        if done.rowcount == 0:
            raise NotFound("no such key in force")
        detail = {"key": id_, "by": by}
        await audit.record(connection, "api_key_ended", now, detail=detail)


async def use(engine: AsyncEngine, shown: ApiKeyShown, now: datetime) -> ApiKeyUse:
    """Count one call. `exceeded` where it was one too many: then it was not counted. A key that
    is unknown or ended is 401, one without the scope 403."""
    day = now.astimezone(KST).date()
    async with engine.begin() as connection:
        row = await _known(connection, api_keys.c.digest == _digest(shown.key))
        if row is None or row["ended_at"] is not None:
            raise SessionOver("the key is not valid")
        if shown.scope not in row["scopes"]:
            raise Forbidden(f"the key does not open {shown.scope}")
        counted = {"id": row["id"], "day": day, "quota": row["daily_quota"]}
        used = await connection.scalar(COUNT, counted)
    return _told(row, row["daily_quota"] if used is None else used, day, exceeded=used is None)


async def entries(engine: AsyncEngine, now: datetime) -> list[ApiKeyEntry]:
    """Every key that was ever made, with its use today."""
    day = now.astimezone(KST).date()
    today = (api_key_days.c.key_id == api_keys.c.id) & (api_key_days.c.day == day)
    query = select(api_keys, api_key_days.c.used).outerjoin(api_key_days, today)
    async with engine.connect() as connection:
        rows = (await connection.execute(query.order_by(api_keys.c.created_at))).mappings().all()
    return [
        ApiKeyEntry(
            **_told(row, row["used"] or 0, day).model_dump(),
            created_at=row["created_at"],
            created_by=row["created_by"],
            ended_at=row["ended_at"],
        )
        for row in rows
    ]


async def _known(connection: AsyncConnection, is_it: ColumnElement[bool]) -> RowMapping | None:
    return (await connection.execute(select(api_keys).where(is_it))).mappings().first()


def _told(row: RowMapping, used: int, day: date, *, exceeded: bool = False) -> ApiKeyUse:
    return ApiKeyUse(
        id=row["id"],
        name=row["name"],
        scopes=row["scopes"],
        daily_quota=row["daily_quota"],
        used_today=used,
        resets_at=datetime.combine(day + timedelta(days=1), time(), KST),
        exceeded=exceeded,
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
