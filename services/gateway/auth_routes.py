"""The public addresses of auth: tokens, logins, sessions, and one's own account."""

import re
import secrets
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from services.gateway.callers import Caller
from services.gateway.errors import Conflict, Forbidden, ProviderTokenInvalid, ProviderUnavailable
from services.gateway.routes import CallerDep, StateDep, counted_caller
from services.gateway.state import State
from shared.context import Deadline
from shared.contracts.auth import (
    JWKS_MAX_AGE_S,
    ConsentChange,
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
    LogoutRequest,
    MeAnswer,
    NonceAnswer,
    OtherSession,
    Provider,
    ProviderTokenRequest,
    RefreshedAnswer,
    RefreshRequest,
    SessionId,
    SessionsAnswer,
    SignedIn,
    TokenAnswer,
)
from shared.problems import InvalidRequest, NotFound, ProblemError, Unauthenticated, Unavailable

A = TypeVar("A", bound=BaseModel)

INNER_S = 2.0
LOGIN_S = 7.5
NO_STORE = {"Cache-Control": "no-store"}
BROWSER = re.compile(r"[\w-]{43}")
PASSES: tuple[type[ProblemError], ...] = (
    InvalidRequest, Unauthenticated, Forbidden, Conflict, NotFound, ProviderTokenInvalid,
    ProviderUnavailable, Unavailable, ProblemError,
)  # fmt: skip


async def never_stored(response: Response) -> None:
    """Tokens and accounts stay in no cache."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(tags=["auth"], dependencies=[Depends(counted_caller), Depends(never_stored)])


async def holder(caller: CallerDep) -> Holder:
    """Who showed a verified token; without one this address is closed."""
    if caller.claims is not None:
        return Holder(subject=caller.claims.subject, session=caller.claims.session)
    if caller.auth_lost:
        raise Unavailable("tokens cannot be verified now")
    raise Unauthenticated("this needs a token")


HolderDep = Annotated[Holder, Depends(holder)]


@router.post("/v1/auth/guest", status_code=201)
async def guest(body: GuestRequest, state: StateDep, caller: CallerDep) -> TokenAnswer:
    """A token for a guest."""
    await state.limits.count_guest(caller)
    return await _asked(state, "/v1/guests", TokenAnswer, body)


@router.get("/v1/auth/{provider}/authorize", status_code=302, response_class=RedirectResponse)
async def authorize(
    provider: Provider,
    request: Request,
    state: StateDep,
    caller: CallerDep,
    redirect_uri: Annotated[str | None, Query(max_length=512, pattern=r"^[!-~]+$")] = None,
) -> Response:
    """To the provider, with state, nonce and PKCE; the browser gets a secret to come back with."""
    browser = _browser(request, state) or secrets.token_urlsafe(32)
    wanted = LoginBegin(browser=browser, redirect_uri=redirect_uri)
    async with state.limits.login(caller):
        begun = await _asked(state, f"/v1/providers/{provider}/begin", LoginBegun, wanted)
    response = RedirectResponse(begun.url, 302, headers=NO_STORE)
    _remember(response, browser, state)
    return response


@router.get(
    "/v1/auth/{provider}/callback",
    response_model=SignedIn,
    responses={303: {"description": "back to an address on the list, with a one-time code"}},
)
async def callback(
    provider: Provider,
    request: Request,
    state: StateDep,
    caller: CallerDep,
    login: Annotated[str, Query(alias="state", max_length=512)] = "",
    code: Annotated[str | None, Query(max_length=4096)] = None,
    error: Annotated[str | None, Query(max_length=512)] = None,
    iss: Annotated[str | None, Query(max_length=512)] = None,
) -> object:
    """Back from the provider: tokens, or a redirect with a one-time code for them."""
    told = LoginCallback(
        browser=_browser(request, state),
        state=login,
        code=code if error is None else None,
        error=error,
        issuer=iss,
    )
    path = f"/v1/providers/{provider}/callback"
    async with state.limits.login(caller):
        ended = await _asked(state, path, LoginEnded, told, within_s=LOGIN_S)
    if ended.redirect_to is None:
        return ended.signed_in
    return RedirectResponse(ended.redirect_to, 303, headers=NO_STORE)


@router.post("/v1/auth/{provider}/nonce")
async def nonce(
    provider: Provider, body: GuestRequest, state: StateDep, caller: CallerDep
) -> NonceAnswer:
    """A number to be used once in the posted-token flow."""
    async with state.limits.login(caller):
        return await _asked(state, f"/v1/providers/{provider}/nonce", NonceAnswer, body)


@router.post("/v1/auth/{provider}/token")
async def token(
    provider: Provider, body: ProviderTokenRequest, state: StateDep, caller: CallerDep
) -> SignedIn:
    """A session for a provider's token or code, or for a one-time code of ours."""
    path = f"/v1/providers/{provider}/token"
    async with state.limits.login(caller):
        return await _asked(state, path, SignedIn, body, within_s=LOGIN_S)


