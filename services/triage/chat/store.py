"""Dialogues in PostgreSQL: the truth, one row each, moved on by whoever knows its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.triage.schema import chat_erasures, chat_sessions, chat_turns

ADVANCE = sa.text("""
WITH moved AS (
    UPDATE triage.chat_sessions SET version = :version, last_at = :last_at, sealed = :state
    WHERE id = :id AND version = :version - 1 AND ended_at IS NULL
      AND NOT EXISTS (SELECT FROM triage.chat_turns WHERE session_id = :id AND key = :key)
    RETURNING id
)
INSERT INTO triage.chat_turns (session_id, number, at, key, sealed)
SELECT id, :number, :at, :key, :turn FROM moved
""")
"""A person waits for this one: it is prepared once per connection, and built once."""


@dataclass(frozen=True, slots=True)
class Row:
    """A dialogue as it lies in the database; `sealed` is None once it ended."""

    id: str
    owner: bytes
    version: int
    last_at: datetime
    sealed: bytes | None
    consent: Mapping[str, Any] | None = None
    successor: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One finished turn."""

    number: int
    at: datetime
    sealed: bytes
    key: bytes | None = None


def at_once(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for statements that stand alone: none is wrapped into a transaction."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


async def add(engine: AsyncEngine, row: Row, turn: TurnRow, *, succeeds: str | None = None) -> bool:
    """Keep a new dialogue. Where it succeeds another that has a successor already, nothing is
    written and False is told."""
    async with engine.begin() as connection:
        if succeeds is not None:
            free = (chat_sessions.c.id == succeeds) & chat_sessions.c.successor.is_(None)
            told = sa.update(chat_sessions).where(free).values(successor=row.id)
            if (await connection.execute(told)).rowcount == 0:
                return False
        values = {
            "id": row.id,
            "owner": row.owner,
            "began_at": row.last_at,
            "last_at": row.last_at,
            "version": row.version,
            "consent": row.consent,
            "sealed": row.sealed,
        }
        await connection.execute(sa.insert(chat_sessions).values(values))
        await _add_turn(connection, row.id, turn)
    return True


async def load(engine: AsyncEngine, session_id: str) -> Row | None:
    columns = [c for c in chat_sessions.c if c.name != "began_at"]
    query = sa.select(*columns).where(chat_sessions.c.id == session_id)
    async with engine.connect() as connection:
        found = (await connection.execute(query)).mappings().one_or_none()
        return None if found is None else Row(**found)


async def advance(engine: AsyncEngine, row: Row, turn: TurnRow) -> bool:
    """Write a turn and the state after it, both or neither; False where somebody else was faster,
    the key was used before, or the dialogue ended or is gone."""
    values = {
        "id": row.id,
        "version": row.version,
        "last_at": row.last_at,
        "state": row.sealed,
        "number": turn.number,
        "at": turn.at,
        "key": turn.key,
        "turn": turn.sealed,
    }
    async with engine.connect() as connection:
        return (await connection.execute(ADVANCE, values)).rowcount == 1


async def turn_of_key(engine: AsyncEngine, session_id: str, key: bytes) -> TurnRow | None:
    """The finished turn that was sent under this key."""
    query = _turns(session_id).where(chat_turns.c.key == key)
    async with engine.connect() as connection:
        found = (await connection.execute(query)).mappings().one_or_none()
        return None if found is None else TurnRow(**found)


async def turns(engine: AsyncEngine, session_id: str) -> list[TurnRow]:
    """Every finished turn, in order."""
    query = _turns(session_id).order_by(chat_turns.c.number)
    async with engine.connect() as connection:
        return [TurnRow(**row) for row in (await connection.execute(query)).mappings()]


async def end(engine: AsyncEngine, session_id: str, now: datetime) -> bool:
    """Erase texts and state and leave a proof; the id stays known as ended. False where it had
    ended before."""
    async with engine.begin() as connection:
        open_one = (chat_sessions.c.id == session_id) & chat_sessions.c.ended_at.is_(None)
        values = {"ended_at": now, "sealed": None, "consent": None}
        done = await connection.execute(sa.update(chat_sessions).where(open_one).values(values))
        if done.rowcount == 0:
            return False
        gone = sa.delete(chat_turns).where(chat_turns.c.session_id == session_id)
        count = (await connection.execute(gone)).rowcount
        await _prove(connection, now, "ended", sessions=1, turns=count)
    return True


async def erase_owner(
    engine: AsyncEngine, owner: bytes, now: datetime
) -> tuple[list[str], int, int]:
    """Everything of one owner goes; the ids, the count of turns, and the number of the proof."""
    async with engine.begin() as connection:
        return await _erase(connection, chat_sessions.c.owner == owner, now, "owner")


async def forget(
    engine: AsyncEngine, now: datetime, *, emergency_before: datetime, consented_before: datetime
) -> int:
    """Erase what is kept no longer; dialogues under the basis of emergency go first."""
    consented = chat_sessions.c.consent["sensitive"].as_boolean().is_(True)
    limit = sa.case((consented, consented_before), else_=emergency_before)
    async with engine.begin() as connection:
        gone, _, _ = await _erase(
            connection, chat_sessions.c.last_at < limit, now, "retention", only_if_any=True
        )
    return len(gone)


async def _erase(
    connection: AsyncConnection,
    which: sa.ColumnElement[bool],
    now: datetime,
    reason: str,
    *,
    only_if_any: bool = False,
) -> tuple[list[str], int, int]:
    ids = list(
        await connection.scalars(sa.select(chat_sessions.c.id).where(which).with_for_update())
    )
    if not ids and only_if_any:
        return [], 0, 0
    turns = await connection.execute(sa.delete(chat_turns).where(chat_turns.c.session_id.in_(ids)))
    await connection.execute(sa.delete(chat_sessions).where(chat_sessions.c.id.in_(ids)))
    proof = await _prove(connection, now, reason, sessions=len(ids), turns=turns.rowcount)
    return ids, turns.rowcount, proof


async def _prove(
    connection: AsyncConnection, now: datetime, reason: str, *, sessions: int, turns: int
) -> int:
    values = {"at": now, "reason": reason, "sessions": sessions, "turns": turns}
    statement = sa.insert(chat_erasures).values(values).returning(chat_erasures.c.id)
    number: int = (await connection.execute(statement)).scalar_one()
    return number


async def _add_turn(connection: AsyncConnection, session_id: str, turn: TurnRow) -> None:
    values = {
        "session_id": session_id,
        "number": turn.number,
        "at": turn.at,
        "key": turn.key,
        "sealed": turn.sealed,
    }
    await connection.execute(sa.insert(chat_turns).values(values))


def _turns(session_id: str) -> sa.Select[Any]:
    columns = [c for c in chat_turns.c if c.name != "session_id"]
    return sa.select(*columns).where(chat_turns.c.session_id == session_id)
