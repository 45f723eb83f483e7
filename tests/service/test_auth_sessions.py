"""Sessions in a real Redis: one use each, retries forgiven, theft ends them, time ends them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.auth.sealing import SealBroken, Sealer
from services.auth.sessions import Lives, Sessions
from shared.contracts.auth import RevocationKeys

LONG = Lives(idle_s=1000, absolute_s=5000, grace_s=3)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


def sessions(redis: Redis, lives: Lives = LONG) -> Sessions:
    return Sessions(redis, dataset="test", lives=lives)


async def test_fifty_uses_at_once_have_one_successor(redis: Redis) -> None:
    ours = sessions(redis)
    opened = await ours.open("u", "kakao")
    told = await asyncio.gather(*(ours.rotate(opened.refresh_token) for _ in range(50)))
    assert sorted({one.outcome for one in told}) == ["again", "rotated"]
    assert sum(one.outcome == "rotated" for one in told) == 1
    (successor,) = {one.refresh_token for one in told}
    assert successor is not None
    after = await ours.rotate(successor)
    assert (after.outcome, after.session, after.user) == ("rotated", opened.id, "u")


async def test_a_use_after_the_grace_ends_the_family_and_its_tokens(redis: Redis) -> None:
    ours = sessions(redis, Lives(1000, 5000, grace_s=0.05))
    opened = await ours.open("u", "kakao")
    successor = (await ours.rotate(opened.refresh_token)).refresh_token
    await asyncio.sleep(0.1)
    stolen = await ours.rotate(opened.refresh_token)
    assert (stolen.outcome, stolen.user, stolen.refresh_token) == ("reused", "u", None)
    assert (await ours.rotate(successor or "")).outcome == "ended"
    assert await redis.exists(RevocationKeys("test").session(opened.id))


async def test_idle_and_absolute_limits_hold(redis: Redis) -> None:
    idle = sessions(redis, Lives(idle_s=1, absolute_s=100, grace_s=3))
    opened = await idle.open("u", "kakao")
    absolute = sessions(redis, Lives(idle_s=100, absolute_s=2, grace_s=3))
    token = (await absolute.open("u", "kakao")).refresh_token
    await asyncio.sleep(1.2)
    assert (await idle.rotate(opened.refresh_token)).outcome == "unknown"
    moved_on = await absolute.rotate(token)
    assert moved_on.outcome == "rotated"
    await asyncio.sleep(1.2)
    assert (await absolute.rotate(moved_on.refresh_token or "")).outcome in ("unknown", "ended")


async def test_the_end_of_one_session_leaves_the_others(redis: Redis) -> None:
    ours = sessions(redis)
    one, two = await ours.open("u", "kakao"), await ours.open("u", "kakao")
    other = await ours.open("v", "kakao")
    await ours.end(one.id, "u")
    assert (await ours.rotate(one.refresh_token)).outcome == "ended"
    assert (await ours.rotate(two.refresh_token)).outcome == "rotated"
    await ours.end_all("u")
    assert (await ours.rotate(two.refresh_token)).refresh_token is None
    assert (await ours.rotate(other.refresh_token)).outcome == "rotated"


async def test_redis_knows_no_token(redis: Redis) -> None:
    ours = sessions(redis)
    opened = await ours.open("u", "kakao")
    successor = (await ours.rotate(opened.refresh_token)).refresh_token or ""
    names = [name async for name in redis.scan_iter("*")]
    content = b"".join([*names, *[await redis.dump(name) or b"" for name in names]])
    assert opened.refresh_token.encode() not in content
    assert successor.encode() not in content


def test_what_is_sealed_stays_in_its_place() -> None:
    sealer = Sealer("secret", "people")
    sealed = sealer.seal("이름", "row 1")
    assert sealer.open(sealed, "row 1") == "이름"
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for bad, place, key in (
        (sealed, "row 2", "secret"),
        (changed, "row 1", "secret"),
        (sealed, "row 1", "another"),
        (b"", "row 1", "secret"),
    ):
        with pytest.raises(SealBroken):
            Sealer(key, "people").open(bad, place)
