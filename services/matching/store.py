"""Decisions and what became of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching.domain.holding import LIFE, ONE_PER, Going
from services.matching.errors import RequestNotFound
from services.matching.queries import driver
from services.matching.schema import decisions, outcomes, snapshots
from shared.contracts.matching import ToldOutcome

KEPT = timedelta(days=7)
PLACE_KEPT = timedelta(minutes=30)
GOING = "going"

_DECISION = (
    "INSERT INTO matching.decisions (request_id, decided_at, snapshot, ruleset, rules, longitude,"
    " latitude, inputs, ranking, reach, holds)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)
_SNAPSHOT = (
    "INSERT INTO matching.snapshots (version, kept_at, packed) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING"
)
# The place stands in the coordinates, and could be found again from the minutes and the metres to
# many hospitals and from the points that these gave.
_BLANK = sa.text(
    "UPDATE matching.decisions SET longitude = NULL, latitude = NULL, reach = NULL, ranking ="
    " (SELECT coalesce(jsonb_agg(entry - 'score' ORDER BY place), '[]')"
    " FROM jsonb_array_elements(ranking) WITH ORDINALITY AS listed(entry, place))"
    " WHERE longitude IS NOT NULL AND decided_at < :before"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was asked and answered, the place already rounded. `inputs` is JSON; `reach` holds by
    hpid metres, seconds, their range, their source, and whether a road leads there."""

    request_id: str
    decided_at: datetime
    snapshot: str
    ruleset: str
    rules: str
    longitude: float
    latitude: float
    inputs: str
    ranking: Sequence[Mapping[str, Any]]
    reach: Mapping[str, Sequence[Any]]
    holds: Mapping[str, float]

    def row(self) -> tuple[Any, ...]:
        """Values in the order of the statement."""
        return (
            self.request_id,
            self.decided_at,
            self.snapshot,
            self.ruleset,
            self.rules,
            Decimal(str(self.longitude)),
            Decimal(str(self.latitude)),
            self.inputs,
            json.dumps(self.ranking),
            json.dumps(self.reach),
            json.dumps(self.holds),
        )


async def keep_decisions(engine: AsyncEngine, kept: Sequence[Decision]) -> None:
    """Keep some decisions in one transaction."""
    async with driver(engine) as connection:
        await connection.executemany(_DECISION, [decision.row() for decision in kept])


async def keep_snapshot(engine: AsyncEngine, version: str, packed: bytes, now: datetime) -> None:
    """Keep the snapshot on which decisions rest."""
    async with driver(engine) as connection:
        await connection.execute(_SNAPSHOT, version, now, packed)


async def decision(engine: AsyncEngine, request_id: str) -> sa.RowMapping:
    """A kept decision as it stands; RequestNotFound where nobody was given that id."""
    async with engine.connect() as connection:
        found = await connection.execute(
            sa.select(decisions).where(decisions.c.request_id == request_id)
        )
        row = found.mappings().one_or_none()
    if row is None:
        raise RequestNotFound("no recommendation has this id")
    return row


async def snapshot(engine: AsyncEngine, version: str) -> bytes | None:
    """The packed snapshot of a version, if a decision was kept on it."""
    async with engine.connect() as connection:
        packed: bytes | None = await connection.scalar(
            sa.select(snapshots.c.packed).where(snapshots.c.version == version)
        )
        return packed


async def keep_outcome(
    engine: AsyncEngine, request_id: str, outcome: ToldOutcome, now: datetime
) -> None:
    """Keep an outcome beside its decision; RequestNotFound where nobody was given that id."""
    ranking = (await decision(engine, request_id))["ranking"]
    tiers = {entry["hpid"]: entry["tier"] for entry in ranking}
    values = {"request_id": request_id, "told_at": now, **outcome.model_dump()}
    async with engine.begin() as connection:
        await connection.execute(
            sa.insert(outcomes).values(**values, listed=tiers.get(outcome.hpid))
        )


async def goings(engine: AsyncEngine, now: datetime) -> list[Going]:
    """Who said to be on the way to a hospital of their own list, as far back as it counts."""
    told = outcomes.c
    query = sa.select(told.caller, told.hpid, told.told_at).where(
        told.event == GOING,
        told.told_at > now - LIFE - ONE_PER,
        told.caller.is_not(None),
        told.listed.is_not(None),
    )
    async with engine.connect() as connection:
        return [Going(*row) for row in await connection.execute(query)]


async def forget(engine: AsyncEngine, now: datetime) -> Mapping[str, int]:
    """Blank the places that are half an hour old and drop what is a week old. Of an outcome the
    hospital, the event and the time stay; its words and its caller go."""
    week = now - KEPT
    still = sa.select(decisions.c.snapshot)
    statements = {
        "places": (_BLANK, {"before": now - PLACE_KEPT}),
        "outcomes": (
            sa.update(outcomes)
            .where(outcomes.c.told_at < week, outcomes.c.caller.is_not(None))
            .values(request_id=None, caller=None, reason=None),
            {},
        ),
        "decisions": (sa.delete(decisions).where(decisions.c.decided_at < week), {}),
        "snapshots": (
            sa.delete(snapshots).where(
                snapshots.c.kept_at < week, snapshots.c.version.not_in(still)
            ),
            {},
        ),
    }
    gone = {}
    async with engine.begin() as connection:
        for name, (statement, values) in statements.items():
            done = await connection.execute(statement, values)  # type: ignore[call-overload]
            gone[name] = done.rowcount
    return gone
