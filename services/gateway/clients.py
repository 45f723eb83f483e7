"""The services behind the gateway, each at its address."""

from dataclasses import dataclass

import httpx

from services.gateway.settings import Settings
from shared.peer import Peer


class PoolPerService(httpx.AsyncBaseTransport):
    """A pool of connections for each address. In a single one every request looks at every
    connection to every service, which under load was a tenth of a recommendation's cost."""

    def __init__(self, limits: httpx.Limits) -> None:
        self._limits = limits
        self._pools: dict[bytes, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = request.url.netloc
        if address not in self._pools:
            self._pools[address] = httpx.AsyncHTTPTransport(limits=self._limits)
        return await self._pools[address].handle_async_request(request)

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()


@dataclass(frozen=True, slots=True)
class Peers:
    """Four services over one transport, which the lifespan owns."""

    auth: Peer
    sync: Peer
    triage: Peer
    matching: Peer


def connect(settings: Settings, transport: httpx.AsyncBaseTransport) -> Peers:
    """The peers at the addresses of the settings."""
    key = settings.service_key.get_secret_value()
    return Peers(
        auth=Peer("auth", url=settings.auth_url, key=key, transport=transport),
        sync=Peer("sync", url=settings.sync_url, key=key, transport=transport),
        triage=Peer("triage", url=settings.triage_url, key=key, transport=transport),
        matching=Peer("matching", url=settings.matching_url, key=key, transport=transport),
    )
