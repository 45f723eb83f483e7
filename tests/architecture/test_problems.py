"""Every error path has the problem shape, and every slug is one that the contract knows."""

from collections.abc import Iterator
from importlib import import_module

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from services.catalog import SERVICES
from shared import problems
from shared.contracts.problem import Problem
from shared.problems import ProblemError
from tests.support.applications import api_routes, application

CONTRACT = {
    "invalid-request": 422, "body-too-large": 413, "unsupported-media-type": 415,
    "unauthenticated": 401, "forbidden": 403, "not-found": 404, "hospital-not-found": 404,
    "session-not-found": 404, "session-expired": 410, "session-ended": 410, "conflict": 409,
    "rate-limited": 429, "provider-token-invalid": 401, "provider-unavailable": 503,
    "upstream-failed": 502, "unavailable": 503, "deadline-exceeded": 504, "internal": 500,
    "method-not-allowed": 405,
}  # fmt: skip
"""The slugs of the public contract; `method-not-allowed` is an addition of ours."""


def is_problem(answer: httpx.Response) -> bool:
    """Whether an error answer has the shape that every client relies on."""
    if answer.headers.get("content-type") != problems.MEDIA_TYPE:
        return False
    try:
        told = Problem.model_validate_json(answer.content)
    except ValidationError:
        return False
    return told.type.startswith("urn:er:") and told.status == answer.status_code


def kinds(parent: type[ProblemError] = ProblemError) -> Iterator[type[ProblemError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from kinds(child)


def test_every_slug_and_status_is_of_the_contract() -> None:
    for service in SERVICES.values():
        import_module(f"{service.package}.app")
    told = {kind.slug: kind.status for kind in kinds()}
    assert told.items() <= CONTRACT.items()


@pytest.mark.parametrize("name", SERVICES)
async def test_whatever_is_asked_wrongly_is_told_as_a_problem(name: str) -> None:
    app = application(name)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [await client.get("/nowhere"), await client.post("/openapi.json/more")]
        for route in api_routes(app):
            path = (route.path or "").replace("{", "").replace("}", "")
            answers.append(await client.request("PATCH", path))
            answers.append(await client.request("POST", path, content=b"x" * 70_000))
            answers.append(await client.request("PUT", path, content=b"<x/>"))
    assert len(answers) > 10
    assert {answer.status_code // 100 for answer in answers} == {4}
    assert [a.request.url.path for a in answers if not is_problem(a)] == []


async def test_the_rule_sees_an_error_of_another_shape() -> None:
    app = FastAPI()
    app.add_api_route("/teapot", lambda: JSONResponse({"detail": "short and stout"}, 418))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert not is_problem(await client.get("/teapot"))
        assert not is_problem(await client.get("/nowhere"))
