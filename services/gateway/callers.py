"""Who calls: by a verified token where one is shown, else by the address of the connection."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from fastapi import Request

from shared import tokens
from shared.context import Deadline
from shared.contracts.auth import JwksAnswer
from shared.peer import Peer
from shared.problems import ProblemError, Unauthenticated

AUDIENCE = "smart-er-match"
FETCH_AT_MOST_EVERY_S = 60.0
FETCH_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` is the connection's; `claims` are there where a token was verified."""

    address: str
    claims: tokens.Claims | None = None
    auth_lost: bool = False


class TokenReader:
    """Verifies tokens with the keys of auth, which are asked for at most once a minute."""

    def __init__(self, auth: Peer, *, issuer: str) -> None:
        self._auth = auth
        self._issuer = issuer
        self._keys: Mapping[str, Mapping[str, str]] = {}
        self._fetched_at = -FETCH_AT_MOST_EVERY_S
        self._fetching = asyncio.Lock()

    async def read(self, token: str) -> tokens.Claims | None:
        """The claims; None while auth was never reached. A bad token is Unauthenticated."""
        try:
            return self._verify(token)
        except tokens.TokenRefused as error:
            if not await self._refetched():
                if not self._keys:
                    return None
                raise Unauthenticated("the token is not valid") from error
        try:
            return self._verify(token)
        except tokens.TokenRefused as error:
            raise Unauthenticated("the token is not valid") from error

    def _verify(self, token: str) -> tokens.Claims:
        return tokens.verify(token, self._keys, issuer=self._issuer, audience=AUDIENCE)

    async def _refetched(self) -> bool:
        known = self._keys
        async with self._fetching:
            if self._keys is not known:
                return True  # somebody fetched them while we waited
            return await self._fetched()

    async def _fetched(self) -> bool:
        if time.monotonic() - self._fetched_at < FETCH_AT_MOST_EVERY_S:
            return False
        self._fetched_at = time.monotonic()
        try:
            answer = await self._auth.call(
                "GET", "/v1/jwks", JwksAnswer, deadline=Deadline.after(FETCH_TIMEOUT_S)
            )
        except ProblemError:
            self._fetched_at = -FETCH_AT_MOST_EVERY_S if not self._keys else self._fetched_at
            return False
        self._keys = {key.kid: key.model_dump() for key in answer.keys}
        return True


async def identify(
    request: Request, reader: TokenReader, trusted: list[IPv4Network | IPv6Network]
) -> Caller:
    """The caller of a request. Forwarded addresses count only from a trusted proxy."""
    address = client_address(
        request.client.host if request.client else "",
        request.headers.getlist("x-forwarded-for"),
        trusted,
    )
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return Caller(address)
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send a Bearer token or none")
    claims = await reader.read(token.strip())
    return Caller(address, claims, auth_lost=claims is None)


def client_address(
    peer: str, forwarded: list[str], trusted: list[IPv4Network | IPv6Network]
) -> str:
    """The nearest address that is not a trusted proxy's, walking back from the connection."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address


def _is_trusted(address: str, trusted: list[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
