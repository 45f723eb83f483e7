"""How a person gets in: from what a provider says to a session."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode

from services.auth import accounts, audit
from services.auth.errors import Forbidden, SessionOver, invalid_token, wrong
from services.auth.pending import CODE_PREFIX, Login
from services.auth.providers.idtokens import Proof
from services.auth.providers.login import Secrets
from services.auth.sealing import fingerprint
from services.auth.state import State
from services.auth.tokens import user_token
from shared.contracts.auth import (
    LinkRequest,
    LoginBegin,
    LoginCallback,
    LoginEnded,
    Provider,
    ProviderTokenRequest,
    RefreshedAnswer,
    SignedIn,
    TokenAnswer,
    UserSummary,
)
from shared.problems import ProblemError


async def begin(state: State, provider: Provider, wanted: LoginBegin) -> str:
    """Where the browser goes to log in. An address to come back to must be on the list."""
    state.logins.require(provider)
    if wanted.redirect_uri not in (None, *state.settings.redirect_uris):
        raise wrong("/redirect_uri", "this address is not on the list")
    made = Secrets()
    login = Login(
        provider,
        fingerprint(wanted.browser),
        made.nonce,
        made.code_verifier,
        wanted.redirect_uri,
    )
    return state.logins.authorization_url(provider, await state.pending.begin(login), made)


async def come_back(
    state: State, provider: Provider, told: LoginCallback, now: datetime
) -> LoginEnded:
    """End of a code flow. Its state is used up by whatever comes back with it."""
    login = await state.pending.take_login(told.state)
    if login is None or login.provider != provider or login.browser != fingerprint(told.browser):
        await _refused(state, provider, now, "state")
        raise wrong("/state", "this login did not begin here, is over, or was ended before")
    if not state.logins.is_issuer(provider, told.issuer):
        await _refused(state, provider, now, "issuer")
        raise invalid_token()
    if told.code is None:
        return _given_up(login)
    code = told.code

    async def proven() -> Proof:
        proof = await state.logins.by_code(
            provider,
            code,
            redirect_uri=state.logins.callback(provider),
            code_verifier=login.code_verifier,
            state=told.state,
        )
        if proof.nonce != login.nonce and not proof.space.endswith("-classic"):
            raise invalid_token()
        return proof

    signed_in = await _enter(state, provider, await _watched(state, provider, now, proven), now)
    if login.redirect_uri is None:
        return LoginEnded(signed_in=signed_in)
    one_time = await state.pending.make_code(signed_in)
    return LoginEnded(redirect_to=_with(login.redirect_uri, code=one_time, provider=provider))


async def post(
    state: State, provider: Provider, shown: ProviderTokenRequest, now: datetime
) -> SignedIn:
    """The posted-token flow; also where our own one-time codes become tokens."""
    if shown.code is not None and shown.code.startswith(CODE_PREFIX):
        signed_in = await state.pending.take_code(provider, shown.code)
        if signed_in is None:
            await _refused(state, provider, now, "code")
            raise invalid_token()
        return signed_in
    return await _enter(state, provider, await _posted(state, provider, shown, now), now)


async def link(state: State, provider: Provider, wanted: LinkRequest, now: datetime) -> None:
    """A second login for the holder's account, where both logins are fresh."""
    kind, _, user = wanted.subject.partition(":")
    within = state.settings.fresh_login_s
    if kind != "user" or not await state.sessions.is_fresh(wanted.session, within):
        raise Forbidden("log in again first")
    proof = await _posted(state, provider, wanted.proof, now)
    async with state.engine.begin() as connection:
        await accounts.link(connection, state.sealer, user, provider, proof, now)


async def refresh(state: State, token: str, now: datetime) -> RefreshedAnswer:
    """A new pair for a refresh token. One that was used before ends its whole family."""
    rotated = await state.sessions.rotate(token)
    if rotated.outcome == "reused":
        who = accounts.about(state.sealer, f"user:{rotated.user}")
        await audit.append(state.engine, "refresh_reused", now, subject=who)
    if rotated.refresh_token is None:
        raise SessionOver("log in again")
    access = _access(state, rotated.user, rotated.session, now)
    return RefreshedAnswer(**access.model_dump(), refresh_token=rotated.refresh_token)


async def _posted(
    state: State, provider: Provider, shown: ProviderTokenRequest, now: datetime
) -> Proof:
    async def proven() -> Proof:
        proof = await state.logins.by_posted(provider, shown)
        nonce = shown.nonce if proof.nonce is None else proof.nonce
        bound = shown.id_token is not None or shown.code is not None
        if nonce is None or (bound and proof.nonce is None):
            raise invalid_token()
        if shown.nonce not in (None, nonce):
            raise invalid_token()
        if not await state.pending.take_nonce(provider, nonce):
            raise invalid_token()
        token = shown.id_token or shown.access_token
        left = proof.expires_at - now.timestamp()
        if token is not None and not await state.pending.claim(token, left):
            raise invalid_token()
        return proof

    return await _watched(state, provider, now, proven)


async def _enter(state: State, provider: Provider, proof: Proof, now: datetime) -> SignedIn:
    async with state.engine.begin() as connection:
        user = await accounts.sign_in(connection, state.sealer, provider, proof, now)
        opened = await state.sessions.open(user, provider)
    access = _access(state, user, opened.id, now)
    return SignedIn(
        **access.model_dump(),
        refresh_token=opened.refresh_token,
        user=UserSummary(id=user, provider=provider, name=proof.name),
    )


def _access(state: State, user: str, session: str, now: datetime) -> TokenAnswer:
    return user_token(
        state.keyring.signing,
        issuer=state.settings.issuer,
        user=user,
        session=session,
        life_s=state.settings.access_life_s,
        now=now,
    )


async def _watched(
    state: State, provider: Provider, now: datetime, proven: Callable[[], Awaitable[Proof]]
) -> Proof:
    """The proof; a refusal goes on record first."""
    try:
        return await proven()
    except ProblemError as problem:
        await _refused(state, provider, now, problem.slug)
        raise


async def _refused(state: State, provider: Provider, now: datetime, why: str) -> None:
    detail = {"provider": provider, "why": why}
    await audit.append(state.engine, "login_refused", now, detail=detail)


def _given_up(login: Login) -> LoginEnded:
    if login.redirect_uri is None:
        raise wrong("/code", "the provider brought no code: the login was given up or refused")
    return LoginEnded(redirect_to=_with(login.redirect_uri, error="access_denied"))


def _with(address: str, **parameters: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"
