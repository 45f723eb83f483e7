"""Live changes: a subscription, and the stream that it opens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from services.gateway.events.subscriptions import LIFE_S
from services.gateway.routes import StateDep, counted_caller
from shared import logs
from shared.contracts.events import SubscriptionAnswer, SubscriptionRequest

PING_S = 15
SEND_TIMEOUT_S = 30.0
SnapshotId = Annotated[str, Query(max_length=64, pattern=r"^[A-Za-z0-9-]+$")]

router = APIRouter(dependencies=[Depends(counted_caller)], tags=["events"])


class Stream(EventSourceResponse):
    """A response whose client may stop reading: then it is closed, and that is no failure."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except* SendTimeoutError:
            logs.logger("gateway.events").info("stream dropped", reason="nothing is read")


@router.post("/v1/subscriptions", status_code=201)
async def subscribe(body: SubscriptionRequest, state: StateDep) -> SubscriptionAnswer:
    """Watch a circle; the id opens its stream and lives an hour from its last use."""
    return SubscriptionAnswer(id=await state.subscriptions.add(body), expires_in=LIFE_S)


TOLD = """One `beds` event per published snapshot, its id the snapshot's version, its data a
`BedsEvent`; `: ping` every 15 s; `resync` where the client's last snapshot is not known any more;
`dropped` with a `DroppedEvent` as the last word to a client that reads too slowly."""
EXAMPLE = """id: 20261122T120000Z-1f2e3d
event: beds
data: {"snapshot":"20261122T120000Z-1f2e3d","generated_at":"2026-11-22T12:00:00Z",\
"simulated":false,"changes":[{"hpid":"A1100010","field":"hvec","from":3,"to":0,"reported_at":"2026-11-22T11:58:00Z"}]}
"""


@router.get(
    "/v1/events/{id}",
    response_class=Stream,
    responses={
        200: {
            "description": TOLD,
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
        }
    },
)
async def events(
    name: Annotated[str, Path(alias="id", pattern=r"^[A-Za-z0-9_-]{8,64}$")],
    state: StateDep,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
    since: SnapshotId | None = None,
) -> Stream:
    """Server-sent events, one per published snapshot. `since` (the `snapshot` of an answer) stands
    in for `Last-Event-ID` at the first connection, so that nothing between is missed."""
    state.streams.require_room()
    circle = await state.subscriptions.find(name)
    return Stream(
        state.streams.events(circle, last_event_id or since),
        ping=PING_S,
        ping_message_factory=lambda: ServerSentEvent(comment="ping", sep="\n"),
        send_timeout=SEND_TIMEOUT_S,
        sep="\n",
    )
