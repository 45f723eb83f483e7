"""The whole system over one scenario's hospitals after the other, each on an empty store."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.catalog import SERVICES
from services.cli.bench.country import Row, page
from services.cli.errors import CommandFailed
from services.cli.evaluating import scenarios
from services.cli.evaluating.scenarios import Scenario
from services.cli.local import local_postgres, local_redis
from services.cli.migrate import prepare_database
from services.host import Server, bind
from shared.app import service_token
from simulator.app import SERVICE_PATH

TEMPLATE = "er_scenarios"
KEY = "evaluation-of-this-machine-only-0000"
READY_S = 20.0
LOOK_S = 0.01
FRESH = ("sync", "matching")
"""Started anew for every scenario; the others keep nothing of one."""

LASTING = ("triage", "gateway")


@dataclass(frozen=True, slots=True)
class Stores:
    """Private servers; the template database has every owner's migrations."""

    admin: str
    redis: str

    def database(self, name: str) -> str:
        return f"{self.admin.rsplit('/', 1)[0]}/{name}"


@contextmanager
def stores(folder: Path) -> Iterator[Stores]:
    """PostgreSQL and Redis for the time of one evaluation."""
    with local_postgres(folder, database=TEMPLATE) as admin, local_redis(folder) as redis:
        asyncio.run(prepare_database(admin, {}))
        yield Stores(admin, redis)


class Arena:
    """Asks the system about scenarios. The feed's rows are those of the scenario in work."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._sockets = {name: bind(0) for name in (*FRESH, *LASTING, "feed")}
        self._rows: Mapping[str, list[Row]] = {}
        self._client = httpx.AsyncClient(trust_env=False, timeout=READY_S)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Arena"]:
        """What outlives a scenario."""
        feed = Starlette(routes=[Route(SERVICE_PATH + "/{operation}", self._answer)])
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._client)
            await stack.enter_async_context(_serving(feed, self._sockets["feed"]))
            database = await stack.enter_async_context(self._database("er_lasting"))
            for name in LASTING:
                app = self._app(name, database)
                await stack.enter_async_context(_serving(app, self._sockets[name]))
            yield self
        for listener in self._sockets.values():
            listener.close()

    @asynccontextmanager
    async def over(self, found: Scenario) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the gateway while the system knows this scenario's hospitals alone."""
        self._rows = scenarios.rows(found, datetime.now(UTC))
        redis = Redis.from_url(self._stores.redis)
        await redis.flushall()
        await redis.aclose()
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(self._database("er_scenario"))
            for name in FRESH:
                app = self._app(name, database)
                await stack.enter_async_context(_serving(app, self._sockets[name]))
                await self._until_ready(name)
            client = httpx.AsyncClient(
                base_url=self._url("gateway"), trust_env=False, timeout=READY_S
            )
            yield await stack.enter_async_context(client)

    @asynccontextmanager
    async def _database(self, name: str) -> AsyncIterator[str]:
        """A database of that name with empty tables, dropped afterwards."""
        admin = await asyncpg.connect(self._stores.database("postgres"))
        try:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
            yield self._stores.database(name)
        finally:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()

    def _app(self, name: str, database: str) -> Any:
        package = SERVICES[name].package
        settings = import_module(f"{package}.settings").Settings
        values: dict[str, Any] = {
            "service_key": KEY,
            "database_url": database,
            "redis_url": self._stores.redis,
            "nmc_url": self._url("feed") + SERVICE_PATH,
            "nmc_key": "evaluation",
            "interval_s": 3600.0,
            "engines": "rules",  # the rules are scored, and no model is started
            **{f"limit_{kind}": "off" for kind in ("address", "token", "guest")},
            **{f"{peer}_url": self._url(peer) for peer in (*FRESH, *LASTING)},
        }
        known = {key: value for key, value in values.items() if key in settings.model_fields}
        return import_module(f"{package}.app").create_app(settings(**known))

    async def _until_ready(self, name: str) -> None:
        headers = {"authorization": f"Bearer {service_token(KEY, name)}"}
        async with asyncio.timeout(READY_S):
            while True:
                answer = await self._client.get(self._url(name) + "/readyz", headers=headers)
                if answer.status_code == httpx.codes.OK:
                    return
                await asyncio.sleep(LOOK_S)

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._sockets[name].getsockname()[1]}"

    async def _answer(self, request: Request) -> Response:
        asked = request.query_params
        told = self._rows.get(request.path_params["operation"], [])
        body = page(told, int(asked["pageNo"]), int(asked["numOfRows"]))
        return Response(body, media_type="application/xml")


@asynccontextmanager
async def _serving(app: Any, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on a copy of the socket, which stays open for the next application."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = Server(config)
    task = asyncio.create_task(server.serve([listener.dup()]))
    try:
        while not server.started:
            if task.done():
                task.result()
                raise CommandFailed("a service ended before it began")
            await asyncio.sleep(LOOK_S)
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
