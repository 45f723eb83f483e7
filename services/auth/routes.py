"""Inner addresses of auth: tokens, sessions, and what a holder may do with their account."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.auth import accounts, audit, entering
from services.auth.errors import SessionOver
from services.auth.pending import LOGIN_S
from services.auth.state import State
from services.auth.tokens import guest_token
from shared.app import require_service
from shared.contracts.auth import (
    EndRequest,
    GuestRequest,
    Holder,
    HolderConsent,
    JwksAnswer,
    LinkRequest,
    LoginBegin,
    LoginBegun,
    LoginCallback,
    LoginEnded,
    MeAnswer,
    NonceAnswer,
    OtherSession,
    Provider,
    ProviderTokenRequest,
    RefreshedAnswer,
    RefreshRequest,
    SessionsAnswer,
    SignedIn,
    TokenAnswer,
)
from shared.problems import NotFound

router = APIRouter(prefix="/v1", tags=["auth"], dependencies=[Depends(require_service)])


async def state_of(request: Request) -> State:
    state: State = request.state.auth
    return state


StateDep = Annotated[State, Depends(state_of)]


@router.post("/guests", status_code=201)
async def create_guest(_: GuestRequest, state: StateDep) -> TokenAnswer:
    """A token for a guest."""
    return guest_token(
        state.keyring.signing,
        issuer=state.settings.issuer,
        life_s=state.settings.guest_life_s,
        now=datetime.now(UTC),
    )


@router.get("/jwks")
async def jwks(state: StateDep) -> JwksAnswer:
    """The public keys."""
    return JwksAnswer(keys=state.keyring.public)


@router.post("/providers/{provider}/begin")
async def begin(provider: Provider, body: LoginBegin, state: StateDep) -> LoginBegun:
    """A code flow begins."""
    return LoginBegun(url=await entering.begin(state, provider, body))


@router.post("/providers/{provider}/callback")
async def callback(provider: Provider, body: LoginCallback, state: StateDep) -> LoginEnded:
    """A code flow ends."""
    return await entering.come_back(state, provider, body, datetime.now(UTC))


@router.post("/providers/{provider}/nonce")
async def nonce(provider: Provider, _: GuestRequest, state: StateDep) -> NonceAnswer:
    """A number for the posted-token flow."""
    state.logins.require(provider)
    return NonceAnswer(nonce=await state.pending.make_nonce(provider), expires_in=LOGIN_S)


@router.post("/providers/{provider}/token")
async def token(provider: Provider, body: ProviderTokenRequest, state: StateDep) -> SignedIn:
    """A session for what a provider told a client."""
    return await entering.post(state, provider, body, datetime.now(UTC))


@router.post("/providers/{provider}/link", status_code=204)
async def link(provider: Provider, body: LinkRequest, state: StateDep) -> None:
    """A second login for an account."""
    await entering.link(state, provider, body, datetime.now(UTC))


@router.post("/sessions/refresh")
async def refresh(body: RefreshRequest, state: StateDep) -> RefreshedAnswer:
    """A session goes on."""
    return await entering.refresh(state, body.refresh_token, datetime.now(UTC))


@router.post("/sessions/end", status_code=204)
async def end(body: EndRequest, state: StateDep) -> None:
    """A session ends, or all of the holder's."""
    kind, _, id_ = body.subject.partition(":")
    if kind == "user" and body.everywhere:
        await state.sessions.end_all(id_)
    await state.sessions.end(body.session, id_ if kind == "user" else None)
    who = accounts.about(state.sealer, body.subject)
    detail = {"everywhere": str(body.everywhere).lower()}
    await audit.append(state.engine, "logout", datetime.now(UTC), subject=who, detail=detail)


@router.post("/sessions/list")
async def list_sessions(body: Holder, state: StateDep) -> SessionsAnswer:
    """The holder's sessions; a guest's one stands nowhere."""
    kind, _, id_ = body.subject.partition(":")
    living = await state.sessions.of(id_) if kind == "user" else []
    return SessionsAnswer.model_validate(
        {"sessions": [{**asdict(one), "current": one.id == body.session} for one in living]}
    )


@router.post("/sessions/end-other", status_code=204)
async def end_other(body: OtherSession, state: StateDep) -> None:
    """One session of the holder ends; anybody else's is not there."""
    kind, _, id_ = body.subject.partition(":")
    living = await state.sessions.of(id_) if kind == "user" else []
    if body.other not in {one.id for one in living}:
        raise NotFound("no such session")
    await state.sessions.end(body.other, id_)
    who = accounts.about(state.sealer, body.subject)
    await audit.append(state.engine, "logout", datetime.now(UTC), subject=who)


@router.post("/me")
async def me(body: Holder, state: StateDep) -> MeAnswer:
    """What is kept about the holder."""
    kind, _, id_ = body.subject.partition(":")
    if kind == "guest":
        return MeAnswer(id=id_, kind="guest", scope="guest")
    async with state.engine.connect() as connection:
        account = await accounts.find(connection, state.sealer, id_)
    if account is None:
        raise SessionOver("the account is gone")
    return MeAnswer(
        id=account.id,
        kind="user",
        scope="user",
        providers=list(account.providers),
        name=account.name,
        email=account.email,
        created_at=account.created_at,
        consents=list(account.consents),
    )


@router.post("/me/consents", status_code=204)
async def consent(body: HolderConsent, state: StateDep) -> None:
    """Consents given or withdrawn."""
    kind, _, id_ = body.subject.partition(":")
    if kind != "user":
        raise SessionOver("consents are kept for accounts")
    async with state.engine.begin() as connection:
        change = body.change
        await accounts.consent(
            connection, state.sealer, id_, change.given(), change.version, datetime.now(UTC)
        )


@router.post("/me/erase", status_code=204)
async def erase(body: Holder, state: StateDep) -> None:
    """Everything about the holder goes: rows and sessions now, chats as soon as triage answers.
    Sessions end before the rows are committed: without Redis nothing is erased, and it is said."""
    kind, _, id_ = body.subject.partition(":")
    async with state.engine.begin() as connection:
        await accounts.erase(connection, state.sealer, body.subject, datetime.now(UTC))
        if kind == "user":
            await state.sessions.end_all(id_)
        await state.sessions.end(body.session, id_ if kind == "user" else None)
    state.eraser.nudge()
