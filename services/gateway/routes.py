"""The public addresses."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.gateway import status as system
from services.gateway.callers import Caller
from services.gateway.chat import Chat
from services.gateway.conditional import conditional
from services.gateway.errors import HospitalNotFound
from services.gateway.state import State
from shared.context import Deadline
from shared.contracts.gateway import Recommendation, RecommendationRequest, StatusAnswer
from shared.contracts.matching import Hpid, OutcomeRequest, ToldOutcome
from shared.contracts.sync import HistoryAnswer, HospitalDetail, SearchAnswer, SearchRequest
from shared.contracts.triage import NeedsAnswer, NeedsRequest, TriageAnswer, TriageRequest
from shared.problems import InvalidRequest, NotFound

INNER_S = 2.0
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "what the client holds"}}


async def state_of(request: Request) -> State:
    state: State = request.state.gateway
    return state


StateDep = Annotated[State, Depends(state_of)]


async def counted_caller(request: Request, state: StateDep) -> Caller:
    """The caller, after the call was counted against their limit."""
    caller = await state.identify(request)
    await state.limits.count(caller)
    return caller


CallerDep = Annotated[Caller, Depends(counted_caller)]
HpidPath = Annotated[Hpid, Path()]

router = APIRouter(dependencies=[Depends(counted_caller)])


@router.post("/v1/triage", tags=["recommendation"])
async def triage(body: TriageRequest, state: StateDep) -> TriageAnswer:
    """First words, urgency and what was understood of a text."""
    return await state.flow.triage(body)


@router.post("/v1/needs", tags=["recommendation"])
async def needs(body: NeedsRequest, state: StateDep) -> NeedsAnswer:
    """What a condition needs of a hospital."""
    return await state.flow.needs(body)


@router.post("/v1/recommendations", tags=["recommendation"], response_model=Recommendation)
async def recommend(body: RecommendationRequest, state: StateDep, caller: CallerDep) -> Response:
    """What to do now, what is needed, and where to go and why."""
    if body.session_id is not None:
        found = await Chat(state.flow).recommend(caller, body)
    else:
        found = await state.flow.recommend(body)
    told = found.model_copy(update={"degraded": sorted({*found.degraded, *state.lost(caller)})})
    # Made by us from what was validated: serialised once, not validated again.
    return Response(told.model_dump_json(), media_type="application/json")


@router.post("/v1/recommendations/{request_id}/outcome", tags=["recommendation"], status_code=204)
async def tell_outcome(
    request_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{16,32}$")],
    body: OutcomeRequest,
    state: StateDep,
    caller: CallerDep,
) -> None:
    """What happened to a recommendation; whoever holds its id may tell."""
    told = ToldOutcome(**body.model_dump(), caller=state.limits.key_of(caller))
    await state.peers.matching.send(
        f"/v1/outcomes/{request_id}", told, deadline=Deadline.after(INNER_S), passes=(NotFound,)
    )


@router.post("/v1/hospitals/search", tags=["hospitals"])
async def search(body: SearchRequest, state: StateDep) -> SearchAnswer:
    """Hospitals around a place or by name, with their beds and the age of the report."""
    return await state.peers.sync.call(
        "POST",
        "/v1/hospitals/search",
        SearchAnswer,
        body=body,
        deadline=Deadline.after(INNER_S),
        passes=(InvalidRequest,),
    )


@router.get(
    "/v1/hospitals/{hpid}",
    tags=["hospitals"],
    response_model=HospitalDetail,
    responses=UNCHANGED,
)
async def hospital(request: Request, hpid: HpidPath, state: StateDep) -> Response:
    """Everything that one hospital reports; with `If-None-Match`, 304 while nothing but its age
    has changed."""
    found = await state.peers.sync.call(
        "GET",
        f"/v1/hospitals/{hpid}",
        HospitalDetail,
        deadline=Deadline.after(INNER_S),
        passes=(HospitalNotFound,),
    )
    return conditional(request, found)


@router.get(
    "/v1/hospitals/{hpid}/history",
    tags=["hospitals"],
    response_model=HistoryAnswer,
    responses=UNCHANGED,
)
async def history(
    request: Request,
    hpid: HpidPath,
    state: StateDep,
    hours: Annotated[int, Query(ge=1, le=168)] = 24,
) -> Response:
    """How one hospital's values changed; with `If-None-Match`, 304 while none did."""
    found = await state.peers.sync.call(
        "GET",
        f"/v1/hospitals/{hpid}/history?hours={hours}",
        HistoryAnswer,
        deadline=Deadline.after(INNER_S),
        passes=(HospitalNotFound,),
    )
    return conditional(request, found)


@router.get("/v1/status", tags=["status"])
async def status(state: StateDep, caller: CallerDep) -> StatusAnswer:
    """The system in one look."""
    return await system.status(state.peers, simulated=state.simulated, lost=state.lost(caller))
