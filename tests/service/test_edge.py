"""What every service does at its edge: trace, limits, problems, tokens, metrics."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI

from shared import app as shared_app
from shared.app import require_service, service_token
from shared.contracts.model import Request
from shared.contracts.place import Latitude
from shared.settings import CommonSettings
from tests.support.running import running

SECRET = "환자가 쓴 비밀"


class Body(Request):
    latitude: Latitude
    text: str = ""


router = APIRouter()


@router.post("/things")
async def things(body: Body) -> dict[str, float]:
    return {"latitude": body.latitude}


@router.get("/things/{name}")
async def thing(name: str) -> dict[str, str]:
    raise RuntimeError(SECRET + name)


@router.get("/inner", dependencies=[Depends(require_service)])
async def inner() -> dict[str, str]:
    return {"said": "inside"}


async def sick() -> str:
    raise ConnectionError(SECRET)


async def well() -> str:
    return "answers"


def make(*, dataset: str = "live", metrics_port: int | None = None, **checks: Any) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        yield {"checks": checks}

    settings = CommonSettings.model_validate({"dataset": dataset})
    return shared_app.build(
        "edge",
        version="1.0.0",
        settings=settings,
        lifespan=lifespan,
        routers=[router],
        metrics_port=metrics_port,
    )


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as base, httpx.AsyncClient(base_url=base, trust_env=False) as client:
        yield client


def assert_problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (told["type"], told["status"]) == (f"urn:er:{slug}", status)
    assert told["trace_id"] == answer.headers["traceparent"].split("-")[1]
    return told


async def test_wrong_fields_are_named_and_their_input_is_not_told() -> None:
    async with client_of(make()) as client:
        answer = await client.post("/things", json={"latitude": 51.5, "text": 7, "more": SECRET})
        told = assert_problem(answer, 422, "invalid-request")
    assert {error["pointer"] for error in told["errors"]} == {"/latitude", "/text", "/more"}
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("content", "headers", "status", "slug"),
    [
        (b"{", {"content-type": "application/json"}, 422, "invalid-request"),
        (b"\xff\xfe", {"content-type": "application/json"}, 422, "invalid-request"),
        (b"[" * 60_000, {"content-type": "application/json"}, 422, "invalid-request"),
        (b'{"latitude": NaN}', {"content-type": "application/json"}, 422, "invalid-request"),
        (
            b"a=1",
            {"content-type": "application/x-www-form-urlencoded"},
            415,
            "unsupported-media-type",
        ),
        (b"{}", {}, 415, "unsupported-media-type"),
        (b" " * 65_537, {"content-type": "application/json"}, 413, "body-too-large"),
    ],
)
async def test_bad_bodies(content: bytes, headers: dict[str, str], status: int, slug: str) -> None:
    async with client_of(make()) as client:
        answer = await client.post("/things", content=content, headers=headers)
    assert_problem(answer, status, slug)


async def test_a_body_without_a_length_is_counted_as_it_comes() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b" " * 1024

    async with client_of(make()) as client:
        answer = await client.post(
            "/things", content=endless(), headers={"content-type": "application/json"}
        )
    assert_problem(answer, 413, "body-too-large")


async def test_unknown_addresses_and_methods() -> None:
    async with client_of(make()) as client:
        assert_problem(await client.get("/nowhere"), 404, "not-found")
        assert_problem(await client.delete("/things"), 405, "method-not-allowed")


async def test_an_unexpected_error_keeps_the_trace_and_tells_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    async with client_of(make()) as client:
        answer = await client.get("/things/x", headers={"traceparent": sent})
    assert_problem(answer, 500, "internal")
    assert answer.json()["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert SECRET not in answer.text
    assert SECRET not in "".join(capfd.readouterr())


async def test_inner_addresses_need_the_token_of_that_service() -> None:
    key = CommonSettings().service_key.get_secret_value()
    tokens = {
        "right": f"Bearer {service_token(key, 'edge')}",
        "of another service": f"Bearer {service_token(key, 'other')}",
        "the key itself": f"Bearer {key}",
        "beyond ASCII": "Bearer é",
    }
    async with client_of(make()) as client:
        assert_problem(await client.get("/inner"), 401, "unauthenticated")
        codes = {
            name: (
                await client.get("/inner", headers=[(b"authorization", token.encode())])
            ).status_code
            for name, token in tokens.items()
        }
    assert codes == {
        "right": 200, "of another service": 401, "the key itself": 401, "beyond ASCII": 401,
    }  # fmt: skip


async def test_health_tells_each_dependency_and_no_error_text() -> None:
    async with client_of(make(good=well, bad=sick)) as client:
        assert (await client.get("/livez")).status_code == 200
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {
            "good": {"ok": True, "detail": "answers"},
            "bad": {"ok": False, "detail": "ConnectionError"},
        },
    }


async def test_metrics_know_the_route_and_not_the_address() -> None:
    async with client_of(make()) as client:
        await client.get("/things/secret-name")
        told = (await client.get("/metrics")).text
    assert 'route="/things/{name}"' in told
    assert "secret-name" not in told


async def test_metrics_are_told_on_their_own_port_alone() -> None:
    async with client_of(make(metrics_port=1)) as client:
        assert_problem(await client.get("/metrics"), 404, "not-found")


@pytest.mark.parametrize(("dataset", "header"), [("live", None), ("demo", "1")])
async def test_simulated_answers_are_marked(dataset: str, header: str | None) -> None:
    async with client_of(make(dataset=dataset)) as client:
        answers = [await client.get(path) for path in ("/livez", "/nowhere", "/things/x")]
    assert [answer.headers.get("x-er-simulated") for answer in answers] == [header] * 3


async def test_openapi_tells_problems_and_hides_the_metrics() -> None:
    async with client_of(make()) as client:
        schema = (await client.get("/openapi.json")).json()
    assert "/metrics" not in schema["paths"]
    responses = schema["paths"]["/things"]["post"]["responses"]
    assert responses["default"] == {"$ref": "#/components/responses/Problem"}
    assert "422" not in responses
    assert "HTTPValidationError" not in schema["components"]["schemas"]
