"""Inner addresses of the dialogue."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.triage.chat.sessions import Asking, Sessions
from shared.app import require_service
from shared.context import language
from shared.contracts.chat import (
    ErasedAnswer,
    LocateRequest,
    OpenRequest,
    Owner,
    OwnerRequest,
    SayRequest,
    SessionAnswer,
    SessionId,
    SessionView,
    TurnAnswer,
)

router = APIRouter(prefix="/v1/chat", tags=["chat"], dependencies=[Depends(require_service)])


async def sessions_of(request: Request) -> Sessions:
    sessions: Sessions = request.state.sessions
    return sessions


SessionsDep = Annotated[Sessions, Depends(sessions_of)]
IdPath = Annotated[SessionId, Path()]


@router.post("/sessions", status_code=201)
async def open_session(body: OpenRequest, sessions: SessionsDep) -> SessionAnswer:
    """A new dialogue."""
    return await sessions.open(_asking(body.owner), body.location, body.consent)


@router.post("/sessions/{session_id}/messages")
async def say(session_id: IdPath, body: SayRequest, sessions: SessionsDep) -> TurnAnswer:
    """One turn."""
    return await sessions.say(session_id, _asking(body.owner), body.text, body.idempotency_key)


@router.put("/sessions/{session_id}/location")
async def locate(session_id: IdPath, body: LocateRequest, sessions: SessionsDep) -> TurnAnswer:
    """A place, told by a device."""
    return await sessions.locate(session_id, _asking(body.owner), body.location)


@router.post("/sessions/{session_id}/facts")
async def facts(session_id: IdPath, body: OwnerRequest, sessions: SessionsDep) -> TurnAnswer:
    """What is known, without a turn."""
    return await sessions.facts(session_id, _asking(body.owner))


@router.post("/sessions/{session_id}/view")
async def view(session_id: IdPath, body: OwnerRequest, sessions: SessionsDep) -> SessionView:
    """The dialogue as its owner sees it."""
    return await sessions.view(session_id, _asking(body.owner))


@router.post("/sessions/{session_id}/end", status_code=204)
async def end(session_id: IdPath, body: OwnerRequest, sessions: SessionsDep) -> None:
    """End a dialogue and erase its texts."""
    await sessions.leave(session_id, _asking(body.owner))


@router.delete("/owners/{owner}")
async def erase(owner: Annotated[Owner, Path()], sessions: SessionsDep) -> ErasedAnswer:
    """Erase every dialogue of an owner."""
    return await sessions.erase_owner(owner, datetime.now(UTC))


def _asking(owner: str) -> Asking:
    return Asking(owner, datetime.now(UTC), language())
