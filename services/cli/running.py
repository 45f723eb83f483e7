"""`up`: private servers, schema, services; all of it stops together."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console

from services import host
from services.catalog import OWNERS, SERVICES
from services.cli import supervising
from services.cli.address import Address, announced, state_folder
from services.cli.environment import Dataset, Listeners, choose_dataset, compose, listen
from services.cli.errors import CommandFailed
from services.cli.local import local_postgres, local_redis
from services.cli.migrate import generate_role_urls, prepare_database
from services.cli.readiness import unready, wait_until_ready
from services.cli.state import Secrets, exit_on_signals, state_lock
from shared import logs
from shared.settings import CommonSettings, load
from simulator import app as simulator

console = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked of `up`."""

    demo: bool
    port: int | None
    state: Path | None
    processes: bool


def run(wanted: Wanted) -> int:
    """Run until a signal comes or a part fails; 1 with the part's name on the last line."""
    dataset = choose_dataset(demo=wanted.demo, environ=os.environ)
    state = state_folder(wanted.state)
    with exit_on_signals(), state_lock(state):
        listeners = listen(_gateway_port(wanted), dataset)
        with _servers(state, dataset, listeners) as address:
            common = load(CommonSettings)
            logs.configure(profile=common.profile, level=common.log_level)
            with announced(state, address):
                ending = _serve(listeners, address, in_processes=wanted.processes)
    if ending.failed is not None:
        console.print(f"er: {ending.failed}: {ending.reason}", style="bold red", markup=False)
        return 1
    console.print("er: stopped")
    return 0


def migrate() -> None:
    """Schema of an outside database; each role's address is taken from its variable."""
    admin = os.environ.get("ER_DATABASE_URL")
    if not admin:
        raise CommandFailed("ER_DATABASE_URL is not set; ./er up migrates its own database")
    owners = {name: SERVICES[name].database_variable for name in OWNERS}
    urls = {owner: os.environ[name] for owner, name in owners.items() if os.environ.get(name)}
    asyncio.run(prepare_database(admin, urls))
    console.print(f"er: schema of {', '.join(OWNERS)} is current")


def _gateway_port(wanted: Wanted) -> int:
    try:
        return SERVICES["gateway"].port(os.environ) if wanted.port is None else wanted.port
    except ValueError:
        raise CommandFailed("ER_GATEWAY_PORT is not a number") from None


@contextmanager
def _servers(state: Path, dataset: Dataset, listeners: Listeners) -> Iterator[Address]:
    """PostgreSQL and Redis of our own, or the operator's; the environment is set for services."""
    secrets = Secrets(state)
    with _postgres(state, dataset) as admin, _redis(state) as redis_url:
        urls = generate_role_urls(admin, secrets)
        given = {o: os.environ.get(SERVICES[o].database_variable) or urls[o] for o in OWNERS}
        asyncio.run(prepare_database(admin, given))
        variables = compose(
            dataset, listeners, role_urls=given, redis_url=redis_url, secrets=secrets
        )
        os.environ.update(variables)
        os.environ.setdefault("ER_SYNC_PAYLOAD_DIR", str(state / "payloads" / dataset))
        # Models hold nothing of a dataset, so that demo and live share them.
        os.environ.setdefault("ER_TRIAGE_MODEL_DIR", str(state.resolve() / "engines"))
        inner = {name: f"http://127.0.0.1:{listeners.port(name)}" for name in SERVICES}
        inner["gateway"] = f"http://127.0.0.1:{listeners.port('gateway', 1)}"
        gateway = f"http://127.0.0.1:{listeners.port('gateway')}"
        yield Address(os.getpid(), dataset, gateway, inner, variables["ER_SERVICE_KEY"])


@contextmanager
def _postgres(state: Path, dataset: Dataset) -> Iterator[str]:
    outside = os.environ.get("ER_DATABASE_URL")
    if outside:
        yield outside
        return
    console.print("er: starting PostgreSQL")
    with local_postgres(state, database=f"er_{dataset}") as url:
        yield url


@contextmanager
def _redis(state: Path) -> Iterator[str]:
    outside = os.environ.get("ER_REDIS_URL")
    if outside:
        yield outside
        return
    with local_redis(state) as url:
        yield url


def _serve(listeners: Listeners, address: Address, *, in_processes: bool) -> host.Ending:
    if in_processes:
        return supervising.serve(
            listeners, is_ready=lambda: not unready(address), once_ready=lambda: _tell(address)
        )
    hosted = [
        host.Hosted(name, service.create(), listeners.sockets[name])
        for name, service in SERVICES.items()
    ]
    if address.dataset == "demo":
        fictional = simulator.create_app()
        fictional.state.ended = asyncio.Event()  # it does no work beside its requests
        hosted.insert(0, host.Hosted("simulator", fictional, listeners.sockets["simulator"]))
    return uvloop.run(host.serve(hosted, once_started=lambda: _told_when_ready(address)))


async def _told_when_ready(address: Address) -> None:
    console.print("er: services started, first synchronisation runs")
    await wait_until_ready(address)
    _tell(address)


def _tell(address: Address) -> None:
    for name, url in sorted(address.inner.items()):
        console.print(f"er:   {name:9} {url}", markup=False)
    if address.dataset == "demo":
        console.print("er: SIMULATED: every hospital is fictional", style="bold yellow")
        console.print(f"er: logins with fictional people at {address.gateway}/demo/login")
    console.print(f"er: ready at {address.gateway}", style="bold green", markup=False)
