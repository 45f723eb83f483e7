"""Live changes: published by the hand of sync on a real Redis, read as a browser would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from services.gateway.app import create_app
from services.gateway.events.changes import Circle, told
from services.gateway.events.streams import KEPT, LAG, Streams
from services.gateway.events.subscriptions import Subscriptions
from services.gateway.settings import Settings
from services.sync.publish import publish
from shared import cache
from shared.contracts.events import BedsEvent, SubscriptionRequest
from shared.contracts.place import Place
from shared.contracts.sync import Message, Snapshot, SnapshotKeys
from shared.problems import Unavailable
from tests.support.running import running
from tests.support.waiting import until
from tests.support.worlds import hospital

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = SnapshotKeys(dataset="live")
SEOUL = {"latitude": 37.5, "longitude": 127.0, "radius_km": 30}
CIRCLE = Circle(Place(longitude=127.0, latitude=37.5), 30)
BUSAN: dict[str, Any] = {"hpid": "T2600001", "longitude": 129.06, "latitude": 35.17}


def snapshot(number: int, *, near: str = "5", far: str = "3", **changed: Any) -> Snapshot:
    """Two hospitals, one in Seoul and one in Busan, with so many free beds."""
    return Snapshot(
        version=f"2026-{number:04}",
        generated_at=NOW + timedelta(minutes=5 * number),
        data_as_of=NOW,
        simulated=False,
        hospitals=[
            hospital(values={"hvec": near, "hvs01": "20"}, **changed),
            hospital(**BUSAN, values={"hvec": far}),
        ],
    )


@asynccontextmanager
async def gateway(redis_url: str, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    dead = {f"{name}_url": "http://127.0.0.1:1" for name in ("auth", "sync", "triage", "matching")}
    settings = Settings.model_validate(
        {"redis_url": redis_url, "service_key": "k" * 32, **dead, **changed}
    )
    async with (
        running(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client,
    ):
        yield client


@asynccontextmanager
async def published(redis_url: str) -> AsyncIterator[Redis]:
    redis = Redis.from_url(redis_url)
    await publish(redis, KEYS, snapshot(1))
    try:
        yield redis
    finally:
        await redis.aclose()


class Reading:
    """The lines of one stream, block by block."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def block(self) -> dict[str, str]:
        """The next block that is no comment; a field by its name."""
        found: dict[str, str] = {}
        async for line in self._lines:
            if not line and found:
                return found
            name, _, value = line.partition(":")
            if name:
                found[name] = value.strip()
        raise EOFError


