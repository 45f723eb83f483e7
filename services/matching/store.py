"""Decisions and what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching.errors import RequestNotFound
from services.matching.schema import decisions, outcomes
from shared.contracts.matching import MatchRequest, OutcomeRequest
from shared.contracts.place import Place

NOT_INPUTS = {"latitude", "longitude", "ruleset"}


async def keep_decision(
    engine: AsyncEngine,
    request_id: str,
    request: MatchRequest,
    *,
    place: Place,
    snapshot: str,
    ranking: list[dict[str, Any]],
    now: datetime,
) -> None:
    """Keep what was asked and answered, with the place already rounded."""
    async with engine.begin() as connection:
        await connection.execute(
            insert(decisions).values(
                request_id=request_id,
                decided_at=now,
                snapshot=snapshot,
                ruleset=request.ruleset,
                longitude=place.longitude,
                latitude=place.latitude,
                inputs=request.model_dump(mode="json", exclude=NOT_INPUTS),
                ranking=ranking,
            )
        )


async def keep_outcome(
    engine: AsyncEngine, request_id: str, outcome: OutcomeRequest, now: datetime
) -> None:
    """Keep an outcome beside its decision; RequestNotFound where nobody was given that id."""
    values = {"request_id": request_id, "told_at": now, **outcome.model_dump()}
    try:
        async with engine.begin() as connection:
            await connection.execute(insert(outcomes).values(values))
    except IntegrityError as error:
        raise RequestNotFound("no recommendation has this id") from error
