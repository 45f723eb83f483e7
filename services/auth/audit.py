"""The audit: who logged in, was refused, was erased, and what staff did. Each row carries a hash
over the former one, so that a row cannot be changed or taken out of the middle unseen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import RowMapping, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.auth.schema import audit
from shared.contracts.auth_operators import AuditEntry

Event = Literal[
    "login", "login_refused", "linked", "logout", "refresh_reused", "consent", "erased",
    "chats_erased", "keys_rotated", "api_key_made", "api_key_ended", "staff_read",
]  # fmt: skip
BATCH = 1000


async def record(
    connection: AsyncConnection,
    event: Event,
    now: datetime,
    *,
    subject: bytes | None = None,
    detail: Mapping[str, str] | None = None,
) -> None:
    """Add a row to the chain; rows wait for each other, so the chain has one order."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('auth.audit'))"))
    last = select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    former = await connection.scalar(last)
    row = {"at": now, "event": event, "subject": subject, "detail": dict(detail or {})}
    await connection.execute(insert(audit).values(**row, hash=chained(former or b"", row)))


async def append(engine: AsyncEngine, event: Event, now: datetime, **said: Any) -> None:
    """`record` in a transaction of its own."""
    async with engine.begin() as connection:
        await record(connection, event, now, **said)


async def is_intact(engine: AsyncEngine) -> bool:
    """Whether every row carries the hash that follows from the rows before it."""
    former, after = b"", 0
    async with engine.connect() as connection:
        while rows := await _batch(connection, after):
            for row in rows:
                if row["hash"] != chained(former, row):
                    return False
                former, after = row["hash"], row["id"]
    return True


async def newest(engine: AsyncEngine, limit: int) -> list[AuditEntry]:
    """The last rows, the newest first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    async with engine.connect() as connection:
        rows = (await connection.execute(query)).mappings().all()
    return [
        AuditEntry(
            at=row["at"],
            event=row["event"],
            subject=row["subject"].hex()[:16] if row["subject"] else None,
            detail=row["detail"],
        )
        for row in rows
    ]


def chained(former: bytes, row: RowMapping | Mapping[str, Any]) -> bytes:
    """The hash of a row in its place."""
    subject = row["subject"].hex() if row["subject"] else None
    said = [row["at"].isoformat(), row["event"], subject, row["detail"]]
    return hashlib.sha256(former + json.dumps(said, sort_keys=True).encode()).digest()


async def _batch(connection: AsyncConnection, after: int) -> Sequence[RowMapping]:
    query = select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(BATCH)
    return (await connection.execute(query)).mappings().all()
