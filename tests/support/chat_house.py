"""The dialogue's part of the system on servers of its own, each of which a test may kill."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from services.cli.cluster import postgres_home, postmaster_file
from services.cli.local import local_postgres, local_redis
from services.cli.migrate import generate_role_urls, prepare_database
from services.cli.programs import unprivileged_account
from services.cli.state import Secrets, free_port
from tests.support.places import ROOT

Part = Literal["redis", "postgres", "triage"]
SERVICES = ("auth", "triage", "gateway")
READY_S = 40.0


@dataclass(slots=True)
class House:
    """Running servers and services; whatever is left at the end is stopped."""

    state: Path
    environment: dict[str, str] = field(default_factory=dict)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    servers: dict[str, ExitStack] = field(default_factory=dict)
    url: str = ""

    async def kill(self, part: Part) -> None:
        """kill -9, as a crash or the kernel would."""
        if part == "triage":
            self.children[part].kill()
            self.children[part].wait()
            return
        await asyncio.to_thread(self._kill_server, part)

    async def start(self, part: Part) -> None:
        """Start it again on its data, on the same port."""
        if part == "triage":
            await self.serve(part)
        else:
            await asyncio.to_thread(self.open_server, part)

    def open_server(self, part: Part) -> str:
        stack = ExitStack()
        server = (
            local_redis(self.state)
            if part == "redis"
            else local_postgres(self.state, database="er_live")
        )
        url = stack.enter_context(server)
        self.servers[part] = stack
        return url

    async def serve(self, name: str) -> None:
        with (self.state / f"{name}.service.log").open("ab") as log:
            self.children[name] = subprocess.Popen(  # noqa: ASYNC220 - it only starts here
                [sys.executable, "-m", "services", name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        port = self.environment[f"ER_{name.upper()}_PORT"]
        await _ready(f"http://127.0.0.1:{port}/readyz")

    def _kill_server(self, part: Part) -> None:
        if part == "redis":
            pid = int((self.state / "redis" / "redis.pid").read_text())
        else:
            home = postgres_home(self.state, unprivileged_account())
            pid = int(postmaster_file(home / "data")[0])
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.servers.pop(part).close()


@asynccontextmanager
async def house(state: Path) -> AsyncIterator[House]:
    """PostgreSQL, Redis, auth, triage and the gateway; sync and matching are away."""
    made = House(state)
    try:
        admin, redis = await asyncio.to_thread(_servers, made)
        roles = generate_role_urls(admin, Secrets(state))
        await prepare_database(admin, roles)
        made.environment = _environment(roles, redis)
        await asyncio.gather(*(made.serve(name) for name in SERVICES))
        made.url = f"http://127.0.0.1:{made.environment['ER_GATEWAY_PORT']}"
        yield made
    finally:
        for child in made.children.values():
            child.terminate()
        for child in made.children.values():
            child.wait(timeout=20)
        for stack in made.servers.values():
            await asyncio.to_thread(stack.close)


def _servers(made: House) -> tuple[str, str]:
    return made.open_server("postgres"), made.open_server("redis")


def _environment(roles: dict[str, str], redis: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ER_")}
    ports = {name: str(free_port()) for name in (*SERVICES, "sync", "matching")}
    return {
        **kept,
        **{f"ER_{name.upper()}_PORT": port for name, port in ports.items()},
        **{f"ER_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()},
        **{f"ER_GATEWAY_LIMIT_{name}": "off" for name in ("ADDRESS", "TOKEN", "GUEST")},
        "ER_GATEWAY_INNER_PORT": str(free_port()),
        "ER_AUTH_DATABASE_URL": roles["auth"],
        "ER_TRIAGE_DATABASE_URL": roles["triage"],
        "ER_REDIS_URL": redis,
        "ER_CHAT_KEY": "f" * 32,
        "ER_TRIAGE_ENGINES": "rules",
        "PYTHONPATH": str(ROOT),
    }


async def _ready(url: str) -> None:
    give_up = time.monotonic() + READY_S
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            assert time.monotonic() < give_up, f"{url} is not ready"
            await asyncio.sleep(0.05)
