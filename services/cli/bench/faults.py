"""What a real server can be made to do to its callers: through a proxy, or by signals."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.cli.state import free_port
from services.host import Server, bind
from services.triage.engines.client import Address

Mood = Literal["well", "slow", "garbage", "free"]
SLOW_S = 5.0
ROOT = Path(__file__).resolve().parents[3]
SLOTS = 8


@dataclass
class Proxy:
    """Passes requests on to the real server. `free` takes the grammar away on the way."""

    upstream: str
    mood: Mood = "well"
    client: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(timeout=60, trust_env=False)
    )

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/health", self._pass),
                Route("/completion", self._completion, methods=["POST"]),
            ]
        )

    async def _completion(self, request: Request) -> Response:
        if self.mood == "garbage":
            return PlainTextResponse("<html>welcome</html>")
        if self.mood == "slow":
            await asyncio.sleep(SLOW_S)
        return await self._pass(request)

    async def _pass(self, request: Request) -> Response:
        content = await request.body()
        if self.mood == "free" and content:
            asked = json.loads(content)
            content = json.dumps({**asked, "grammar": "", "n_predict": 24}).encode()
        kept = ("authorization", "content-type")
        headers = {name: request.headers[name] for name in kept if name in request.headers}
        url = self.upstream + request.url.path
        answer = await self.client.request(request.method, url, content=content, headers=headers)
        return Response(answer.content, answer.status_code, media_type="application/json")


@asynccontextmanager
async def proxied(proxy: Proxy) -> AsyncIterator[str]:
    """The proxy's address while it serves."""
    listener = bind(0)
    config = uvicorn.Config(proxy.app, log_config=None, timeout_graceful_shutdown=1)
    server = Server(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        await proxy.client.aclose()


@dataclass
class Gpu:
    """llama.cpp's server in a child, always at the same port, so that it can die and return."""

    model: Path
    context: int
    key: str
    port: int = field(default_factory=free_port)
    child: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> Address:
        return Address(f"http://127.0.0.1:{self.port}", self.key)

    async def start(self) -> None:
        """Return when it is ready."""
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli.bench.llama_server",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        told = {
            "model": str(self.model), "key": self.key, "port": self.port,
            "slots": SLOTS, "context": self.context, "threads": 1,
        }  # fmt: skip
        if self.child.stdin is not None and self.child.stdout is not None:
            self.child.stdin.write(json.dumps(told).encode() + b"\n")
            await self.child.stdout.readline()

    def signal(self, number: signal.Signals) -> None:
        if self.child is not None:
            self.child.send_signal(number)

    async def kill(self) -> None:
        """End it in the middle of what it does."""
        if self.child is not None:
            self.child.kill()
            await self.child.wait()
            self.child = None
