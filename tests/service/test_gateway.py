"""The gateway before real auth and otherwise dead peers: callers, limits, and what failures say."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any, Literal, cast

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, create_model
from redis.asyncio import Redis

from services.auth.app import create_app as create_auth
from services.auth.settings import Settings as AuthSettings
from services.gateway.app import create_app
from services.gateway.callers import Caller, client_address, counted_as
from services.gateway.clients import Peers
from services.gateway.conditional import conditional
from services.gateway.errors import RateLimited
from services.gateway.limits import Limits
from services.gateway.settings import Settings
from services.gateway.status import status
from shared.contracts.sync import StateAnswer
from shared.contracts.triage import EnginesAnswer
from tests.support.running import running

KEY = "k" * 32
DEAD = "http://127.0.0.1:1"
TRIAGE = {"text": "배가 아파요"}


@asynccontextmanager
async def gateway(redis_url: str, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    base: dict[str, Any] = {
        "redis_url": redis_url,
        "service_key": KEY,
        **{f"{name}_url": DEAD for name in ("auth", "sync", "triage", "matching")},
    }
    settings = Settings.model_validate({**base, **changed})
    async with (
        running(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client,
    ):
        yield client


@asynccontextmanager
async def auth(database: str, redis_url: str) -> AsyncIterator[str]:
    settings = AuthSettings.model_validate(
        {"database_url": database, "redis_url": redis_url, "service_key": KEY}
    )
    async with running(create_auth(settings)) as url:
        yield url


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:er:")


async def test_a_dead_peer_is_a_clear_503(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answers = [
            await client.post("/v1/triage", json=TRIAGE),
            await client.post("/v1/hospitals/search", json={}),
            await client.get("/v1/hospitals/A1100001"),
            await client.post("/v1/auth/guest", json={}),
        ]
    assert [(answer.status_code, slug(answer)) for answer in answers] == [(503, "unavailable")] * 4


async def test_status_says_down_and_never_fails(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answer = await client.get("/v1/status")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["degraded"]) == ("down", ["sync"])


class Told:
    """A peer that tells one thing."""

    def __init__(self, answer: BaseModel) -> None:
        self._answer = answer

    async def call(self, *_: object, **__: object) -> BaseModel:
        return self._answer


@pytest.mark.parametrize(
    ("failures", "lost", "degraded"),
    [(0, [], []), (2, [], ["sync"]), (1, ["postgres"], ["postgres", "sync"])],
)
async def test_status_names_the_store_that_sync_lost(
    failures: int, lost: list[Literal["postgres", "redis"]], degraded: list[str]
) -> None:
    state = StateAnswer(
        simulated=False, snapshot="1", data_as_of=None, last_success=None, last_error=None,
        consecutive_failures=failures, next_due=None, hospitals=4, with_place=4, with_beds=4,
        lost=lost,
    )  # fmt: skip
    engines = EnginesAnswer(engines=[], ruleset="1")
    peers = cast("Peers", SimpleNamespace(sync=Told(state), triage=Told(engines)))
    told = await status(peers, simulated=False, lost=set())
    assert told.degraded == degraded
    assert told.status == ("degraded" if degraded else "ok")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"latitude": 40, "longitude": 127, "text": ""}, "/latitude"),
        ({"latitude": 37.5, "longitude": 127}, ""),
        ({"latitude": 37.5, "longitude": 127, "text": "", "patient": {}}, ""),
        ({"latitude": 37.5, "longitude": 127, "patient": {}, "age_years": 3}, ""),
        ({"latitude": 37.5, "longitude": 127, "text": "가" * 2001}, "/text"),
        ({"latitude": 37.5, "longitude": 127, "text": "", "radius_km": 101}, "/radius_km"),
        ({"latitude": 37.5, "longitude": 127, "text": "", "limit": 51}, "/limit"),
        ({"latitude": 37.5, "longitude": 127, "text": "", "sort": "luck"}, "/sort"),
        (
            {"latitude": 37.5, "longitude": 127, "text": "", "needs": [{"field": "x"}]},
            "/needs/0/field",
        ),
        ({"latitude": 37.5, "longitude": 127, "text": "", "vitals": {"spo2": 101}}, "/vitals/spo2"),
        ({"latitude": 37.5, "longitude": 127, "text": "", "surprise": 1}, "/surprise"),
    ],
)
async def test_bad_recommendations_are_refused_by_name(
    redis_url: str, body: dict[str, Any], pointer: str
) -> None:
    async with gateway(redis_url) as client:
        answer = await client.post("/v1/recommendations", json=body)
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_session_that_is_not_there(redis_url: str) -> None:
    body = {"latitude": 37.5, "longitude": 127, "session_id": "x"}
    async with gateway(redis_url) as client:
        answer = await client.post("/v1/recommendations", json=body)
    assert (answer.status_code, slug(answer)) == (404, "session-not-found")


async def test_an_address_that_asks_too_often_must_wait(redis_url: str) -> None:
    async with gateway(redis_url, limit_address="3/minute") as client:
        answers = [await client.get("/v1/status") for _ in range(4)]
        names = [name async for name in Redis.from_url(redis_url).scan_iter("*")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert slug(answers[-1]) == "rate-limited"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
    assert names
    assert not any(b"127.0.0.1" in name for name in names)


async def test_guest_tokens_are_counted_apart_and_a_token_has_its_own_limit(
    database: str, redis_url: str
) -> None:
    async with (
        auth(database, redis_url) as auth_url,
        gateway(
            redis_url, auth_url=auth_url, limit_address="3/minute", limit_guest="2/hour"
        ) as client,
    ):
        made = [await client.post("/v1/auth/guest", json={}) for _ in range(3)]
        token = {"authorization": f"Bearer {made[0].json()['access_token']}"}
        with_token = [(await client.get("/v1/status", headers=token)).status_code for _ in range(5)]
        without = await client.get("/v1/status")
    assert [answer.status_code for answer in made] == [201, 201, 429]
    assert with_token == [200] * 5
    assert without.status_code == 429


async def test_a_token_that_is_not_ours_is_refused(database: str, redis_url: str) -> None:
    async with (
        auth(database, redis_url) as auth_url,
        gateway(redis_url, auth_url=auth_url) as client,
    ):
        good = (await client.post("/v1/auth/guest", json={})).json()["access_token"]
        head, body, signature = good.split(".")
        for token in ("nonsense", f"{head}.{body}.{signature[::-1]}", f"{head}.{body}."):
            answer = await client.get("/v1/status", headers={"authorization": f"Bearer {token}"})
            assert (answer.status_code, slug(answer)) == (401, "unauthenticated")
        basic = await client.get("/v1/status", headers={"authorization": "Basic YTpi"})
    assert slug(basic) == "unauthenticated"


async def test_with_auth_away_a_token_cannot_be_read_and_that_is_said(
    database: str, redis_url: str
) -> None:
    async with (
        auth(database, redis_url) as auth_url,
        gateway(redis_url, auth_url=auth_url) as client,
    ):
        token = (await client.post("/v1/auth/guest", json={})).json()["access_token"]
    async with gateway(redis_url) as client:
        answer = await client.get("/v1/status", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "auth" in answer.json()["degraded"]


async def test_the_keys_are_public(database: str, redis_url: str) -> None:
    async with (
        auth(database, redis_url) as auth_url,
        gateway(redis_url, auth_url=auth_url) as client,
    ):
        answer = await client.get("/.well-known/jwks.json")
    assert [key["alg"] for key in answer.json()["keys"]] == ["ES256"] * 2  # the next one too
    assert "d" not in answer.json()["keys"][0]


TRUSTED = [ip_network("10.0.0.0/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", ["1.2.3.4"], "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4, 10.0.0.7"], "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4", "10.0.0.7"], "1.2.3.4"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["not an address"], "not an address"),
    ],
)
def test_forwarded_addresses_count_from_trusted_proxies_alone(
    peer: str, forwarded: list[str], expected: str
) -> None:
    assert client_address(peer, forwarded, TRUSTED) == expected


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("not an address", "not an address"),
    ],
)
def test_a_home_with_a_whole_network_is_one_caller(address: str, counted: str) -> None:
    assert counted_as(address) == counted


async def test_what_a_client_holds_is_not_sent_again_until_it_differs() -> None:
    app = FastAPI()
    told = {"name": "가", "age_s": 60}

    @app.get("/")
    async def hospital(request: Request) -> Response:
        return conditional(request, create_model("Told", name=(str, ...), age_s=(int, ...))(**told))

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        first = await client.get("/")
        known = {"if-none-match": f'"other", {first.headers["etag"]}'}
        told["age_s"] = 61
        older = await client.get("/", headers=known)
        told["name"] = "나"
        changed = await client.get("/", headers=known)
    assert first.headers["etag"].startswith('W/"')
    assert (older.status_code, older.content) == (304, b"")
    assert (changed.status_code, changed.json()["name"]) == (200, "나")


async def test_without_redis_limits_are_local_and_never_absent() -> None:
    settings = Settings.model_validate(
        {
            "redis_url": DEAD.replace("http", "redis"),
            "service_key": KEY,
            "limit_address": "2/minute",
        }
    )
    limits = Limits(settings)
    began = time.monotonic()
    for _ in range(2):
        await limits.count(Caller("1.2.3.4"))
    with pytest.raises(RateLimited):
        await limits.count(Caller("1.2.3.4"))
    await limits.count(Caller("5.6.7.8"))
    assert limits.redis_lost
    assert time.monotonic() - began < 5


async def test_tokens_that_come_together_wait_for_the_same_keys(
    database: str, redis_url: str
) -> None:
    async with (
        auth(database, redis_url) as auth_url,
        gateway(redis_url, auth_url=auth_url) as client,
    ):
        made = await client.post("/v1/auth/guest", json={})
        token = {"authorization": f"Bearer {made.json()['access_token']}"}
        together = [client.get("/v1/status", headers=token) for _ in range(8)]
        answers = await asyncio.gather(*together)
    assert ["auth" in answer.json()["degraded"] for answer in answers] == [False] * 8
