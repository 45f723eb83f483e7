"""The page that people see, with and without a script."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.gateway.page.asking import answer_of
from services.gateway.page.view import DIST, View
from services.gateway.routes import StateDep, counted_caller
from services.gateway.settings import Settings
from shared import context
from shared.context import Language

FOR_GOOD = "public, max-age=31536000, immutable"
LOOK_AGAIN = "no-cache"
ROOT_FILES = ("manifest.webmanifest", "icon.svg", "icon-192.png", "icon-512.png", "sw.js")

LanguageQuery = Annotated[Language | None, Query()]


class Built(StaticFiles):
    """Built files, whose names change with their content. A worker obeys the policy that comes
    with its own file, so they carry the page's."""

    def __init__(self, *, directory: Path, policy: str) -> None:
        super().__init__(directory=directory)
        self._policy = policy

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = FOR_GOOD
        answer.headers["Content-Security-Policy"] = self._policy
        return answer


def install(app: FastAPI, settings: Settings) -> None:
    """Add the page to the gateway's application; it is no part of the contract."""
    view, policy = View(settings), content_policy(settings.tiles)
    router = APIRouter(include_in_schema=False)

    def html(text: str, *, cache: str) -> HTMLResponse:
        headers = {"Content-Security-Policy": policy, "Cache-Control": cache}
        return HTMLResponse(text, headers={**headers, "Vary": "Accept-Language"})

    @router.get("/")
    async def page(lang: LanguageQuery = None) -> HTMLResponse:
        return html(view.page(lang or context.language()), cache=LOOK_AGAIN)

    @router.post("/", dependencies=[Depends(counted_caller)])
    async def ask(request: Request, state: StateDep, lang: LanguageQuery = None) -> HTMLResponse:
        language = lang or context.language()
        context.speak(language)
        told = await answer_of(_typed(await request.body()), state.flow, language)
        rendered = view.answer if "advice" in told else view.page
        return html(rendered(language, **told), cache="no-store")

    for name in ROOT_FILES:
        router.add_api_route(f"/{name}", _file(name, policy), methods=["GET"])
    app.include_router(router)
    app.mount("/assets", Built(directory=DIST / "assets", policy=policy), name="assets")


def content_policy(tiles: str | None) -> str:
    """Nothing but our own files; where tiles are set, pictures from their server too."""
    server = ""
    if tiles:
        parts = urlsplit(tiles)
        server = f" {parts.scheme}://{parts.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{server}",
            f"connect-src 'self'{server}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _typed(body: bytes) -> dict[str, str]:
    fields = parse_qs(body.decode(errors="replace"), max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}


def _file(name: str, policy: str) -> Callable[[], Awaitable[FileResponse]]:
    headers = {"Cache-Control": LOOK_AGAIN, "Content-Security-Policy": policy}

    async def served() -> FileResponse:
        return FileResponse(DIST / name, headers=headers)

    return served
