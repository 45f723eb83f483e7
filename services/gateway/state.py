"""What the gateway holds while it runs."""

from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network

from fastapi import Request

from services.gateway import apps
from services.gateway.callers import Caller, address_of, identify
from services.gateway.clients import Peers
from services.gateway.events.streams import Streams
from services.gateway.events.subscriptions import Subscriptions
from services.gateway.flow import Flow
from services.gateway.limits import Limits
from services.gateway.revocations import Revocations
from services.gateway.tokens import TokenReader
from shared.problems import Unauthenticated


@dataclass(frozen=True, slots=True)
class State:
    """Opened in the lifespan, closed there too."""

    peers: Peers
    flow: Flow
    limits: Limits
    tokens: TokenReader
    revocations: Revocations
    streams: Streams
    subscriptions: Subscriptions
    trusted_proxies: list[IPv4Network | IPv6Network]
    simulated: bool
    public_url: str

    async def identify(self, request: Request) -> Caller:
        """The caller; one whose token is bad is counted by their address before they are told."""
        address = address_of(request, self.trusted_proxies)
        try:
            key = apps.shown(request)
            caller = await identify(request, address, self.tokens, self.revocations)
            if key is None:
                return caller
            app = await apps.counted(self.peers.auth, key, request.scope["route"].tags)
        except Unauthenticated:
            await self.limits.count(Caller(address))
            raise
        return replace(caller, app=app, auth_lost=caller.auth_lost or app is None)

    def lost(self, caller: Caller) -> set[str]:
        """Parts that were tried for this call and failed."""
        redis_lost = self.limits.redis_lost or self.revocations.lost
        said = {"redis": redis_lost, "auth": caller.auth_lost}
        return {part for part, is_lost in said.items() if is_lost}
