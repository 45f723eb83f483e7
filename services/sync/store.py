"""The store of sync: loads the whole picture, writes one round in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.sync import overrides, schema
from services.sync.domain.records import (
    Change,
    Hospital,
    Mark,
    Note,
    Override,
    Picture,
    Plan,
    State,
)
from shared.contracts.nmc import Level
from shared.db import DatabaseUnusable


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """How one round went, for operators; failures by operation, each told by its kind."""

    began_at: datetime
    ended_at: datetime
    received: Mapping[str, int]
    written: Mapping[str, int]
    failures: Mapping[str, str]


async def claim(engine: AsyncEngine, dataset: str) -> None:
    """Mark a new database as this dataset's; refuse one that holds the other."""
    async with engine.begin() as connection:
        await connection.execute(
            insert(schema.dataset).values(id=1, name=dataset).on_conflict_do_nothing()
        )
        held = await connection.scalar(sa.select(schema.dataset.c.name))
    if held != dataset:
        raise DatabaseUnusable(
            f"this database holds {held} data and ER_DATASET is {dataset}; they never meet"
        )


async def load(
    engine: AsyncEngine,
    *,
    of: Sequence[str] | None = None,
) -> Picture:
    """What is stored, as of one moment: all but messages that are gone; `of` takes the part that
    is about some hospitals."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        found = [hospital(row) for row in await _rows(connection, _part(hospitals_query(), of))]
        reports = [_state(row) for row in await _rows(connection, _part(states_query(), of))]
        told = [Note(**row) for row in await _rows(connection, _part(notes_query(), of))]
        marks = [Mark(**row) for row in await _rows(connection, sa.select(schema.marks))]
        said = await _rows(connection, _part(overrides.latest(), of))
    return Picture(
        {entry.hpid: entry for entry in found},
        {state.hpid: state for state in reports},
        {note.key: note for note in told},
        {mark.operation: mark for mark in marks},
        _by_hospital([overrides.override(row) for row in said]),
    )


async def last_good_round(engine: AsyncEngine) -> datetime | None:
    """When the last round ended that lacked nothing."""
    query = sa.select(sa.func.max(schema.rounds.c.ended_at)).where(
        schema.rounds.c.failures == sa.cast({}, schema.rounds.c.failures.type)
    )
    async with engine.connect() as connection:
        ended: datetime | None = await connection.scalar(query)
        return ended


async def apply(connection: AsyncConnection, plan: Plan, record: RoundRecord) -> None:
    """Write the rows of a plan and the record of its round; all of it or nothing. The connection
    is the one that holds the turn to write."""
    async with connection.begin():
        await _ensure_partition(connection, record.began_at)
        await _upsert(connection, schema.hospitals, [_of_hospital(h) for h in plan.hospitals])
        await _upsert(connection, schema.states, [_of_state(s) for s in plan.states])
        await _upsert(connection, schema.messages, [_row_of(n) for n in plan.notes])
        await _upsert(connection, schema.marks, [_row_of(m) for m in plan.marks])
        if plan.changes:
            changes = [_of_change(c, record.began_at) for c in plan.changes]
            await connection.execute(sa.insert(schema.changes), changes)
        await connection.execute(sa.insert(schema.rounds), [_row_of(record)])


def hospitals_query() -> sa.Select[Any]:
    """Directory rows with their place as two numbers."""
    columns = [c for c in schema.hospitals.c if c.name != "geog"]
    place = sa.cast(schema.hospitals.c.geog, Geometry("POINT", 4326))
    return sa.select(
        *columns,
        sa.func.ST_X(place, type_=sa.Float).label("longitude"),
        sa.func.ST_Y(place, type_=sa.Float).label("latitude"),
    )


def states_query() -> sa.Select[Any]:
    """Reports by hospital."""
    return sa.select(schema.states)


def notes_query() -> sa.Select[Any]:
    """Messages that stand in the source."""
    return sa.select(schema.messages).where(schema.messages.c.gone_at.is_(None))


def hospital(row: dict[str, Any]) -> Hospital:
    """A hospital from a row of `hospitals_query`."""
    return Hospital(**{**row, "level": Level(row["level"]) if row["level"] else None})


def _by_hospital(words: Sequence[Override]) -> dict[str, dict[str, Override]]:
    found: dict[str, dict[str, Override]] = {}
    for word in words:
        found.setdefault(word.hpid, {})[word.field] = word
    return found


def _part(query: sa.Select[Any], of: Sequence[str] | None) -> sa.Select[Any]:
    return query if of is None else query.where(query.selected_columns["hpid"].in_(of))


async def _rows(connection: AsyncConnection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _upsert(
    connection: AsyncConnection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert(table)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=fresh), list(rows)
    )


async def _ensure_partition(connection: AsyncConnection, at: datetime) -> None:
    """The month's part of the history; asked for anew each round, so that no month is missed."""
    first = at.date().replace(day=1)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    await connection.execute(
        sa.text(
            f"CREATE TABLE IF NOT EXISTS sync.changes_{first:%Y_%m} PARTITION OF sync.changes "
            f"FOR VALUES FROM ('{first} 00:00+00') TO ('{after} 00:00+00')"
        )
    )


def _state(row: dict[str, Any]) -> State:
    changed = {code: datetime.fromisoformat(at) for code, at in row["changed"].items()}
    return State(**{**row, "changed": changed})


def _of_hospital(hospital: Hospital) -> dict[str, Any]:
    row = _row_of(hospital)
    longitude, latitude = row.pop("longitude"), row.pop("latitude")
    row["geog"] = None if longitude is None else f"SRID=4326;POINT({longitude!r} {latitude!r})"
    return row


def _of_state(state: State) -> dict[str, Any]:
    changed = {code: at.isoformat() for code, at in state.changed.items()}
    return {**_row_of(state), "values": dict(state.values), "changed": changed}


def _of_change(change: Change, at: datetime) -> dict[str, Any]:
    return {**_row_of(change), "at": at}


def _row_of(record: Any) -> dict[str, Any]:
    """Its fields as they are: `asdict` copies a whole country's values on the event loop."""
    return {entry.name: getattr(record, entry.name) for entry in fields(record)}
