"""Auth: guests and users, their sessions, keys of client apps, and the public signing keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from shared.contracts.model import Answer, Request

Provider = Literal["kakao", "naver", "google"]
Consent = Literal["sensitive", "location", "external_ai"]
KeyScope = Literal["recommendation", "hospitals", "chat", "status", "auth"]
"""What a client app's key opens: the tags of the public addresses."""

Token = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[!-~]+$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[!-~]+$")]
Verifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]
AUDIENCE = "smart-er-match"
JWKS_MAX_AGE_S = 300


@dataclass(frozen=True, slots=True)
class RevocationKeys:
    """Where Redis tells every verifier that a session has ended."""

    dataset: str

    def session(self, sid: str) -> str:
        return f"er:{self.dataset}:auth:revoked:{sid}"


class GuestRequest(Request):
    """A guest tells nothing about themselves."""


class TokenAnswer(Answer):
    """An access token and its life in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: int
    scope: str


class UserSummary(Answer):
    """Who signed in; the name only where the provider told one."""

    id: str
    provider: Provider
    name: str | None = None


class RefreshedAnswer(TokenAnswer):
    """A new pair; the refresh token that was shown is used up."""

    refresh_token: str


class SignedIn(RefreshedAnswer):
    """A session that begins."""

    user: UserSummary


class NonceAnswer(Answer):
    """A number to be used once, within `expires_in` seconds, in the posted-token flow."""

    nonce: str
    expires_in: int


class ProviderTokenRequest(Request):
    """What a client got from a provider (or our own one-time code, as `code`): exactly one of
    `access_token`, `id_token` and `code`."""

    access_token: Token | None = None
    id_token: Token | None = None
    code: Short | None = None
    redirect_uri: Short | None = None
    code_verifier: Verifier | None = None
    nonce: Short | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> "ProviderTokenRequest":
        if sum(proof is not None for proof in (self.access_token, self.id_token, self.code)) != 1:
            raise ValueError("exactly one of access_token, id_token and code")
        return self


class RefreshRequest(Request):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class LogoutRequest(Request):
    """`everywhere` ends every session of the user, this one among them."""

    everywhere: bool = False


class ConsentChange(Request):
    """Consents given (true) or withdrawn (false) to the text of that version."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[\w.-]+$")]
    sensitive: bool | None = None
    location: bool | None = None
    external_ai: bool | None = None

    def given(self) -> dict[Consent, bool]:
        told: dict[Consent, bool | None] = {
            "sensitive": self.sensitive,
            "location": self.location,
            "external_ai": self.external_ai,
        }
        return {kind: value for kind, value in told.items() if value is not None}


class ConsentRecord(Answer):
    """The last word about one kind of consent."""

    kind: Consent
    granted: bool
    version: str
    at: datetime


class ApiKeyUse(Answer):
    """A client app's key after a call was counted; a day is one of Korea."""

    id: str
    name: str
    scopes: list[KeyScope]
    daily_quota: int
    used_today: int
    resets_at: datetime
    exceeded: bool = False


SessionId = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]


class SessionEntry(Answer):
    """One login on one device; `current` is the one that asks."""

    id: str
    provider: Provider
    began_at: datetime
    current: bool


class SessionsAnswer(Answer):
    sessions: list[SessionEntry]


class MeAnswer(Answer):
    """What is kept about the caller. `providers` are the logins of the account."""

    id: str | None
    kind: Literal["guest", "user", "app"]
    scope: str | None = None
    providers: list[Provider] = []
    name: str | None = None
    email: str | None = None
    created_at: datetime | None = None
    consents: list[ConsentRecord] = []
    api_key: ApiKeyUse | None = None


class Jwk(Answer):
    """A public ES256 key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class JwksAnswer(Answer):
    """The keys that verify what auth signs."""

    keys: list[Jwk]


class Holder(Request):
    """Inner: who showed a verified token."""

    subject: Annotated[str, StringConstraints(pattern=r"^(guest|user):[\w-]{1,64}$")]
    session: SessionId


class OtherSession(Holder):
    """Inner: one of the holder's sessions, not by the token of that session."""

    other: SessionId


class EndRequest(Holder):
    everywhere: bool = False


class HolderConsent(Holder):
    change: ConsentChange


class LinkRequest(Holder):
    """Inner: a second login for the account of a fresh session."""

    proof: ProviderTokenRequest


class LoginBegin(Request):
    """Inner: a code flow begins in the browser that holds the secret `browser`."""

    browser: Short
    redirect_uri: Short | None = None


class LoginBegun(Answer):
    url: str


class LoginCallback(Request):
    """Inner: what a browser brought back from a provider."""

    browser: Annotated[str, StringConstraints(max_length=512)]
    state: Annotated[str, StringConstraints(max_length=512)]
    code: Annotated[str, StringConstraints(max_length=4096)] | None = None
    error: Annotated[str, StringConstraints(max_length=512)] | None = None
    issuer: Annotated[str, StringConstraints(max_length=512)] | None = None


class LoginEnded(Answer):
    """The session, or where to send the browser with a one-time code."""

    signed_in: SignedIn | None = None
    redirect_to: str | None = None


class ApiKeyShown(Request):
    """Inner: a key that a client app showed; the call is counted."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    scope: KeyScope
