"""Which services are not ready, and waiting until all are."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx

from services.cli.address import Address
from shared.health import CHECK_TIMEOUT_S

ASK_S = 1.0
PATIENT_S = CHECK_TIMEOUT_S + 1.0
"""A service whose dependency hangs says so only after its own patience."""


def unready(address: Address, *, ask_s: float = ASK_S) -> dict[str, str]:
    """Services that are not ready, each with the check that fails or `no answer`."""
    names = list(address.inner)
    with (
        httpx.Client(timeout=ask_s, trust_env=False) as client,
        ThreadPoolExecutor(len(names)) as pool,
    ):
        told = pool.map(lambda name: _ask(client, address.inner[name]), names)
        return {name: reason for name, reason in zip(names, told, strict=True) if reason}


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
