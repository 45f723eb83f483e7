"""The worker: a child process that does the heavy work of sync, so that no loop waits for it.

A thread would share the interpreter with every service of the process. The child is forked from a
server of `multiprocessing` that has loaded what it needs and nothing of ours that runs. It ends
with the process that started it; when it ends by itself, its open order fails and the next one
starts another.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from services.sync.desk import Desk, opened
from services.sync.orders import Failed, Harvested, Kept, Overview, Published, Written
from services.sync.settings import Settings
from services.sync.source import Operation
from shared import logs

NICENESS = 5
"""People's questions go before a round that has five minutes; it gets a third of what they get.
At 10, two cores with a load of 6 starved it until its connections timed out."""
ORDER_S = 300.0
"""A hundred times the country takes 35 s; who takes longer is stuck, and is killed."""
END_S = 2.0
FIRST_ORDER = "take_turn"
"""Of a round, and of what is published between rounds."""
PRELOADED = [__name__]
LOST = object()


class WorkerLost(Exception):
    """The worker ended before or in the middle of an order; what it had not committed is undone."""

    def __init__(self, order: str) -> None:
        super().__init__(order)
        self.order = order


class Worker:
    """The orders of `Desk`, each answered when the worker has done it. Raises besides what
    `orders.Failed` stands for, and WorkerLost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._here, self._one = asyncio.Lock(), asyncio.Lock()
        self._child: _Child | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the turn to write for a block; within this process one block after the other."""
        async with self._here:
            holder: _Child | None = None
            try:
                await self._do(FIRST_ORDER)
                holder = self._child
                yield
            except asyncio.CancelledError:
                self._kill()  # whoever is stopped does not wait for a slow source
                raise
            finally:
                if holder is not None and holder is self._child:  # else the turn went with it
                    with suppress(WorkerLost):
                        await self._do("end_turn")

    async def harvest(self, operations: Sequence[Operation], began: datetime) -> Harvested:
        found: Harvested = await self._do("harvest", tuple(operations), began)
        return found

    async def write(self, began: datetime) -> Written:
        written: Written = await self._do("write", began)
        return written

    async def publish(self) -> Published:
        published: Published = await self._do("publish")
        return published

    async def kept(self) -> Kept:
        kept: Kept = await self._do("kept")
        return kept

    async def survey(self) -> Overview:
        overview: Overview = await self._do("survey")
        return overview

    async def _do(self, order: str, *arguments: object) -> Any:
        # Whoever gives up waiting must not leave an answer to the next one.
        answer = await asyncio.shield(self._exchange(order, arguments))
        if answer is LOST:
            raise WorkerLost(order)
        if isinstance(answer, Failed):
            raise answer.error()
        return answer

    async def _exchange(self, order: str, arguments: Sequence[object]) -> Any:
        async with self._one:
            if self._child is None:
                self._child = await asyncio.to_thread(_Child, self._settings)
            child = self._child
            try:
                async with asyncio.timeout(ORDER_S):
                    return await asyncio.to_thread(child.ask, order, arguments)
            except (EOFError, OSError):  # TimeoutError among them
                if self._child is child:
                    self._child = None
                await asyncio.to_thread(child.end)
                return LOST

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()

    async def close(self) -> None:
        """End the child: at once where it is at work, in good order where it waits."""
        if self._one.locked():
            self._kill()
        elif self._child is not None:
            await asyncio.to_thread(self._child.end)
            self._child = None


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Worker]:
    """A worker that is ended with the block, whatever it is doing."""
    worker = Worker(settings)
    try:
        yield worker
    finally:
        await worker.close()


class _Child:
    """A process and our end of its pipe."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._connection, theirs = context.Pipe()
        given = (theirs, settings, dict(os.environ))
        self._process = context.Process(target=work, args=given, name="er-sync-worker", daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, order: str, arguments: Sequence[object]) -> Any:
        self._connection.send((order, arguments))
        return self._connection.recv()

    def end(self) -> None:
        """Close the pipe, wait, and kill who does not hear it."""
        self._connection.close()
        self._process.join(END_S)
        self.kill()

    def kill(self) -> None:
        if self._process.is_alive():
            self._process.kill()
            self._process.join(END_S)


def work(connection: Connection, settings: Settings, environment: Mapping[str, str]) -> None:
    """What the child runs: order by order until the pipe is closed."""
    os.environ.clear()  # that of the fork server may be an older one
    os.environ.update(environment)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logs.configure(profile=settings.profile, level=settings.log_level)
    _step_back()
    # A round makes millions of records and no cycle among them: the collector's passes over all of
    # them found nothing and took half as long again at a hundred times the country.
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_serve(connection, settings))


def _step_back() -> None:
    """Lower our own priority. Linux may share a machine out by sessions first and heed niceness
    within each only (autogroup); so this is a session of its own, which is told the same. What the
    terminal says to the service's group does not reach it either."""
    os.nice(NICENESS)
    os.setsid()
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


async def _serve(connection: Connection, settings: Settings) -> None:
    asyncio.get_running_loop().set_exception_handler(_tell_forgotten)
    async with opened(settings) as desk:
        gc.freeze()
        while True:
            try:
                order, arguments = await asyncio.to_thread(connection.recv)
            except (EOFError, OSError):
                return
            connection.send(await _answer(desk, order, arguments))
            if order == "end_turn":
                gc.collect()


def _tell_forgotten(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An error that nobody asked for, without its words: the loop's own line would show them."""
    error = context.get("exception")
    logs.logger("sync").error(
        "error in the background",
        error=type(error).__name__,
        at=logs.frames(error) if isinstance(error, BaseException) else [],
    )


async def _answer(desk: Desk, order: str, arguments: Sequence[object]) -> object:
    try:
        return await getattr(desk, order)(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever fails is the parent's to tell
        return Failed.of(error)
