"""Matching on real PostGIS and real Redis: the circle, the snapshot, what is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from services.matching.app import create_app
from services.matching.settings import Settings
from shared.app import service_token
from shared.contracts.sync import Announcement, HospitalState, Snapshot, SnapshotKeys
from tests.support.running import running
from tests.support.worlds import hospital

KEY = "k" * 32
KEYS = SnapshotKeys(dataset="live")
CITY_HALL = (126.978, 37.5665)
ABLE = {"MKioskTy1": "Y"}


def state(hpid: str, longitude: float, latitude: float, **changed: Any) -> HospitalState:
    now = datetime.now(UTC)
    return hospital(
        hpid,
        longitude=longitude,
        latitude=latitude,
        **{"reported_at": now, "changed_at": now, "fetched_at": now, **changed},
    )


NEAR = state("T1100001", 126.98, 37.57)
ABLE_NEAR = state("T1100002", 127.02, 37.55, values=ABLE)
FAR = state("T2600001", 129.05, 35.15, values=ABLE)
SPREAD = [state(f"T110001{n}", 126.9 + n / 50, 37.5) for n in range(5)]


async def put(
    database: str, redis_url: str, *hospitals: HospitalState, version: str = "v1"
) -> None:
    """Rows where sync would have written them, and the snapshot as sync would have published it."""
    connection = await asyncpg.connect(database)
    await connection.executemany(
        "INSERT INTO sync.hospitals (hpid, name, level, operating, missed, geog)"
        " VALUES ($1, $2, $3, true, 0, ST_SetSRID(ST_MakePoint($4, $5), 4326))"
        " ON CONFLICT DO NOTHING",
        [(h.hpid, h.name, h.level, h.longitude, h.latitude) for h in hospitals],
    )
    await connection.close()
    now = datetime.now(UTC)
    snapshot = Snapshot(
        version=version,
        generated_at=now,
        data_as_of=now,
        simulated=False,
        hospitals=list(hospitals),
    )
    redis = Redis.from_url(redis_url)
    await redis.set(KEYS.value(version), snapshot.pack())
    await redis.set(KEYS.pointer, version)
    await redis.publish(
        KEYS.channel, Announcement(version=version, generated_at=now).model_dump_json()
    )
    await redis.aclose()


@asynccontextmanager
async def matching(database: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate(
        {"database_url": database, "redis_url": redis_url, "service_key": KEY}
    )
    headers = {"authorization": f"Bearer {service_token(KEY, 'matching')}"}
    async with (
        running(create_app(settings)) as base,
        httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=10) as client,
    ):
        yield client


async def ready(client: httpx.AsyncClient) -> None:
    for _ in range(100):
        if (await client.get("/readyz")).status_code == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("matching did not become ready")


def ask(**changed: Any) -> dict[str, Any]:
    base = {
        "longitude": CITY_HALL[0],
        "latitude": CITY_HALL[1],
        "radius_km": 30,
        "limit": 10,
        "sort": "score",
        "needs": [{"field": "MKioskTy1", "weight": 30, "role": "decisive", "reason": "필요"}],
        "policy": {"transport": "capable", "bypass_minutes": 30, "window_minutes": 120, "call": []},
        "patient": {},
        "ktas": 2,
        "refused": [],
        "ruleset": "test",
    }
    return {**base, **changed}


async def test_the_able_one_is_first_and_the_far_one_is_not_looked_at(
    database: str, redis_url: str
) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, FAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask())).json()
    assert told["hospitals"][0]["hpid"] == "T1100002"
    assert told["hospitals"][0]["tier"] == "recommended"
    assert "T2600001" not in {entry["hpid"] for entry in told["hospitals"]}
    assert told["search"] == {
        "radius_km": 30, "widened": False, "candidates": 7, "reported_able": 1,
    }  # fmt: skip
    assert told["degraded"] == []
    first = told["hospitals"][0]
    parts = sum(r["points"] for r in first["resources"]) + sum(
        r["points"] for r in first["reasons"]
    )
    assert first["score"] == pytest.approx(parts, abs=0.06)


async def test_the_search_widens_until_one_is_reported_able(database: str, redis_url: str) -> None:
    await put(database, redis_url, NEAR, FAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask())).json()
    assert told["search"]["widened"] is True
    assert told["search"]["radius_km"] > 300
    assert "T2600001" in {entry["hpid"] for entry in told["hospitals"]}


async def test_before_the_first_snapshot_it_is_not_ready_and_says_so(
    database: str, redis_url: str
) -> None:
    async with matching(database, redis_url) as client:
        health = await client.get("/readyz")
        answer = await client.post("/v1/match", json=ask())
    assert health.json()["checks"]["snapshot"]["ok"] is False
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:er:unavailable")


async def test_an_announced_snapshot_is_taken_at_once(database: str, redis_url: str) -> None:
    await put(database, redis_url, NEAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        await put(database, redis_url, NEAR, *SPREAD, version="v2")
        for _ in range(40):
            told = (await client.post("/v1/match", json=ask())).json()
            if told["snapshot"] == "v2":
                break
            await asyncio.sleep(0.05)
    assert told["snapshot"] == "v2"


async def test_the_rounded_place_is_kept_and_an_outcome_beside_it(
    database: str, redis_url: str
) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask(longitude=126.9784321))).json()
        outcome = {"hpid": "T1100002", "event": "refused", "reason": "만실", "caller": "a" * 32}
        kept = await client.post(f"/v1/outcomes/{told['request_id']}", json=outcome)
        stranger = await client.post("/v1/outcomes/AAAAAAAAAAAAAAAAAAAAAA", json=outcome)
    assert kept.status_code == 204
    assert (stranger.status_code, stranger.json()["type"]) == (404, "urn:er:not-found")
    connection = await asyncpg.connect(database)
    decision = await connection.fetchrow("SELECT * FROM matching.decisions")
    events = await connection.fetch("SELECT hpid, event FROM matching.outcomes")
    await connection.close()
    assert str(decision["longitude"]) == "126.978"
    assert "126.978432" not in str(dict(decision))
    assert [tuple(event) for event in events] == [("T1100002", "refused")]


async def test_without_the_database_places_come_from_the_snapshot_and_it_says_so(
    database: str, redis_url: str
) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        whole = (await client.post("/v1/match", json=ask())).json()
        admin = await asyncpg.connect(database)
        await admin.execute("ALTER SCHEMA sync RENAME TO sync_away")
        told = (await client.post("/v1/match", json=ask())).json()
        await admin.close()
    assert told["degraded"] == ["postgres"]
    assert [h["hpid"] for h in told["hospitals"]] == [h["hpid"] for h in whole["hospitals"]]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"longitude": 2.35}, "/longitude"),
        ({"limit": 0}, "/limit"),
        (
            {"needs": [{"field": "hvs01", "weight": 1, "role": "decisive", "reason": ""}]},
            "/needs/0/field",
        ),
        ({"refused": [{"hpid": "'; DROP"}]}, "/refused/0/hpid"),
        ({"unknown": 1}, "/unknown"),
    ],
)
async def test_bad_requests_are_named(
    database: str, redis_url: str, changed: dict[str, Any], pointer: str
) -> None:
    async with matching(database, redis_url) as client:
        answer = await client.post("/v1/match", json=ask(**changed))
    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
