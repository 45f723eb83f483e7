"""The worker's HTTP face: the dialect, its key, and a queue with an end."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.triage.engines.worker.task import Backend, BadRequest, CompletionRequest, Task

RETRY_AFTER_S = 1
BODY_BYTES = 512 * 1024

Load = Callable[[], Awaitable[Backend]]


class Front:
    """Takes requests from the start, and says 503 until the model is there. One request runs,
    `queue` wait, any other is told at once to come back."""

    def __init__(self, task: Task, load: Load) -> None:
        self._key = f"Bearer {task.key}"
        self._load = load
        self._backend: Backend | None = None
        self._one = asyncio.Lock()
        self._room = task.queue + 1
        self._inside = 0
        self.app = Starlette(
            routes=[
                Route("/health", self._health),
                Route("/completion", self._completion, methods=["POST"]),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        loading = asyncio.create_task(self._loaded())
        try:
            yield
        finally:
            loading.cancel()
            if self._backend is not None:
                await self._backend.close()

    async def _loaded(self) -> None:
        self._backend = await self._load()

    async def _health(self, _: Request) -> JSONResponse:
        return _error(503, "Loading model") if self._backend is None else _OK

    async def _completion(self, request: Request) -> JSONResponse:
        if self._backend is None:
            return _error(503, "Loading model")
        told = request.headers.get("authorization", "")
        if not hmac.compare_digest(told.encode(), self._key.encode()):
            return _error(401, "Invalid API Key")
        body = await request.body()
        try:
            asked = CompletionRequest.model_validate_json(body[: BODY_BYTES + 1])
        except ValidationError:
            return _error(400, "not a completion request")
        if self._inside >= self._room:
            return _error(503, "the queue is full", {"retry-after": str(RETRY_AFTER_S)})
        self._inside += 1
        try:
            return await self._while_there(request, self._answer(self._backend, asked))
        finally:
            self._inside -= 1

    async def _answer(self, backend: Backend, asked: CompletionRequest) -> JSONResponse:
        async with self._one:
            try:
                return JSONResponse(await backend.complete(asked))
            except BadRequest as error:
                return _error(400, str(error))
            except Exception as error:  # noqa: BLE001 - the caller is told of its kind alone
                return _error(500, type(error).__name__)

    async def _while_there(
        self, request: Request, answer: Coroutine[Any, Any, JSONResponse]
    ) -> JSONResponse:
        """The answer, or its end as soon as the caller has left."""
        work = asyncio.create_task(answer)
        left = asyncio.create_task(_left(request))
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            return _error(499, "the caller left")
        finally:
            for task in (work, left):
                task.cancel()
            await asyncio.gather(work, left, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    kinds = {400: "invalid_request_error", 401: "authentication_error", 503: "unavailable_error"}
    told = {"code": status, "message": message, "type": kinds.get(status, "server_error")}
    return JSONResponse({"error": told}, status, headers)


_OK = JSONResponse({"status": "ok"})
