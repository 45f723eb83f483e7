"""Which services are not ready, and waiting until all are."""

import asyncio

import httpx

from services.cli.address import Address
from shared.health import CHECK_TIMEOUT_S

ASK_S = CHECK_TIMEOUT_S + 1.0
"""A service whose dependency hangs tells so only after its own patience."""


def unready(address: Address) -> dict[str, str]:
    """Services that are not ready, each with the check that fails or `no answer`."""
    with httpx.Client(timeout=ASK_S, trust_env=False) as client:
        told = {name: _ask(client, url) for name, url in address.inner.items()}
    return {name: reason for name, reason in told.items() if reason}


async def wait_until_ready(address: Address) -> None:
    """Return once every service is ready."""
    while await asyncio.to_thread(unready, address):  # noqa: ASYNC110 - other processes' states
        await asyncio.sleep(0.1)


def _ask(client: httpx.Client, url: str) -> str:
    try:
        answer = client.get(f"{url}/readyz")
    except httpx.TransportError:
        return "no answer"
    if answer.status_code == httpx.codes.OK:
        return ""
    checks = answer.json().get("checks", {})
    return ", ".join(name for name, check in checks.items() if not check["ok"]) or "not ready"
