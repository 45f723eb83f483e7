"""What is forgotten, and when: months of the history, old rounds, messages long gone."""

import re
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.sync import schema

HISTORY_MONTHS = 13
ROUNDS_KEPT = timedelta(days=90)
MESSAGES_KEPT = timedelta(days=90)
LOCK_TIMEOUT = "5s"

_MONTH = re.compile(r"changes_(\d{4})_(\d{2})")


async def forget(engine: AsyncEngine, now: datetime) -> list[str]:
    """Drop what is older than it is kept; returns the months of the history that went."""
    async with engine.begin() as connection:
        # Readers of the history are not kept waiting for long by a drop that waits for others.
        await connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        found = await connection.scalars(
            sa.text(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                " WHERE i.inhparent = CAST('sync.changes' AS regclass) ORDER BY c.relname"
            )
        )
        gone = [name for name in found if is_over(name, now.date())]
        for name in gone:
            await connection.execute(sa.text(f"DROP TABLE sync.{name}"))
        rounds, messages, calls = schema.rounds, schema.messages, schema.calls
        for statement in (
            sa.delete(rounds).where(rounds.c.began_at < now - ROUNDS_KEPT),
            sa.delete(messages).where(messages.c.gone_at < now - MESSAGES_KEPT),
            sa.delete(calls).where(calls.c.day < (now - ROUNDS_KEPT).date()),
        ):
            await connection.execute(statement)
    return gone


def is_over(name: str, today: date) -> bool:
    """Whether a part of the history ended thirteen months ago or more."""
    month = _MONTH.fullmatch(name)
    if month is None:
        return False
    ended = int(month[1]) * 12 + int(month[2])  # the first day of the month after it
    return ended + HISTORY_MONTHS <= today.year * 12 + today.month - 1
