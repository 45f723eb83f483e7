"""Auth: tokens for guests and users, and the public keys that verify them."""

from typing import Literal

from shared.contracts.model import Answer, Request


class GuestRequest(Request):
    """A guest tells nothing about themselves."""


class TokenAnswer(Answer):
    """An access token and its life in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    expires_in: int
    scope: str


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
