"""The gateway's part: what ends, ends at every gateway, and what is away stops no help."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from redis.asyncio import Redis

from services.gateway.revocations import Revocations
from shared.contracts.auth import RevocationKeys
from tests.service.test_gateway import TRIAGE, auth, gateway, slug


@pytest.fixture
async def two(database: str, redis_url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Two gateways before one auth."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(auth(database, redis_url))
        yield [await stack.enter_async_context(gateway(redis_url, auth_url=url)) for _ in range(2)]


async def test_a_session_that_ends_at_one_gateway_has_ended_at_all(
    two: list[httpx.AsyncClient],
) -> None:
    one, other = two
    made = (await one.post("/v1/auth/guest", json={})).json()
    token = {"authorization": f"Bearer {made['access_token']}"}
    before = [(await client.get("/v1/auth/me", headers=token)).status_code for client in two]
    assert (await one.post("/v1/auth/logout", json={}, headers=token)).status_code == 204
    after = [await client.get("/v1/auth/me", headers=token) for client in (other, one)]
    assert before == [200, 200]
    assert [(a.status_code, slug(a)) for a in after] == [(401, "unauthenticated")] * 2


async def test_a_check_for_nginx_knows_three_answers(
    two: list[httpx.AsyncClient], redis_url: str
) -> None:
    made = (await two[0].post("/v1/auth/guest", json={})).json()
    token = {"authorization": f"Bearer {made['access_token']}"}
    good = await two[0].get("/v1/auth/check", headers=token)
    without = await two[0].get("/v1/auth/check")
    bad = await two[0].get("/v1/auth/check", headers={"authorization": "Bearer x"})
    async with gateway(redis_url) as alone:
        unknown = await alone.get("/v1/auth/check", headers=token)
    assert [a.status_code for a in (good, without, bad, unknown)] == [204, 401, 401, 403]


class Unsteady:
    """A Redis that goes away when the test says so."""

    def __init__(self, redis: Redis) -> None:
        self._redis, self.away = redis, False

    async def exists(self, name: str) -> int:
        if self.away:
            raise ConnectionError
        return await self._redis.exists(name)


async def test_what_was_seen_to_end_stays_ended_without_redis(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    unsteady = Unsteady(redis)
    ended = Revocations(unsteady, dataset="test")  # type: ignore[arg-type]
    await redis.set(RevocationKeys("test").session("over"), b"1")
    assert await ended.hold("over")
    assert not await ended.hold("alive")
    unsteady.away = True
    assert await ended.hold("over")
    assert not await ended.hold("unknown")
    assert ended.lost
    await redis.aclose()


async def test_with_auth_away_an_app_is_helped_as_a_caller_without_a_key(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        status = await client.get("/v1/status", headers={"x-api-key": "erk_x"})
        me = await client.get("/v1/auth/me", headers={"x-api-key": "erk_x"})
        long = await client.get("/v1/status", headers={"x-api-key": "x" * 300})
    assert status.status_code == 200
    assert "auth" in status.json()["degraded"]
    assert (me.status_code, slug(me)) == (503, "unavailable")
    assert (long.status_code, slug(long)) == (401, "unauthenticated")


async def test_bad_tokens_are_counted_by_address(redis_url: str, database: str) -> None:
    async with (
        auth(database, redis_url) as url,
        gateway(redis_url, auth_url=url, limit_address="3/minute") as client,
    ):
        headers = {"authorization": "Bearer made-up"}
        codes = [(await client.post("/v1/triage", json=TRIAGE, headers=headers)).status_code
                 for _ in range(5)]  # fmt: skip
    assert codes == [401, 401, 401, 429, 429]
