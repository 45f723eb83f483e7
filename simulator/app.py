"""The simulator over HTTP: same path, same shapes, one header that says what it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.answers import OPERATIONS, answer
from simulator.faults import Broken, Meeting, Severable, Switchboard, control
from simulator.hospitals import build_hospitals
from simulator.identity import app as identity
from simulator.identity.world import World as IdentityWorld
from simulator.life import WARM_UP, World

SERVICE_PATH = "/B552657/ErmctInfoInqireService"
IDENTITY_PATH = "/identity"
_MARK = {"X-ER-Simulated": "1"}


def create_app(
    *,
    seed: int = 1,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    world: World | None = None,
) -> FastAPI:
    """The world opens at the first request, some hours back, and moves on with each later one; a
    `world` that is given is shared with its giver."""
    app = Severable(title="NMC simulator", docs_url=None, redoc_url=None, openapi_url=None)
    opened: list[World] = [world] if world else []
    switchboard = Switchboard(clock)

    def world_now() -> World:
        now = clock()
        if not opened:
            starts_at = now - WARM_UP
            opened.append(
                World(build_hospitals(seed), starts_at=starts_at, rng=Random(f"life {seed}"))
            )
        opened[0].advance_to(now)
        return opened[0]

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(SERVICE_PATH + "/{operation}")
    async def operate(operation: str, request: Request) -> Response:
        query = {name.lower(): value for name, value in request.query_params.items()}
        if not query.get("servicekey"):
            return _plain(401, "Unauthorized")
        if operation not in OPERATIONS:
            return _plain(404, "API not found")
        return await _answered(operation, world_now(), query, switchboard.meeting(operation, query))

    app.include_router(control(switchboard))
    app.mount(IDENTITY_PATH, identity.create_app(IdentityWorld()))

    @app.exception_handler(HTTPException)
    async def refuse(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _plain(status, "API not found" if status == 404 else "Unexpected errors")

    # Starlette answers this one outside all middleware, where the mark would be missing.
    @app.exception_handler(Exception)
    async def fail(_: Request, __: Exception) -> Response:
        return _plain(500, "Unexpected errors")

    app.add_middleware(_Marked)
    return app


async def _answered(
    operation: str, world: World, query: dict[str, str], meeting: Meeting
) -> Response:
    await meeting.wait()
    if (refusal := meeting.refusal) is not None:
        return Response(refusal.body, refusal.status, media_type=refusal.media_type)
    text = meeting.text(answer(operation, world, query, alter=meeting.rows))
    if meeting.has("reset"):
        return Broken(b"", 0)
    if meeting.has("half-sent"):
        return Broken(text.encode(), 0.5)
    return Response(text, media_type="application/xml")


class _Marked:
    """Puts the mark on whatever leaves the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_MARK)
            await send(message)

        await self._app(scope, receive, marked)


def _plain(status: int, text: str) -> Response:
    return Response(text, status_code=status, media_type="text/plain", headers=_MARK)
