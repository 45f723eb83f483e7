"""The whole system with the fictional providers of a test, and looks into its stores."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from redis import Redis

from services.cli.state import Secrets, read_json
from tests.support.fakes.identity import FakeIdentity, identity
from tests.support.systems import System, system

DATA_KEY = "sentinel-data-key-0123456789abcdef"
BACK_TO = "https://app.example.invalid/back"
BEHIND_PROXY = {"ER_TRUSTED_PROXIES": "127.0.0.0/8"}


@contextmanager
def auth_system(state: Path, **changed: str) -> Iterator[tuple[System, FakeIdentity]]:
    """`up --demo` with providers scripted by the test; logins are limited as in production."""
    with identity() as fake:
        variables = {
            **fake.settings,
            **BEHIND_PROXY,
            "ER_AUTH_DATA_KEY": DATA_KEY,
            "ER_AUTH_REDIRECT_URIS": BACK_TO,
            "ER_GATEWAY_LIMIT_LOGIN": "10/minute",
            "ER_GATEWAY_LIMIT_FAILED_LOGIN": "5/minute",
            **changed,
        }
        with system(state, "--demo", **variables) as running:
            yield running, fake


async def rows(of: System, query: str, *values: object) -> list[Any]:
    """What the database answers to its owner."""
    port = read_json(of.state / "ports.json")["postgres"]
    password = Secrets(of.state).get("postgres_admin")
    connection = await asyncpg.connect(f"postgresql://er_admin:{password}@127.0.0.1:{port}/er_demo")
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


def redis_of(of: System) -> Redis:
    port = read_json(of.state / "ports.json")["redis"]
    return Redis.from_url(f"redis://:{Secrets(of.state).get('redis')}@127.0.0.1:{port}/0")


def calls_of(of: System, service: str, route: str) -> int:
    """How often a service was asked at a route, by its own metrics."""
    metrics = httpx.get(f"{of.address.inner[service]}/metrics", trust_env=False).text
    lines = [line for line in metrics.splitlines() if f'route="{route}"' in line]
    counted = [line for line in lines if line.startswith("er_http_requests_total")]
    return sum(int(float(line.rpartition(" ")[2])) for line in counted)
