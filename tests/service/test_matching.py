"""Matching on real PostGIS and real Redis: the circle, the snapshot, what is kept."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from services.matching import store
from services.matching.app import create_app
from services.matching.settings import Settings
from shared import db
from shared.app import service_token
from shared.contracts.sync import Announcement, HospitalState, Snapshot, SnapshotKeys
from tests.support.fakes.osrm import FakeOsrm
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
async def matching(
    database: str, redis_url: str, **changed: Any
) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate(
        {"database_url": database, "redis_url": redis_url, "service_key": KEY, **changed}
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


async def test_a_snapshot_that_cannot_be_read_leaves_the_last_one_and_is_tried_again(
    database: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await put(database, redis_url, NEAR, *SPREAD)
    async with matching(database, redis_url, snapshot_poll_s=0.05) as client:
        await ready(client)
        redis = Redis.from_url(redis_url)
        for broken in (b"not compressed", zlib.compress(b"{}"), zlib.compress(b"\xff\xfe")):
            await redis.set(KEYS.value("v2"), broken)
            await redis.set(KEYS.pointer, "v2")
            await asyncio.sleep(0.2)
            told = (await client.post("/v1/match", json=ask())).json()
            assert told["snapshot"] == "v1"
            assert (await client.get("/readyz")).status_code == 200
        await redis.aclose()
        await put(database, redis_url, NEAR, *SPREAD, version="v2")
        await until_snapshot(client, "v2")
    assert capsys.readouterr().out.count("snapshot not readable") == 1  # many looks, one word


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


async def test_capability_is_searched_for_past_all_neighbours(
    database: str, redis_url: str
) -> None:
    """More silent neighbours than are looked at, and the only able one at the other end."""
    silent = [state(f"T12{n:05d}", 126.9 + n / 100, 37.4) for n in range(60)]
    await put(database, redis_url, *silent, FAR)
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask(radius_km=1))).json()
    assert told["search"]["widened"] is True
    assert told["search"]["reported_able"] == 1
    assert told["search"]["candidates"] < 60
    assert "T2600001" in {entry["hpid"] for entry in told["hospitals"]}


async def test_it_goes_on_past_neighbours_that_are_known_missing(
    database: str, redis_url: str
) -> None:
    no = {"MKioskTy1": "불가능"}
    missing = [state(f"T13{n:05d}", 126.9 + n / 100, 37.4, values=no) for n in range(50)]
    silent = [state(f"T14{n:05d}", 128.5 + n / 100, 36.5) for n in range(3)]
    await put(database, redis_url, *missing, *silent, FAR)
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask(radius_km=1))).json()
    tiers = {entry["hpid"]: entry["tier"] for entry in told["hospitals"]}
    assert {entry.hpid for entry in silent} <= tiers.keys()
    assert told["search"]["candidates"] == 54


async def test_a_late_database_is_not_waited_for(database: str, redis_url: str) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        admin = await asyncpg.connect(database)
        async with admin.transaction():
            await admin.execute("LOCK TABLE sync.hospitals IN ACCESS EXCLUSIVE MODE")
            began = asyncio.get_running_loop().time()
            told = (await client.post("/v1/match", json=ask())).json()
            waited = asyncio.get_running_loop().time() - began
        again = (await client.post("/v1/match", json=ask())).json()
        await admin.close()
    assert waited < 1.0
    assert told["degraded"] == ["postgres"]
    assert told["hospitals"][0]["hpid"] == again["hospitals"][0]["hpid"] == "T1100002"
    assert again["degraded"] == []


async def test_connections_that_were_cut_are_replaced(database: str, redis_url: str) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        asked = [client.post("/v1/match", json=ask()) for _ in range(12)]
        await asyncio.gather(*asked)
        admin = await asyncpg.connect(database)
        cut = await admin.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'er-matching' AND datname = current_database()"
        )
        await admin.close()
        await asyncio.sleep(0.1)
        after = [(await client.post("/v1/match", json=ask())).json() for _ in range(12)]
    assert len(cut) > 1
    assert all(told["hospitals"][0]["hpid"] == "T1100002" for told in after)
    assert [told["degraded"] for told in after] == [[]] * 12


async def test_a_decision_is_made_again_to_the_letter(database: str, redis_url: str) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    asked = ask(
        refused=[{"hpid": "T1100011", "reason": "sentinel-words"}],
        patient={"age_years": 71, "gender": "M"},
    )
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=asked)).json()
        # The board moves on; the decision rests on the one that it was made from.
        await put(database, redis_url, state("T1100002", 127.02, 37.55), *SPREAD, version="v2")
        await until_snapshot(client, "v2")
        replay = (await client.get(f"/v1/decisions/{told['request_id']}/replay")).json()
        unknown = await client.get("/v1/decisions/AAAAAAAAAAAAAAAAAAAAAA/replay")
    assert replay["same"] is True
    assert replay["rules"] == replay["rules_now"]
    listed = [(h["hpid"], h["tier"], h["score"]) for h in told["hospitals"]]
    assert [(h["hpid"], h["tier"], h["score"]) for h in replay["again"]] == listed
    assert unknown.status_code == 404
    connection = await asyncpg.connect(database)
    kept = str(dict(await connection.fetchrow("SELECT * FROM matching.decisions")))
    await connection.close()
    assert "sentinel-words" not in kept


async def test_the_place_is_gone_after_half_an_hour_and_the_rest_after_a_week(
    database: str, redis_url: str
) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    outcome = {"hpid": "T1100002", "event": "refused", "reason": "words", "caller": "a" * 32}
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask())).json()
        await client.post(f"/v1/outcomes/{told['request_id']}", json=outcome)
        engine = db.connect(database, "matching")
        now = datetime.now(UTC)
        young = await store.forget(engine, now + timedelta(minutes=29))
        old = await store.forget(engine, now + timedelta(minutes=31))
        connection = await asyncpg.connect(database)
        kept = dict(await connection.fetchrow("SELECT * FROM matching.decisions"))
        replay = (await client.get(f"/v1/decisions/{told['request_id']}/replay")).json()
        week = await store.forget(engine, now + timedelta(days=7, minutes=1))
        left = await connection.fetchval("SELECT count(*) FROM matching.decisions")
        packed = await connection.fetchval("SELECT count(*) FROM matching.snapshots")
        event = dict(await connection.fetchrow("SELECT * FROM matching.outcomes"))
        await connection.close()
        await engine.dispose()
    assert (young["places"], old["places"]) == (0, 1)
    assert [kept[name] for name in ("longitude", "latitude", "reach")] == [None, None, None]
    assert "126.978" not in str(kept)
    assert "37.566" not in str(kept)
    # Minutes, metres and the points that they gave would tell the place as well.
    assert "score" not in str(kept["ranking"])
    assert (replay["again"], replay["same"]) == (None, None)
    assert [h["hpid"] for h in replay["kept"]] == [h["hpid"] for h in told["hospitals"]]
    assert (week["decisions"], left, packed) == (1, 0, 0)
    assert (event["hpid"], event["event"], event["listed"]) == (
        "T1100002", "refused", "recommended",
    )  # fmt: skip
    assert [event[name] for name in ("reason", "caller", "request_id")] == [None, None, None]


async def test_who_is_on_the_way_takes_part_of_a_bed(database: str, redis_url: str) -> None:
    beds = {**ABLE, "hvec": "3", "hvs01": "20"}
    twins = [state("T1100021", 127.00, 37.57, values=beds),
             state("T1100022", 127.001, 37.57, values=beds)]  # fmt: skip
    await put(database, redis_url, *twins, *SPREAD)
    firsts = {}
    for holds in ("on", "off"):
        async with matching(database, redis_url, holds=holds) as client:
            await ready(client)
            told = (await client.post("/v1/match", json=ask())).json()
            first = told["hospitals"][0]["hpid"]
            for n in range(6):
                told = (await client.post("/v1/match", json=ask())).json()
                going = {"hpid": "T1100021", "event": "going", "caller": f"{n:032x}"}
                await client.post(f"/v1/outcomes/{told['request_id']}", json=going)
            await asyncio.sleep(2.3)
            told = (await client.post("/v1/match", json=ask())).json()
            replay = (await client.get(f"/v1/decisions/{told['request_id']}/replay")).json()
            firsts[holds] = first, told["hospitals"][0]["hpid"], bool(replay["holds"])
            assert replay["same"] is True
    assert firsts == {
        "on": ("T1100021", "T1100022", True),
        "off": ("T1100021", "T1100021", False),
    }


async def test_a_going_to_a_hospital_that_was_not_listed_holds_nothing(
    database: str, redis_url: str
) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    async with matching(database, redis_url) as client:
        await ready(client)
        told = (await client.post("/v1/match", json=ask())).json()
        going = {"hpid": "T9999999", "event": "going", "caller": "b" * 32}
        kept = await client.post(f"/v1/outcomes/{told['request_id']}", json=going)
        engine = db.connect(database, "matching")
        said = await store.goings(engine, datetime.now(UTC))
        await engine.dispose()
    assert (kept.status_code, said) == (204, [])


async def test_a_router_tells_the_minutes_and_its_failures_are_told(
    database: str, redis_url: str
) -> None:
    await put(database, redis_url, NEAR, ABLE_NEAR, *SPREAD)
    fake = FakeOsrm(seconds={(127.02, 37.55): 777.0, (126.98, 37.57): None})
    async with (
        running(fake.app) as osrm_url,
        matching(database, redis_url, osrm_url=osrm_url, osrm_timeout_ms=200) as client,
    ):
        await ready(client)
        told = (await client.post("/v1/match", json=ask())).json()
        by_hpid = {h["hpid"]: h for h in told["hospitals"]}
        assert (by_hpid["T1100002"]["eta_source"], by_hpid["T1100002"]["eta_s"]) == ("osrm", 777)
        assert by_hpid["T1100001"]["eta_source"] == "detour"  # it found no road there
        assert told["degraded"] == []
        assert fake.asked[0][0] == (126.978, 37.566)  # rounded before it leaves
        replay = (await client.get(f"/v1/decisions/{told['request_id']}/replay")).json()
        assert replay["same"] is True
        for trouble in ({"delay_s": 1.0}, {"status": 500}, {"body": {"code": "NoTable"}},
                        {"body": {"code": "Ok", "durations": [[0.0, -1.0]]}},
                        {"body": {"code": "Ok", "durations": [["x"]]}}):  # fmt: skip
            broken = FakeOsrm(**trouble)
            fake.delay_s, fake.status, fake.body = broken.delay_s, broken.status, broken.body
            told = (await client.post("/v1/match", json=ask())).json()
            assert told["degraded"] == ["osrm"], trouble
            assert {h["eta_source"] for h in told["hospitals"]} == {"detour"}


async def until_snapshot(client: httpx.AsyncClient, version: str) -> None:
    for _ in range(100):
        if (await client.post("/v1/match", json=ask())).json()["snapshot"] == version:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the new snapshot was not taken")
