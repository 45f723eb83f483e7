"""Who calls: by a verified token where one is shown, else by the address of the connection."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from fastapi import Request

from services.gateway.revocations import Revocations
from services.gateway.tokens import TokenReader
from shared import tokens
from shared.contracts.auth import ApiKeyUse
from shared.problems import Unauthenticated

Networks = list[IPv4Network | IPv6Network]


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` is the connection's; `claims` are there where a token was verified, `app` where
    a client app's key was counted."""

    address: str
    claims: tokens.Claims | None = None
    auth_lost: bool = False
    app: ApiKeyUse | None = None


async def identify(
    request: Request, address: str, reader: TokenReader, revocations: Revocations
) -> Caller:
    """The caller of a request from an address; Unauthenticated where a shown token is bad."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return Caller(address)
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send a Bearer token or none")
    claims = await reader.read(token.strip())
    if claims is not None and await revocations.hold(claims.session):
        raise Unauthenticated("the session has ended")
    return Caller(address, claims, auth_lost=claims is None)


def address_of(request: Request, trusted: Networks) -> str:
    """Where a request comes from. Forwarded addresses count only from a trusted proxy."""
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.getlist("x-forwarded-for"), trusted)


def client_address(peer: str, forwarded: list[str], trusted: Networks) -> str:
    """The nearest address that is not a trusted proxy's, walking back from the connection."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address


def counted_as(address: str) -> str:
    """Whom an address is counted for: a home has a whole IPv6 /64, so that is one caller."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False).network_address)


def _is_trusted(address: str, trusted: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
