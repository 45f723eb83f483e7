"""Runs services: sockets bound first, one server each on one loop, stopped together."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI

from shared import logs
from shared.health import Unusable

STOP_TIMEOUT_S = 8.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class PortBusy(Exception):
    """A port that something else holds; the text names it."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """An application and the sockets, already bound, on which it is served."""

    name: str
    app: FastAPI
    sockets: Sequence[socket.socket]


@dataclass(slots=True)
class Ending:
    """Why the host stopped: `failed` names the service that ended by itself, with its reason."""

    failed: str | None = None
    reason: str | None = None


class StartFailed(Exception):
    """An application did not start; uvicorn would end the whole process here."""


class Server(uvicorn.Server):
    """A server that leaves the signals, and the process, to the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        except SystemExit as error:
            raise StartFailed from error

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams never end by themselves, and the lifespan ends only after every connection has.
        for end in getattr(getattr(self.config.app, "state", None), "before_stop", ()):
            end()
        await super().shutdown(sockets)


@dataclass(slots=True)
class _Run:
    hosted: Hosted
    server: Server
    errors: list[BaseException] = field(default_factory=list)


def bind(port: int, *, host: str = "127.0.0.1", told_by: str = "") -> socket.socket:
    """A listening socket, made before anything starts; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        setting = f" ({told_by})" if told_by else ""
        raise PortBusy(f"port {port} on {host} is busy{setting}") from error
    return listener


async def serve(
    hosted: Sequence[Hosted], *, once_started: Callable[[], Awaitable[None]] | None = None
) -> Ending:
    """Serve until a signal comes or a service ends; then stop the rest and say which it was.
    `once_started` is awaited when every server accepts requests."""
    runs = [_prepare(entry) for entry in hosted]
    serving = {
        asyncio.create_task(run.server.serve(list(run.hosted.sockets)), name=run.hosted.name): run
        for run in runs
    }
    ended = {asyncio.create_task(run.hosted.app.state.ended.wait()): run for run in runs}
    asyncio.get_running_loop().set_exception_handler(_tell_forgotten)
    stop = asyncio.Event()
    stopped = asyncio.create_task(stop.wait())
    announcer = asyncio.create_task(_announce(runs, once_started))
    with _signals(stop):
        await asyncio.wait({*serving, *ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        ending = _judge(serving, ended)
        for task in (announcer, stopped, *ended):
            task.cancel()
        await _stop(serving)
    return ending


def _tell_forgotten(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An error that nobody asked for, without its words: the loop's own line would show them."""
    error = context.get("exception")
    number = error.errno if isinstance(error, OSError) else None
    logs.logger("host").error(
        "error in the background",
        error=type(error).__name__,
        reason=os.strerror(number) if number else "",  # too many open files, for one
        at=logs.frames(error) if isinstance(error, BaseException) else [],
    )


def _prepare(hosted: Hosted) -> _Run:
    config = uvicorn.Config(
        hosted.app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
        # Addresses of callers are decided by the gateway from ER_TRUSTED_PROXIES alone.
        proxy_headers=False,
    )
    run = _Run(hosted, Server(config))
    hosted.app.router.lifespan_context = _remembering(
        hosted.app.router.lifespan_context, run.errors
    )
    return run


def _remembering(lifespan: Any, errors: list[BaseException]) -> Any:
    """The same lifespan, which keeps the error that ended it: uvicorn only logs it."""

    @asynccontextmanager
    async def wrapped(app: FastAPI) -> AsyncIterator[Mapping[str, Any] | None]:
        try:
            async with lifespan(app) as state:
                yield state
        except BaseException as error:
            errors.append(error)
            raise

    return wrapped


async def _announce(
    runs: Sequence[_Run], once_started: Callable[[], Awaitable[None]] | None
) -> None:
    while not all(run.server.started for run in runs):  # noqa: ASYNC110 - uvicorn has no event
        await asyncio.sleep(0.02)
    # What was loaded stays: left to the collector, full passes over it stop every service at once.
    gc.collect()
    gc.freeze()
    if once_started is not None:
        await once_started()


def _judge(
    serving: Mapping[asyncio.Task[None], _Run], ended: Mapping[asyncio.Task[Any], _Run]
) -> Ending:
    for task, run in [*serving.items(), *ended.items()]:
        if task.done() and not task.cancelled():
            return Ending(run.hosted.name, _reason(task, run))
    return Ending()


def _reason(task: asyncio.Task[Any], run: _Run) -> str:
    error = next(iter(run.errors), None) or task.exception()
    if error is None:
        return "ended by itself"
    # Only what was written for an operator is told; any other text may hold a secret.
    return str(error) if isinstance(error, Unusable) else type(error).__name__


async def _stop(serving: Mapping[asyncio.Task[None], _Run]) -> None:
    for run in serving.values():
        run.server.should_exit = True
    _, late = await asyncio.wait(serving, timeout=STOP_TIMEOUT_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    former = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number, handler in former.items():
            loop.remove_signal_handler(number)
            # The loop would leave the deadly default, and what runs beside us could be orphaned.
            signal.signal(number, handler)
