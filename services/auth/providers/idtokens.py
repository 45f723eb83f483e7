"""ID tokens of the providers: RS256 by a key of theirs, and every claim checked here.

authlib alone takes a foreign audience where `azp` is ours, an empty subject and a missing nonce
(measured); so its JOSE library checks the signature, and nothing else is left to it.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from services.auth.errors import ProviderUnavailable, invalid_token
from services.auth.providers.endpoints import Endpoint
from services.auth.providers.outbound import Outbound

ALGORITHM = "RS256"
LEEWAY_S = 60
MAY_STAND = {"alg", "kid", "typ"}
SUBJECT_LIMIT = 255
REFETCH_S = 60.0
MAX_AGES_S = (60.0, 86_400.0)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who logged in, as the provider says and we checked. `nonce` is the one in the token."""

    space: str
    subject: str
    expires_at: float
    nonce: str | None = None
    email: str | None = None
    name: str | None = None


class ProviderKeys:
    """A provider's public keys, kept as long as it says; for an unknown kid they are asked for
    anew once a minute at most, whoever makes kids up."""

    def __init__(self, to: Endpoint, outbound: Outbound) -> None:
        self._to = to
        self._outbound = outbound
        self._keys: dict[str, RSAKey] = {}
        self._good_until = 0.0
        self._refetch_after = 0.0

    async def key(self, kid: str, now: float | None = None) -> RSAKey | None:
        """The key of that name; raises ProviderUnavailable where none were ever read."""
        moment = time.monotonic() if now is None else now
        if not self._keys or moment >= self._good_until:
            await self._fetch(moment)
        elif kid not in self._keys and moment >= self._refetch_after:
            self._refetch_after = moment + REFETCH_S
            await self._fetch(moment)
        return self._keys.get(kid)

    async def _fetch(self, moment: float) -> None:
        told = await self._outbound.get(self._to.name, self._to.jwks_url)
        listed = (told.body or {}).get("keys")
        if told.status != 200 or not isinstance(listed, list):
            raise ProviderUnavailable(f"{self._to.name} does not tell its keys")
        self._keys = dict(filter(None, map(_read_key, listed)))
        self._good_until = moment + _max_age(told.headers.get("cache-control", ""))


async def read(
    token: str, to: Endpoint, provider_keys: ProviderKeys, *, now: float | None = None
) -> Proof:
    """What an ID token proves; ProviderTokenInvalid where anything is not as it must be. The
    nonce is the caller's to check."""
    header = _header(token)
    key = await provider_keys.key(str(header["kid"]))
    if key is None:
        raise invalid_token()
    try:
        payload = jws.deserialize_compact(token, key, algorithms=[ALGORITHM]).payload
        claims = json.loads(payload)
    except (JoseError, ValueError) as error:
        raise invalid_token() from error
    if not isinstance(claims, dict) or not _fits(claims, to, time.time() if now is None else now):
        raise invalid_token()
    return Proof(
        space=to.space,
        subject=claims["sub"],
        expires_at=float(claims["exp"]),
        nonce=_text(claims.get("nonce")),
        email=_text(claims.get("email")),
        name=_text(claims.get("name")) or _text(claims.get("nickname")),
    )


def _fits(claims: Mapping[str, Any], to: Endpoint, now: float) -> bool:
    subject = claims.get("sub")
    return (
        claims.get("iss") in to.issuers
        and _is_for_us(claims.get("aud"), to)
        and claims.get("azp", to.client_id) in to.client_ids
        and isinstance(subject, str)
        and 0 < len(subject) <= SUBJECT_LIMIT
        and _is_number(claims.get("exp"))
        and _is_number(claims.get("iat"))
        and claims["exp"] > now - LEEWAY_S
        and claims["iat"] <= now + LEEWAY_S
    )


def _is_for_us(audience: object, to: Endpoint) -> bool:
    listed = audience if isinstance(audience, list) else [audience]
    return len(listed) == 1 and listed[0] in to.client_ids


def _header(token: str) -> Mapping[str, Any]:
    try:
        header: Mapping[str, Any] = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise invalid_token() from error
    kid = header.get("kid")
    if set(header) - MAY_STAND or header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise invalid_token()
    return header


def _read_key(listed: object) -> tuple[str, RSAKey] | None:
    if not isinstance(listed, dict) or listed.get("kty") != "RSA":
        return None
    try:
        return str(listed["kid"]), RSAKey.import_key(listed)
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _max_age(header: str) -> float:
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isdigit():
            return min(max(float(value), MAX_AGES_S[0]), MAX_AGES_S[1])
    return 300.0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str | None:
    return value[:SUBJECT_LIMIT] if isinstance(value, str) and value else None
