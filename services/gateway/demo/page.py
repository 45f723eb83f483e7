"""Serves the page and its script; an app on live data does not know these addresses."""

from importlib.resources import files

from fastapi import APIRouter, Depends, Response

from services.gateway.routes import counted_caller

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
router = APIRouter(prefix="/demo", dependencies=[Depends(counted_caller)], include_in_schema=False)


@router.get("/login")
async def login() -> Response:
    """The page."""
    return _file("login.html", "text/html")


@router.get("/login.js")
async def script() -> Response:
    """Its script."""
    return _file("login.js", "text/javascript")


def _file(name: str, kind: str) -> Response:
    content = files(__package__).joinpath(name).read_text()
    return Response(content, media_type=kind, headers=HEADERS)
