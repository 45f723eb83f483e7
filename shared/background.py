"""Work beside the requests of a service: when it ends by itself, the service has failed."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI

from shared import logs


@asynccontextmanager
async def running(app: FastAPI, name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `work` until the block ends. If it ends first, the host is told and stops everything."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(lambda done: _tell(app, done))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


def _tell(app: FastAPI, task: asyncio.Task[None]) -> None:
    if task.cancelled():
        return
    error = task.exception()
    logs.logger("background").critical(
        "background work ended",
        work=task.get_name(),
        error=type(error).__name__,
        at=logs.frames(error) if error else [],
    )
    app.state.ended.set()
