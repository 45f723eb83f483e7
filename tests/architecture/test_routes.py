"""Every route is authenticated, or it stands on the list of those that are open on purpose."""

from collections.abc import Iterator

import pytest
from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext

from services.catalog import SERVICES
from services.gateway.routes import counted_caller
from shared.app import require_service
from tests.support.applications import api_routes, application

STANDARD = {"GET /livez", "GET /readyz", "GET /metrics"}
OPEN_TO_ALL = {
    "POST /v1/triage",
    "POST /v1/needs",
    "POST /v1/recommendations",
    "POST /v1/recommendations/{request_id}/outcome",
    "POST /v1/hospitals/search",
    "GET /v1/hospitals/{hpid}",
    "GET /v1/hospitals/{hpid}/history",
    "POST /v1/subscriptions",
    "GET /v1/events/{id}",
    "GET /v1/status",
    "POST /",
    "POST /v1/auth/guest",
    "GET /v1/auth/{provider}/authorize",
    "GET /v1/auth/{provider}/callback",
    "POST /v1/auth/{provider}/nonce",
    "POST /v1/auth/{provider}/token",
    "POST /v1/auth/refresh",
    "GET /.well-known/jwks.json",
}
FOR_HOLDERS = {
    "POST /v1/chat/sessions",
    "GET /v1/chat/sessions/{session_id}",
    "DELETE /v1/chat/sessions/{session_id}",
    "POST /v1/chat/sessions/{session_id}/messages",
    "PUT /v1/chat/sessions/{session_id}/location",
    "POST /v1/auth/{provider}/link",
    "POST /v1/auth/logout",
    "GET /v1/auth/sessions",
    "DELETE /v1/auth/sessions/{session_id}",
    "GET /v1/auth/me",
    "DELETE /v1/auth/me",
    "PUT /v1/auth/me/consents",
}
NOT_COUNTED = {"GET /v1/auth/check"}
"""nginx's question about a request that is counted itself."""
PAGE = {"GET /", "GET /manifest.webmanifest", "GET /icon.svg", "GET /icon-192.png",
        "GET /icon-512.png", "GET /sw.js"}  # fmt: skip
"""The page itself is counted against nobody: it opens however often somebody has asked."""


def title(route: RouteContext) -> str:
    return f"{min(route.methods or set())} {route.path}"


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def unguarded(app: FastAPI, guard: object) -> set[str]:
    """Routes beyond the standard ones that do not pass by `guard`."""
    routes = [route for route in api_routes(app) if title(route) not in STANDARD]
    return {title(route) for route in routes if guard not in set(calls(route.dependant))}


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "gateway"])
def test_inner_routes_need_the_token_of_a_service(name: str) -> None:
    app = application(name)
    assert len(api_routes(app)) > len(STANDARD)
    assert unguarded(app, require_service) == set()


def test_public_routes_are_counted_and_on_the_list() -> None:
    app = application("gateway")
    assert unguarded(app, counted_caller) == PAGE | NOT_COUNTED
    routes = {title(route) for route in api_routes(app)} - STANDARD - PAGE - NOT_COUNTED
    assert routes == OPEN_TO_ALL | FOR_HOLDERS


def test_a_page_of_the_demonstration_is_there_with_simulated_data_alone() -> None:
    live = {route.path for route in api_routes(application("gateway"))}
    demo = {route.path for route in api_routes(application("gateway", dataset="demo"))}
    assert demo - live == {"/demo/login", "/demo/login.js"}


def test_the_rule_sees_a_route_without_its_guard() -> None:
    app = FastAPI()
    app.add_api_route("/v1/open", lambda: None, methods=["GET"])
    app.add_api_route("/v1/shut", lambda: None, dependencies=[Depends(require_service)])
    assert unguarded(app, require_service) == {"GET /v1/open"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_the_standard_routes(name: str) -> None:
    app = application(name)
    assert {title(route) for route in api_routes(app)} >= STANDARD
    assert app.openapi_url == "/openapi.json"
