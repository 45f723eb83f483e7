"""What the gateway holds while it runs."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from fastapi import Request

from services.gateway.callers import Caller, TokenReader, identify
from services.gateway.clients import Peers
from services.gateway.events.streams import Streams
from services.gateway.events.subscriptions import Subscriptions
from services.gateway.flow import Flow
from services.gateway.limits import Limits


@dataclass(frozen=True, slots=True)
class State:
    """Opened in the lifespan, closed there too."""

    peers: Peers
    flow: Flow
    limits: Limits
    tokens: TokenReader
    streams: Streams
    subscriptions: Subscriptions
    trusted_proxies: list[IPv4Network | IPv6Network]
    simulated: bool

    async def identify(self, request: Request) -> Caller:
        return await identify(request, self.tokens, self.trusted_proxies)

    def lost(self, caller: Caller) -> set[str]:
        """Parts that were tried for this call and failed."""
        said = {"redis": self.limits.redis_lost, "auth": caller.auth_lost}
        return {part for part, is_lost in said.items() if is_lost}
