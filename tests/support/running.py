"""A real application on a real loopback socket, for the time of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from services.host import Server, bind


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
    server = Server(config)
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
        await asyncio.gather(task, return_exceptions=True)
