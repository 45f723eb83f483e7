"""The public addresses of the dialogue."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path

from services.gateway.chat import Chat
from services.gateway.routes import CallerDep, StateDep, counted_caller
from shared.contracts.chat import (
    ChatPlace,
    IdempotencyKey,
    MessageRequest,
    SessionAnswer,
    SessionId,
    SessionRequest,
    SessionView,
)
from shared.contracts.gateway import ChatAnswer

router = APIRouter(
    prefix="/v1/chat/sessions", tags=["chat"], dependencies=[Depends(counted_caller)]
)

IdPath = Annotated[SessionId, Path()]
KeyHeader = Annotated[IdempotencyKey | None, Header(alias="Idempotency-Key")]


async def chat_of(state: StateDep) -> Chat:
    return Chat(state.flow)


ChatDep = Annotated[Chat, Depends(chat_of)]


@router.post("", status_code=201)
async def open_session(body: SessionRequest, caller: CallerDep, chat: ChatDep) -> SessionAnswer:
    """Begin a dialogue; needs the token of a guest or a user."""
    return await chat.open(caller, body)


@router.get("/{session_id}")
async def view_session(session_id: IdPath, caller: CallerDep, chat: ChatDep) -> SessionView:
    """A dialogue of one's own, with its transcript."""
    return await chat.view(caller, session_id)


@router.delete("/{session_id}", status_code=204)
async def end_session(session_id: IdPath, caller: CallerDep, chat: ChatDep) -> None:
    """End a dialogue and erase what was said in it."""
    await chat.end(caller, session_id)


@router.post("/{session_id}/messages")
async def say(
    session_id: IdPath,
    body: MessageRequest,
    caller: CallerDep,
    chat: ChatDep,
    state: StateDep,
    idempotency_key: KeyHeader = None,
) -> ChatAnswer:
    """One turn: advice at once, one question at most, hospitals when they can be told."""
    answer = await chat.say(caller, session_id, body.text, idempotency_key)
    return _with_lost(answer, state.lost(caller))


@router.put("/{session_id}/location")
async def locate(
    session_id: IdPath, body: ChatPlace, caller: CallerDep, chat: ChatDep, state: StateDep
) -> ChatAnswer:
    """Tell where the patient is."""
    return _with_lost(await chat.locate(caller, session_id, body), state.lost(caller))


def _with_lost(answer: ChatAnswer, lost: set[str]) -> ChatAnswer:
    return answer.model_copy(update={"degraded": sorted({*answer.degraded, *lost})})