@router.post("/v1/auth/{provider}/link", status_code=204)
async def link(
    provider: Provider,
    body: ProviderTokenRequest,
    state: StateDep,
    caller: CallerDep,
    own: HolderDep,
) -> None:
    """A second login for one's account; both logins must be fresh."""
    wanted = LinkRequest(**own.model_dump(), proof=body)
    async with state.limits.login(caller):
        await _told(state, f"/v1/providers/{provider}/link", wanted, within_s=LOGIN_S)


@router.post("/v1/auth/refresh")
async def refresh(body: RefreshRequest, state: StateDep) -> RefreshedAnswer:
    """A new pair of tokens; the one shown is used up."""
    return await _asked(state, "/v1/sessions/refresh", RefreshedAnswer, body)


@router.post("/v1/auth/logout", status_code=204)
async def logout(body: LogoutRequest, state: StateDep, own: HolderDep) -> None:
    """This session ends, or all of them."""
    ending = EndRequest(**own.model_dump(), everywhere=body.everywhere)
    await _told(state, "/v1/sessions/end", ending)


@router.get("/v1/auth/sessions")
async def sessions(state: StateDep, own: HolderDep) -> SessionsAnswer:
    """One's logins on all devices."""
    return await _asked(state, "/v1/sessions/list", SessionsAnswer, own)


@router.delete("/v1/auth/sessions/{session_id}", status_code=204)
async def end_session(
    session_id: Annotated[SessionId, Path()], state: StateDep, own: HolderDep
) -> None:
    """One of one's own sessions ends."""
    ending = OtherSession(**own.model_dump(), other=session_id)
    await _told(state, "/v1/sessions/end-other", ending)


@router.get("/v1/auth/me")
async def me(state: StateDep, caller: CallerDep) -> MeAnswer:
    """What is kept about the caller, and a client app's key with its quota."""
    if caller.claims is None and caller.app is not None:
        return MeAnswer(id=caller.app.id, kind="app", api_key=caller.app)
    told = await _asked(state, "/v1/me", MeAnswer, await holder(caller))
    return told.model_copy(update={"api_key": caller.app})


@router.put("/v1/auth/me/consents", status_code=204)
async def consent(body: ConsentChange, state: StateDep, own: HolderDep) -> None:
    """Consents given or withdrawn, each with the version of its text."""
    await _told(state, "/v1/me/consents", HolderConsent(**own.model_dump(), change=body))


@router.delete("/v1/auth/me", status_code=204)
async def erase(state: StateDep, own: HolderDep) -> None:
    """Withdrawal: sessions end, and everything kept about the caller is erased."""
    await _told(state, "/v1/me/erase", own)


@router.get("/.well-known/jwks.json")
async def jwks(state: StateDep, response: Response) -> JwksAnswer:
    """The public keys that verify our tokens."""
    response.headers["Cache-Control"] = f"public, max-age={JWKS_MAX_AGE_S}"
    return await state.peers.auth.call(
        "GET", "/v1/jwks", JwksAnswer, deadline=Deadline.after(INNER_S)
    )


checking = APIRouter(tags=["auth"])


@checking.get("/v1/auth/check", status_code=204)
async def check(request: Request, state: StateDep) -> Response:
    """For nginx's auth_request, which knows 2xx, 401 and 403 alone: 403 stands for not knowing."""
    caller: Caller = await state.identify(request)
    if caller.claims is not None or caller.app is not None:
        return Response(status_code=204)
    if caller.auth_lost:
        raise Forbidden("tokens cannot be verified now")
    raise Unauthenticated("this needs a token")


def _cookie(state: State) -> str:
    """A name that, under https, no other host can set."""
    return "__Host-er_login" if state.public_url.startswith("https://") else "er_login"


def _browser(request: Request, state: State) -> str:
    """The secret of the browser that calls, empty where it holds none of ours."""
    held = request.cookies.get(_cookie(state), "")
    return held if BROWSER.fullmatch(held) else ""


def _remember(response: Response, browser: str, state: State) -> None:
    response.set_cookie(
        _cookie(state),
        browser,
        max_age=600,
        path="/",
        secure=state.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
    )


async def _asked(
    state: State, path: str, answer: type[A], body: BaseModel, *, within_s: float = INNER_S
) -> A:
    return await state.peers.auth.call(
        "POST", path, answer, body=body, deadline=Deadline.after(within_s), passes=PASSES
    )


async def _told(state: State, path: str, body: BaseModel, *, within_s: float = INNER_S) -> None:
    await state.peers.auth.send(path, body, deadline=Deadline.after(within_s), passes=PASSES)
