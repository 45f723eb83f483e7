"""A real application on a real loopback socket, for the time of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from services.host import Server, bind


class Prompt(Server):
    """One that stops when it is told to: uvicorn looks ten times a second whether it should, and
    most tests start and stop two."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leave = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)  # the headers of every answer
        await self.leave.wait()


@asynccontextmanager
async def running(
    app: ASGIApp, *, port: int = 0, certificate: tuple[str, str] | None = None
) -> AsyncIterator[str]:
    """Serve `app` and yield its base address; a failed start raises StartFailed. With the files
    of a key and a certificate it speaks TLS."""
    listener = bind(port)
    key, chain = certificate or (None, None)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        ssl_keyfile=key,
        ssl_certfile=chain,
    )
    server = Prompt(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        scheme = "https" if certificate else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.leave.set()
        await asyncio.gather(task, return_exceptions=True)
