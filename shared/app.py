"""What every service's HTTP application has: health, metrics, OpenAPI, problems, inner tokens."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from shared import health, problems
from shared.contracts.problem import Problem
from shared.edge import Edge
from shared.settings import CommonSettings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any]]]
"""Opens what the service needs and yields its state: `checks` by name, and its own things."""


def build(
    name: str,
    *,
    version: str,
    settings: CommonSettings,
    lifespan: Lifespan,
    routers: Sequence[APIRouter],
    metrics_port: int | None = None,
    forms: frozenset[str] = frozenset(),
) -> FastAPI:
    """An application with the standard endpoints. Where `metrics_port` is given, `/metrics` is
    told on that port alone (the gateway's other listener is public). `forms` are the paths that
    take an HTML form instead of JSON."""
    app = FastAPI(
        title=f"Smart ER Match: {name}",
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.registry = CollectorRegistry()
    app.state.service_token = service_token(settings.service_key.get_secret_value(), name)
    app.state.metrics_port = metrics_port
    app.state.ended = asyncio.Event()
    app.state.before_stop = []  # callables that end what would keep connections open
    app.include_router(health.router)
    app.add_api_route("/metrics", _metrics, include_in_schema=False)
    for router in routers:
        app.include_router(router)
    problems.install(app)
    app.add_middleware(
        Edge,
        service=name,
        registry=app.state.registry,
        simulated=settings.simulated,
        public=metrics_port is not None,
        forms=forms,
    )
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def service_token(key: str, service: str) -> str:
    """The token that opens one service to the others; it tells nothing of the key itself."""
    return hmac.new(key.encode(), f"service token: {service}".encode(), hashlib.sha256).hexdigest()


async def require_service(request: Request) -> None:
    """Dependency of inner routes: the caller is one of our services."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected: str = request.app.state.service_token
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), expected.encode()):
        raise problems.Unauthenticated("an inner address needs the token of a service")


async def _metrics(request: Request) -> Response:
    port = request.app.state.metrics_port
    if port is not None and request.scope["server"][1] != port:
        raise problems.NotFound("nothing here")
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        components = schema.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        definition = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(definition.pop("$defs", {}))
        schemas["Problem"] = definition
        told = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components["responses"] = {"Problem": {"description": "A problem", "content": told}}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    return app.openapi_schema or {}
