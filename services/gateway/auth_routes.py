"""The public addresses of auth: tokens, logins, sessions, and one's own account."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

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
    Provider,
    ProviderTokenRequest,
    RefreshedAnswer,
    RefreshRequest,
    SignedIn,
    TokenAnswer,
)
from shared.problems import InvalidRequest, NotFound, ProblemError, Unauthenticated, Unavailable

INNER_S = 2.0
LOGIN_S = 7.5
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
    return await state.peers.auth.call(
        "POST", "/v1/guests", TokenAnswer, body=body, deadline=Deadline.after(INNER_S)
    )


@router.get("/v1/auth/{provider}/authorize", status_code=302, response_class=RedirectResponse)
async def authorize(
    provider: Provider,
    request: Request,
    state: StateDep,
    caller: CallerDep,
    redirect_uri: Annotated[str | None, Query(max_length=512, pattern=r"^[!-~]+$")] = None,
) -> Response:
    """To the provider, with state, nonce and PKCE; the browser gets a secret to come back with."""
    cookie = browser_cookie(state)
    browser = request.cookies.get(cookie, "")
    if not 40 <= len(browser) <= 64 or not browser.isascii():
        browser = secrets.token_urlsafe(32)
    async with state.limits.login(caller):
        begun = await state.peers.auth.call(
            "POST",
            f"/v1/providers/{provider}/begin",
            LoginBegun,
            body=LoginBegin(browser=browser, redirect_uri=redirect_uri),
            deadline=Deadline.after(INNER_S),
            passes=PASSES,
        )
    response = RedirectResponse(begun.url, 302, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        cookie,
        browser,
        max_age=600,
        path="/",
        secure=state.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
    )
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
        browser=request.cookies.get(browser_cookie(state), "")[:512],
        state=login,
        code=code if error is None else None,
        error=error,
        issuer=iss,
    )
    async with state.limits.login(caller):
        ended = await state.peers.auth.call(
            "POST",
            f"/v1/providers/{provider}/callback",
            LoginEnded,
            body=told,
            deadline=Deadline.after(LOGIN_S),
            passes=PASSES,
        )
    if ended.redirect_to is None:
        return ended.signed_in
    return RedirectResponse(ended.redirect_to, 303, headers={"Cache-Control": "no-store"})


@router.post("/v1/auth/{provider}/nonce")
async def nonce(
    provider: Provider, body: GuestRequest, state: StateDep, caller: CallerDep
) -> NonceAnswer:
    """A number to be used once in the posted-token flow."""
    async with state.limits.login(caller):
        return await state.peers.auth.call(
            "POST",
            f"/v1/providers/{provider}/nonce",
            NonceAnswer,
            body=body,
            deadline=Deadline.after(INNER_S),
            passes=PASSES,
        )


@router.post("/v1/auth/{provider}/token")
async def token(
    provider: Provider, body: ProviderTokenRequest, state: StateDep, caller: CallerDep
) -> SignedIn:
    """A session for a provider's token or code, or for a one-time code of ours."""
    async with state.limits.login(caller):
        return await state.peers.auth.call(
            "POST",
            f"/v1/providers/{provider}/token",
            SignedIn,
            body=body,
            deadline=Deadline.after(LOGIN_S),
            passes=PASSES,
        )


@router.post("/v1/auth/{provider}/link", status_code=204)
async def link(
    provider: Provider,
    body: ProviderTokenRequest,
    state: StateDep,
    caller: CallerDep,
    own: HolderDep,
) -> None:
    """A second login for one's account; both logins must be fresh."""
    async with state.limits.login(caller):
        await state.peers.auth.send(
            f"/v1/providers/{provider}/link",
            LinkRequest(**own.model_dump(), proof=body),
            deadline=Deadline.after(LOGIN_S),
            passes=PASSES,
        )


@router.post("/v1/auth/refresh")
async def refresh(body: RefreshRequest, state: StateDep) -> RefreshedAnswer:
    """A new pair of tokens; the one shown is used up."""
    return await state.peers.auth.call(
        "POST",
        "/v1/sessions/refresh",
        RefreshedAnswer,
        body=body,
        deadline=Deadline.after(INNER_S),
        passes=PASSES,
    )


@router.post("/v1/auth/logout", status_code=204)
async def logout(body: LogoutRequest, state: StateDep, own: HolderDep) -> None:
    """This session ends, or all of them."""
    ending = EndRequest(**own.model_dump(), everywhere=body.everywhere)
    await _own(state, "/v1/sessions/end", ending)


@router.get("/v1/auth/me")
async def me(state: StateDep, caller: CallerDep) -> MeAnswer:
    """What is kept about the caller, and a client app's key with its quota."""
    if caller.claims is None and caller.app is not None:
        return MeAnswer(id=caller.app.id, kind="app", api_key=caller.app)
    told = await state.peers.auth.call(
        "POST",
        "/v1/me",
        MeAnswer,
        body=await holder(caller),
        deadline=Deadline.after(INNER_S),
        passes=PASSES,
    )
    return told.model_copy(update={"api_key": caller.app})


@router.put("/v1/auth/me/consents", status_code=204)
async def consent(body: ConsentChange, state: StateDep, own: HolderDep) -> None:
    """Consents given or withdrawn, each with the version of its text."""
    await _own(state, "/v1/me/consents", HolderConsent(**own.model_dump(), change=body))


@router.delete("/v1/auth/me", status_code=204)
async def erase(state: StateDep, own: HolderDep) -> None:
    """Withdrawal: sessions end, and everything kept about the caller is erased."""
    await _own(state, "/v1/me/erase", own)


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


def browser_cookie(state: State) -> str:
    """A name that, under https, no other host can set."""
    return "__Host-er_login" if state.public_url.startswith("https://") else "er_login"


async def _own(state: State, path: str, body: Holder) -> None:
    await state.peers.auth.send(path, body, deadline=Deadline.after(INNER_S), passes=PASSES)