@asynccontextmanager
async def stream(client: httpx.AsyncClient, **headers: str) -> AsyncIterator[Reading]:
    made = await client.post("/v1/subscriptions", json=SEOUL)
    assert (made.status_code, made.json()["expires_in"]) == (201, 3600)
    async with client.stream("GET", f"/v1/events/{made.json()['id']}", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        reading = Reading(answer)
        assert await reading.block() == {"retry": "3000"}
        yield reading


async def known(client: httpx.AsyncClient, version: str) -> None:
    """Wait until the gateway has read a snapshot."""

    async def is_known() -> bool:
        async with stream(client, **{"last-event-id": "no-such"}) as reading:
            return (await reading.block()).get("id") == version

    await until(is_known)


async def test_a_stream_tells_what_changed_inside_its_circle(redis_url: str) -> None:
    async with published(redis_url) as redis, gateway(redis_url) as client:
        await known(client, "2026-0001")
        async with stream(client) as reading:
            await publish(redis, KEYS, snapshot(2, near="0", far="9"))
            block = await asyncio.wait_for(reading.block(), 10)
    assert (block["event"], block["id"]) == ("beds", "2026-0002")
    data = json.loads(block["data"])
    assert BedsEvent.model_validate(data).snapshot == "2026-0002"
    assert data["changes"] == [
        {"hpid": "T1100001", "field": "hvec", "from": 5, "to": 0,
         "reported_at": "2026-11-22T11:55:00Z"}
    ]  # fmt: skip


async def test_a_snapshot_without_changes_here_is_told_too(redis_url: str) -> None:
    async with published(redis_url) as redis, gateway(redis_url) as client:
        await known(client, "2026-0001")
        async with stream(client) as reading:
            await publish(redis, KEYS, snapshot(2, far="0"))
            block = await asyncio.wait_for(reading.block(), 10)
    assert (block["id"], json.loads(block["data"])["changes"]) == ("2026-0002", [])


async def test_who_comes_back_is_told_what_was_missed(redis_url: str) -> None:
    async with published(redis_url) as redis, gateway(redis_url) as client:
        for number, near in ((2, "4"), (3, "3")):
            await known(client, f"2026-000{number - 1}")
            await publish(redis, KEYS, snapshot(number, near=near))
        await known(client, "2026-0003")
        async with stream(client, **{"last-event-id": "2026-0001"}) as reading:
            blocks = [await reading.block(), await reading.block()]
        async with stream(client, **{"last-event-id": "long-ago"}) as reading:
            unknown = await reading.block()
    assert [block["id"] for block in blocks] == ["2026-0002", "2026-0003"]
    assert [json.loads(block["data"])["changes"][0]["to"] for block in blocks] == [4, 3]
    assert (unknown["event"], unknown["id"]) == ("resync", "2026-0003")


async def test_the_first_connection_may_name_the_snapshot_of_its_list(redis_url: str) -> None:
    async with published(redis_url) as redis, gateway(redis_url) as client:
        await known(client, "2026-0001")
        await publish(redis, KEYS, snapshot(2, near="1"))
        await known(client, "2026-0002")
        made = (await client.post("/v1/subscriptions", json=SEOUL)).json()["id"]
        address = f"/v1/events/{made}?since=2026-0001"
        async with client.stream("GET", address) as answer:
            reading = Reading(answer)
            blocks = [await reading.block(), await reading.block()]
    assert blocks[1]["id"] == "2026-0002"


async def test_no_place_is_kept_exactly_and_no_id_is_guessed(redis_url: str) -> None:
    async with published(redis_url) as redis, gateway(redis_url) as client:
        exact = {**SEOUL, "latitude": 37.123456, "longitude": 127.987654}
        await client.post("/v1/subscriptions", json=exact)
        names = [name async for name in redis.scan_iter("er:live:subscription:*")]
        kept = [await redis.get(name) for name in names]
        lives = [await redis.ttl(name) for name in names]
        missing = await client.get("/v1/events/nosuchsubscription")
        outside = await client.post("/v1/subscriptions", json={**SEOUL, "latitude": 10})
    assert kept == [b"[127.988, 37.123, 30.0]"]
    assert 3500 < lives[0] <= 3600
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:er:not-found")
    assert outside.status_code == 422


async def test_too_many_streams_are_refused_and_the_place_is_free_again(redis_url: str) -> None:
    async with published(redis_url), gateway(redis_url, streams=1) as client:
        made = (await client.post("/v1/subscriptions", json=SEOUL)).json()["id"]
        async with stream(client):
            refused = await client.get(f"/v1/events/{made}")
            assert (refused.status_code, refused.json()["type"]) == (503, "urn:er:unavailable")

        async def is_open() -> bool:
            async with client.stream("GET", f"/v1/events/{made}") as answer:
                return answer.status_code == 200

        await until(is_open)


async def test_without_redis_a_subscription_is_a_clear_503() -> None:
    away = Subscriptions(cache.connect("redis://127.0.0.1:1/0"), dataset="live")
    with pytest.raises(Unavailable):
        await away.add(SubscriptionRequest.model_validate(SEOUL))
    with pytest.raises(Unavailable):
        await away.find("x")


async def test_a_lost_connection_to_redis_loses_no_change(redis_url: str) -> None:
    async with published(redis_url) as redis, gateway(redis_url) as client:
        await known(client, "2026-0001")
        async with stream(client) as reading:
            await redis.client_kill_filter(_type="pubsub")
            await publish(redis, KEYS, snapshot(2, near="0"))
            block = await asyncio.wait_for(reading.block(), 10)
    assert block["id"] == "2026-0002"


async def test_streams_end_when_the_gateway_stops(redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(trust_env=False, timeout=10) as staying:
        async with published(redis_url), gateway(redis_url) as client:
            made = (await client.post("/v1/subscriptions", json=SEOUL)).json()["id"]
            address = client.base_url.join(f"/v1/events/{made}")
            ended = asyncio.create_task(staying.get(address))
            await asyncio.sleep(0.3)
            assert not ended.done()
            began = loop.time()
        assert (await ended).status_code == 200
    # Otherwise the server would wait for the stream as long as it waits for anybody: 2 s.
    assert loop.time() - began < 1.5


def streams() -> Streams:
    return Streams(CollectorRegistry(), at_most=10)


async def test_a_client_that_falls_behind_is_dropped_with_a_word() -> None:
    open_streams = streams()
    open_streams.tell(told(snapshot(0), None))
    events = open_streams.events(CIRCLE, None)
    assert (await anext(events)).startswith(b"retry:")
    open_streams.tell(told(snapshot(1, near="1"), snapshot(0)))
    assert b"2026-0001" in await anext(events)
    for number in range(2, 2 + LAG + 1):
        open_streams.tell(told(snapshot(number), snapshot(1)))
    assert await anext(events) == b'event: dropped\ndata: {"reason":"slow"}\n\n'
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_only_so_much_of_the_past_is_kept() -> None:
    open_streams = streams()
    for number in range(KEPT + 5):
        open_streams.tell(told(snapshot(number), None))
    events = open_streams.events(CIRCLE, "2026-0004")
    assert [b"resync" in await anext(events) for _ in range(2)] == [False, True]
    events = open_streams.events(CIRCLE, "2026-0005")
    blocks = [await anext(events) for _ in range(KEPT)]
    assert b"2026-0006" in blocks[1]
    assert b"2026-0028" in blocks[-1]


def test_closing_and_messages_are_changes_and_a_lost_report_is_null() -> None:
    note = Message(text="수술 불가", effect="blocks", fields=[])
    news = told(snapshot(2, operating=False, messages=[note]), snapshot(1))
    changes = json.loads(news.data(news.inside(CIRCLE)))["changes"]
    assert {(c["field"], c["from"], c["to"]) for c in changes} == {
        ("operating", "Y", "N"),
        ("messages", 0, 1),
    }
    gone = snapshot(3).model_copy(update={"hospitals": [hospital(values={})]})
    lost = told(
        gone.model_copy(
            update={"hospitals": [gone.hospitals[0].model_copy(update={"values": {}})]}
        ),
        snapshot(2),
    )
    changes = json.loads(lost.data(lost.inside(CIRCLE)))["changes"]
    assert {(c["field"], c["to"]) for c in changes} == {
        ("hvec", None),
        ("hvs01", None),
        ("MKioskTy28", None),
    }


def test_the_first_snapshot_changes_nothing() -> None:
    news = told(snapshot(1), None)
    assert json.loads(news.data(news.inside(CIRCLE)))["changes"] == []
