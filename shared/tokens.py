"""Signed tokens: ES256 and nothing else. No other module may import `jose`: where the algorithm is
left open it takes a public key for an HMAC secret (CVE-2026-85394)."""

import base64
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jose import jwk, jws, jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError

ALGORITHM = "ES256"
TYPE = "at+jwt"
VERSION = 1
LEEWAY_S = 30
SIZE_LIMIT = 4096
HEADER_NAMES = {"alg", "kid", "typ"}
TEXTS = ("iss", "aud", "sub", "jti", "sid", "scope")
NUMBERS = ("exp", "iat", "nbf", "ver")
GUEST_SCOPE, USER_SCOPE = "guest", "user"
LIFE_LIMITS_S = {GUEST_SCOPE: 7200, USER_SCOPE: 900}

KeySet = Mapping[str, Key]
"""Public keys by kid, read once: building one costs as much as a verification."""


class TokenRefused(Exception):
    """A token that proves nothing; the text never holds any of it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a token speaks for, and for what."""

    subject: str
    session: str
    scope: str
    expires_at: int


def key_set(jwks: Iterable[Mapping[str, str]]) -> KeySet:
    """Public ES256 keys (RFC 7517) as `verify` takes them."""
    return {key["kid"]: jwk.construct(dict(key), ALGORITHM) for key in jwks}


def sign(claims: Mapping[str, object], *, private_key: str, kid: str) -> str:
    """A compact token with our type; `private_key` is a PEM."""
    token: str = jwt.encode(
        dict(claims), private_key, algorithm=ALGORITHM, headers={"kid": kid, "typ": TYPE}
    )
    return token


def verify(token: str, keys: KeySet, *, issuer: str, audience: str) -> Claims:
    """The claims of a token signed by one of `keys`, or TokenRefused."""
    key = keys.get(kid_of(token))
    if key is None:
        raise TokenRefused("unknown key")
    try:
        claims = json.loads(jws.verify(token, key, algorithms=[ALGORITHM]))
    except (JOSEError, ValueError) as error:
        raise TokenRefused(type(error).__name__) from error
    if not isinstance(claims, dict) or not _hold(claims, issuer, audience, time.time()):
        raise TokenRefused("wrong claims")
    return Claims(claims["sub"], claims["sid"], claims["scope"], claims["exp"])


def kid_of(token: str) -> str:
    """The key that a token names, before anything of it is believed; TokenRefused where its form
    or header is not ours."""
    if len(token) > SIZE_LIMIT:
        raise TokenRefused("too long")
    parts = token.split(".")
    if len(parts) != 3 or not all(map(_is_canonical, parts)):
        raise TokenRefused("unreadable")
    return _kid_in(parts[0])


@lru_cache(maxsize=64)  # all tokens of a key begin alike
def _kid_in(head: str) -> str:
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError as error:
        raise TokenRefused("unreadable") from error
    if not isinstance(header, dict):
        raise TokenRefused("unreadable")
    # Any further name (crit, jku, jwk, x5u) would have us trust what the token says of itself.
    if set(header) != HEADER_NAMES or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise TokenRefused("wrong kind")
    return str(header["kid"])


def _is_canonical(part: str) -> bool:
    """Base64 has spare bits and its decoder skips foreign characters: one token, one spelling."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return False
    return base64.urlsafe_b64encode(decoded).rstrip(b"=") == part.encode()


def _hold(claims: Mapping[str, Any], issuer: str, audience: str, now: float) -> bool:
    """Whether every claim is there, of its kind, for us, and of this time."""
    if not all(isinstance(claims.get(name), str) and claims[name] for name in TEXTS):
        return False
    if not all(type(claims.get(name)) is int for name in NUMBERS):
        return False
    return bool(
        claims["iss"] == issuer
        and claims["aud"] == audience
        and claims["ver"] == VERSION
        and max(claims["iat"], claims["nbf"]) <= now + LEEWAY_S
        and claims["exp"] > now - LEEWAY_S
        and claims["exp"] - claims["iat"] <= LIFE_LIMITS_S.get(claims["scope"], 0)
    )
