"""Signed tokens: ES256 and nothing else. No other module may import `jose`: where the algorithm is
left open it takes a public key for an HMAC secret (CVE-2026-85394)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jose import jws, jwt
from jose.exceptions import JOSEError

ALGORITHM = "ES256"
TYPE = "at+jwt"
VERSION = 1
LEEWAY_S = 30
SIZE_LIMIT = 4096
HEADER_NAMES = {"alg", "kid", "typ"}
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "nbf", "jti")


class TokenRefused(Exception):
    """A token that proves nothing; the text never holds any of it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a token speaks for, and for what."""

    subject: str
    session: str
    scope: str
    expires_at: int


def sign(claims: Mapping[str, object], *, private_key: str, kid: str) -> str:
    """A compact token with our type; `private_key` is a PEM."""
    token: str = jwt.encode(
        dict(claims), private_key, algorithm=ALGORITHM, headers={"kid": kid, "typ": TYPE}
    )
    return token


def verify(
    token: str,
    keys: Mapping[str, Mapping[str, str]],
    *,
    issuer: str,
    audience: str,
) -> Claims:
    """The claims of a token signed by one of `keys` (public JWKs by kid), or TokenRefused."""
    key = keys.get(_kid(token))
    if key is None:
        raise TokenRefused("unknown key")
    options = {f"require_{name}": True for name in REQUIRED} | {"leeway": LEEWAY_S}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            dict(key),
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=issuer,
            options=options,
        )
    except JOSEError as error:
        raise TokenRefused(type(error).__name__) from error
    return _checked(claims)


def _kid(token: str) -> str:
    if len(token) > SIZE_LIMIT:
        raise TokenRefused("too long")
    try:
        header = jws.get_unverified_header(token)
    except JOSEError as error:
        raise TokenRefused("unreadable") from error
    # Any further name (crit, jku, jwk, x5u) would have us trust what the token says of itself.
    if set(header) != HEADER_NAMES or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise TokenRefused("wrong kind")
    return str(header["kid"])


def _checked(claims: Mapping[str, Any]) -> Claims:
    texts = [claims.get(name) for name in ("sub", "sid", "scope")]
    if not all(isinstance(text, str) and text for text in texts) or claims.get("ver") != VERSION:
        raise TokenRefused("wrong claims")
    if not isinstance(claims["aud"], str) or claims["iat"] > time.time() + LEEWAY_S:
        raise TokenRefused("wrong claims")
    return Claims(claims["sub"], claims["sid"], claims["scope"], int(claims["exp"]))
