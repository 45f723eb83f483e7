"""Private systems for a benchmark: a feed, sync alone, or everything; all of it ends with us."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.catalog import SERVICES
from services.cli.address import Address, running_at
from services.cli.bench import feed
from services.cli.errors import CommandFailed
from services.cli.local import local_postgres, local_redis
from services.cli.migrate import generate_role_urls, prepare_database
from services.cli.serving import Server, serving
from services.cli.state import Secrets
from shared.app import service_token
from simulator.app import SERVICE_PATH

ROOT = Path(__file__).resolve().parents[3]
SIGNALS = (signal.SIGTERM, signal.SIGKILL)
ASK_S = 30.0
ROUND_S = 300.0
UP_S = 180.0
LIMITED = ("ADDRESS", "TOKEN", "GUEST", "LOGIN", "FAILED_LOGIN")
LIMITS_OFF = {f"ER_GATEWAY_LIMIT_{name}": "off" for name in LIMITED}
RULES_ALONE = {"ER_TRIAGE_ENGINES": "rules"}
NO_ROUNDS_OF_ITS_OWN = {"ER_SYNC_INTERVAL_S": "3600", "ER_SYNC_DAILY_CALLS": "1000000"}


@dataclass(frozen=True, slots=True)
class Child:
    """A server process of ours."""

    pid: int
    url: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A scaled feed; it refuses until its first step."""

    url: str
    root: str

    def step(self) -> int:
        """Live on by one step; the bytes that were sent since the last one."""
        answer = httpx.post(f"{self.root}/step", timeout=ASK_S, trust_env=False)
        return int(answer.raise_for_status().json()["bytes"])


@dataclass(frozen=True, slots=True)
class SyncHouse:
    """Sync alone on servers of its own."""

    sync: Child
    admin_url: str
    redis_url: str
    service_key: str


@contextmanager
def source(state: Path, named: str | None) -> Iterator[str]:
    """Base address of the feed to take: the named one, or the simulator as a child."""
    if named is not None:
        yield named
        return
    command = [sys.executable, "-m", "simulator", "--port"]
    with child_server("simulator", state, lambda port: ([*command, str(port)], {})) as simulator:
        yield simulator.url + SERVICE_PATH


@contextmanager
def scaled(state: Path, url: str, times: int) -> Iterator[Feed]:
    """A feed of so many times the other's institutions."""
    key = {"ER_SYNC_NMC_KEY": os.environ.get("ER_SYNC_NMC_KEY") or "bench"}
    command = [sys.executable, "-m", feed.__name__, "--of", url, "--times", str(times), "--port"]
    with child_server(f"feed-{times}", state, lambda port: ([*command, str(port)], key)) as child:
        yield Feed(child.url + feed.PATH, child.url)


@contextmanager
def sync_alone(state: Path, feed_url: str) -> Iterator[SyncHouse]:
    """PostgreSQL, Redis and the sync service in a process of its own."""
    state.mkdir(mode=0o700)
    secrets = Secrets(state)
    with local_postgres(state, database="er_live") as admin, local_redis(state) as redis:
        roles = generate_role_urls(admin, secrets)
        asyncio.run(prepare_database(admin, roles))
        variables = {
            **NO_ROUNDS_OF_ITS_OWN,
            SERVICES["sync"].database_variable: roles["sync"],
            "ER_REDIS_URL": redis,
            "ER_SERVICE_KEY": secrets.get("service_key"),
            "ER_SYNC_NMC_URL": feed_url,
            "ER_SYNC_NMC_KEY": "bench",
        }

        def start(port: int) -> tuple[list[str], dict[str, str]]:
            ports = {SERVICES["sync"].port_variable: str(port)}
            return [sys.executable, "-m", "services", "sync"], {**variables, **ports}

        with child_server("sync", state, start) as child:
            yield SyncHouse(child, admin, redis, variables["ER_SERVICE_KEY"])


@contextmanager
def gateway_alone(state: Path, sync: SyncHouse) -> Iterator[Child]:
    """The gateway in a process of its own on the Redis of a sync house, with no other peer."""

    def start(port: int) -> tuple[list[str], dict[str, str]]:
        variables = {
            **LIMITS_OFF,
            "ER_GATEWAY_PORT": str(port),
            "ER_GATEWAY_INNER_PORT": "0",
            "ER_REDIS_URL": sync.redis_url,
            "ER_SERVICE_KEY": sync.service_key,
            "ER_SYNC_URL": sync.sync.url,
        }
        return [sys.executable, "-m", "services", "gateway"], variables

    with child_server("gateway", state, start) as child:
        yield child


@contextmanager
def demo(state: Path) -> Iterator[Address]:
    """The whole system on the simulator as `up --demo` starts it, with the limits off."""
    state.mkdir(mode=0o700)
    environment = _environment({**LIMITS_OFF, **RULES_ALONE})
    try:
        _er(state, environment, "up", "--demo", "--detach", "--port", "0")
        yield running_at(state)
    finally:
        _er(state, environment, "down")


@contextmanager
def everything(state: Path, feed_url: str, *, processes: bool) -> Iterator[Address]:
    """The whole system as `up` starts it, with the limits off."""
    state.mkdir(mode=0o700)
    variables = {"ER_SYNC_NMC_URL": feed_url, "ER_SYNC_NMC_KEY": "bench"}
    environment = _environment({**LIMITS_OFF, **NO_ROUNDS_OF_ITS_OWN, **RULES_ALONE, **variables})
    options = ["--processes"] * processes
    try:
        _er(state, environment, "up", "--detach", "--port", "0", *options)
        yield running_at(state)
    finally:
        _er(state, environment, "down")


def inner(url: str, name: str, service_key: str, *, timeout_s: float = ROUND_S) -> httpx.Client:
    """A client of a service's inner addresses."""
    headers = {"Authorization": f"Bearer {service_token(service_key, name)}"}
    return httpx.Client(base_url=url, headers=headers, timeout=timeout_s, trust_env=False)


def _er(state: Path, environment: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "services.cli", *arguments, "--state", str(state)]
    done = subprocess.run(
        command,
        env=environment,
        cwd=state,
        capture_output=True,
        text=True,
        timeout=UP_S,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise CommandFailed(f"{arguments[0]}: {lines[-1] if lines else 'no word'}")


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Ours without any setting of the product: a bench must not meet the operator's own stores."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ER_")}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


@contextmanager
def child_server(
    name: str, state: Path, start: Callable[[int], tuple[Sequence[str], Mapping[str, str]]]
) -> Iterator[Child]:
    """A server of ours, from the command and the settings that it has on a port."""
    pids: list[int] = []

    def started(port: int, output: int) -> subprocess.Popen[bytes]:
        command, variables = start(port)
        child = subprocess.Popen(
            command,
            env=_environment(variables),
            cwd=state,  # a `.env` of the folder we were called in is not for it
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        pids.append(child.pid)
        return child

    with serving(Server(name, started, _is_alive, SIGNALS), state) as port:
        yield Child(pids[-1], f"http://127.0.0.1:{port}")


def _is_alive(_: int, port: int) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/livez", timeout=1, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK
