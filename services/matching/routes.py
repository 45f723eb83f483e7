"""Inner addresses of matching."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from services.matching import replaying, store
from services.matching.flow import Matcher
from shared import context
from shared.app import require_service
from shared.context import Deadline
from shared.contracts.matching import MatchAnswer, MatchRequest, ReplayAnswer, ToldOutcome

WHOLE_S = 1.0

router = APIRouter(prefix="/v1", tags=["matching"], dependencies=[Depends(require_service)])

RequestId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{16,32}$")]


async def matcher_of(request: Request) -> Matcher:
    matcher: Matcher = request.state.matcher
    return matcher


MatcherDep = Annotated[Matcher, Depends(matcher_of)]
LeftMs = Annotated[int, Header(alias=context.TIME_LEFT_HEADER, ge=0, include_in_schema=False)]


@router.post("/match", response_model=MatchAnswer)
async def match(
    body: MatchRequest, matcher: MatcherDep, left_ms: LeftMs = int(WHOLE_S * 1000)
) -> Response:
    """Hospitals ranked for these needs at this place."""
    answer = await matcher.match(
        body,
        now=datetime.now(UTC),
        language=context.language(),
        deadline=Deadline.after(min(WHOLE_S, left_ms / 1000)),
    )
    # Made by us from what was validated: serialised once, not validated again.
    return Response(answer.model_dump_json(), media_type="application/json")


@router.post("/outcomes/{request_id}", status_code=204)
async def tell_outcome(request_id: RequestId, body: ToldOutcome, matcher: MatcherDep) -> None:
    """Keep what happened to a recommendation."""
    await store.keep_outcome(matcher.engine, request_id, body, datetime.now(UTC))


@router.get("/decisions/{request_id}/replay")
async def replay(request_id: RequestId, matcher: MatcherDep) -> ReplayAnswer:
    """A kept decision made again."""
    return await replaying.replay(matcher.engine, request_id)
