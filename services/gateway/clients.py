"""The services behind the gateway, each at its address."""

from dataclasses import dataclass

import httpx

from services.gateway.settings import Settings
from shared.peer import Peer


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
