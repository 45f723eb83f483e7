"""Inner addresses of matching."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.matching import store
from services.matching.flow import Matcher
from shared import context
from shared.app import require_service
from shared.contracts.matching import MatchAnswer, MatchRequest, OutcomeRequest

router = APIRouter(prefix="/v1", tags=["matching"], dependencies=[Depends(require_service)])

RequestId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{16,32}$")]


async def matcher_of(request: Request) -> Matcher:
    matcher: Matcher = request.state.matcher
    return matcher


MatcherDep = Annotated[Matcher, Depends(matcher_of)]


@router.post("/match")
async def match(body: MatchRequest, matcher: MatcherDep) -> MatchAnswer:
    """Hospitals ranked for these needs at this place."""
    return await matcher.match(body, now=datetime.now(UTC), language=context.language())


@router.post("/outcomes/{request_id}", status_code=204)
async def tell_outcome(request_id: RequestId, body: OutcomeRequest, matcher: MatcherDep) -> None:
    """Keep what happened to a recommendation."""
    await store.keep_outcome(matcher.engine, request_id, body, datetime.now(UTC))
