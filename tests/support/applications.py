"""Every service's application with settings that open nothing: for its routes and its schema."""

from importlib import import_module

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from services.catalog import SERVICES

SETTINGS = {
    "database_url": "postgresql://nobody@127.0.0.1:1/nothing",
    "redis_url": "redis://127.0.0.1:1/0",
    "nmc_key": "none",
    "nmc_url": "http://127.0.0.1:1/nmc",
}


def application(name: str, **changed: object) -> FastAPI:
    """A service's application; nothing is opened before its lifespan."""
    package = SERVICES[name].package
    kind = import_module(f"{package}.settings").Settings
    known = {key: value for key, value in SETTINGS.items() if key in kind.model_fields}
    app: FastAPI = import_module(f"{package}.app").create_app(kind(**{**known, **changed}))
    return app


def api_routes(app: FastAPI) -> list[RouteContext]:
    """The routes with a handler of ours, those of included routers among them."""
    return [route for route in iter_route_contexts(app.routes) if getattr(route, "dependant", None)]
