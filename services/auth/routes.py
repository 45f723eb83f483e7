"""Inner addresses of auth."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.auth import store
from services.auth.state import State
from services.auth.tokens import guest_token
from shared.app import require_service
from shared.contracts.auth import GuestRequest, JwksAnswer, TokenAnswer

router = APIRouter(prefix="/v1", tags=["auth"], dependencies=[Depends(require_service)])


async def state_of(request: Request) -> State:
    state: State = request.state.auth
    return state


StateDep = Annotated[State, Depends(state_of)]


@router.post("/guests", status_code=201)
async def create_guest(_: GuestRequest, state: StateDep) -> TokenAnswer:
    """A token for a guest."""
    return guest_token(
        state.key, issuer=state.issuer, life_s=state.guest_life_s, now=datetime.now(UTC)
    )


@router.get("/jwks")
async def jwks(state: StateDep) -> JwksAnswer:
    """The public keys."""
    return JwksAnswer(keys=await store.public_keys(state.engine))
