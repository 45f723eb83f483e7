"""Sync as its peers and operators see it, on real PostgreSQL and Redis."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from redis.asyncio import Redis
from sqlalchemy import Connection

from services.sync import schema
from services.sync.app import create_app
from shared import db
from shared.contracts.sync import Announcement
from shared.db import DatabaseUnusable
from shared.health import Unusable
from tests.service.sync_service import RunningSync, Stores, settings_for, sync_with
from tests.support.fakes.nmc import BEDS, DIRECTORY, MESSAGES, OPERATIONS, SEVERE, FakeNmc, Fault
from tests.support.nmc_rows import bed_row, directory_row, message_row, severe_row
from tests.support.waiting import until

SEOUL, BUCHEON, BUSAN, LISTED = "A1100001", "A2100002", "A1200003", "E2200004"
EVERYTHING_DOWN = Fault(500, "Unexpected errors")


@pytest.fixture
def stores(database: str, redis_url: str) -> Stores:
    return Stores(database, redis_url)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def fake(now: datetime) -> FakeNmc:
    """Three hospitals that report and one that is only listed, without a place."""
    reported = now - timedelta(minutes=4)
    return FakeNmc(
        rows={
            DIRECTORY: [
                directory_row(SEOUL, dutyName="서울시험병원"),
                directory_row(
                    BUCHEON, dutyName="부천시험병원", wgs84Lat="37.50", wgs84Lon="126.78"
                ),
                directory_row(BUSAN, dutyName="부산시험병원", wgs84Lat="35.18", wgs84Lon="129.07"),
                directory_row(LISTED, dutyName="의료원", wgs84Lat="", wgs84Lon=""),
            ],
            BEDS: [
                bed_row(SEOUL, at=reported, hvec="-2", hvangioayn="N1"),
                bed_row(BUCHEON, at=reported - timedelta(hours=1)),
                bed_row(BUSAN, at=reported - timedelta(days=900)),
            ],
            SEVERE: [severe_row(hpid) for hpid in (SEOUL, BUCHEON, BUSAN)],
            MESSAGES: [
                message_row(
                    SEOUL,
                    begins=now - timedelta(hours=1),
                    ends=now + timedelta(hours=2),
                    symBlkMsg="재관류 불가 010-1234-5678",
                )
            ],
        }
    )


async def test_rounds_write_each_thing_once(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        again = await sync.refresh()
        state = await sync.state()
        told = (await sync.client.get("/v1/rounds?limit=1")).json()["rounds"]
    assert again["received"] == {"directory": 4, "beds": 3, "severe": 3, "messages": 1}
    assert again["written"] == {"hospitals": 0, "states": 0, "messages": 0, "changes": 0}
    assert again["changed_values"] == 0
    assert (state.hospitals, state.with_place, state.with_beds) == (4, 3, 3)
    assert state.last_success is not None
    assert state.last_error is None
    assert (told[0]["written"]["hospitals"], told[0]["failed"]) == (0, [])
    rounds = await rows_of(stores, "SELECT written FROM sync.rounds ORDER BY id LIMIT 1")
    assert '"hospitals": 4' in rounds[0]["written"]


async def test_the_snapshot_tells_raw_values_and_their_times(
    fake: FakeNmc, stores: Stores, now: datetime
) -> None:
    async with sync_with(fake, stores) as sync:
        snapshot = await sync.snapshot()
    known = {hospital.hpid: hospital for hospital in snapshot.hospitals}
    seoul = known[SEOUL]
    assert not snapshot.simulated
    assert seoul.values["hvec"] == "-2"
    assert seoul.values["hvangioayn"] == "N1"
    assert seoul.values["MKioskTy1"] == "Y"
    assert seoul.reported_at == now - timedelta(minutes=4)
    assert seoul.fetched_at is not None
    assert seoul.fetched_at >= now
    assert (seoul.phone, seoul.er_phone) == ("02-100-1000", "02-100-3000")
    (message,) = seoul.messages
    assert (message.effect, message.fields) == ("blocks", ["MKioskTy1"])
    assert message.text == "재관류 불가 [번호 삭제]"
    listed = known[LISTED]
    assert (listed.longitude, listed.reported_at, listed.fetched_at, listed.values) == (
        None, None, None, {},
    )  # fmt: skip


async def test_a_new_snapshot_is_announced_and_the_former_one_expires(
    fake: FakeNmc, stores: Stores
) -> None:
    async with sync_with(fake, stores) as sync, sync.redis.pubsub() as channel:
        former = await sync.version()
        await channel.subscribe(sync.keys.channel)
        refreshed = await sync.refresh()
        told = None
        while told is None:
            told = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
        assert Announcement.read(told["data"]).version == refreshed["snapshot"]
        assert await sync.version() == refreshed["snapshot"]
        assert 0 < await sync.redis.ttl(sync.keys.value(former)) <= 600
        assert await sync.redis.ttl(sync.keys.value(refreshed["snapshot"])) == -1


async def test_search_by_place_and_by_name(fake: FakeNmc, stores: Stores) -> None:
    here = {"latitude": 37.5665, "longitude": 126.978}
    async with sync_with(fake, stores) as sync:
        near = await sync.search(**here, radius_km=50)
        first = await sync.search(**here, radius_km=50, limit=1)
        named = await sync.search(query="부천")
        both = await sync.search(**here, query="시험로", radius_km=1)
        everything = await sync.search()
        wild = [(await sync.search(query=query)).total for query in ("%", "_", "\0%")]
    assert [h.hpid for h in near.hospitals] == [SEOUL, BUCHEON]
    assert [h.distance_m for h in near.hospitals] == [0, pytest.approx(18990, abs=60)]
    assert near.total == first.total == 2
    assert [h.hpid for h in first.hospitals] == [SEOUL]
    assert [(h.hpid, h.distance_m) for h in named.hospitals] == [(BUCHEON, None)]
    assert [h.hpid for h in both.hospitals] == [SEOUL]
    names = [h.name for h in everything.hospitals]
    assert names == ["부산시험병원", "부천시험병원", "서울시험병원", "의료원"]
    assert wild == [0, 0, 0]


async def test_ages_are_the_hospitals_own(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        found = {h.hpid: h for h in (await sync.search()).hospitals}
    told = {h.hpid: (h.freshness.value, h.beds.available, h.beds.total) for h in found.values()}
    assert told == {
        SEOUL: ("fresh", -2, 20),
        BUCHEON: ("stale", 5, 20),
        BUSAN: ("expired", 5, 20),
        LISTED: ("unknown", None, None),
    }
    assert found[SEOUL].age_s in range(240, 300)
    assert found[LISTED].age_s is None


async def test_one_hospital_with_its_fields(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        told = (await sync.client.get(f"/v1/hospitals/{SEOUL}")).json()
        old = (await sync.client.get(f"/v1/hospitals/{BUSAN}")).json()
        english = await sync.client.get(f"/v1/hospitals/{SEOUL}", headers={"Accept-Language": "en"})
    beds, severe = told["fields"]["hvec"], told["fields"]["MKioskTy1"]
    assert (beds["value"], beds["total"], beds["status"]) == (-2, 20, "unavailable")
    assert (severe["value"], severe["status"], severe["reported_at"]) == ("Y", "available", None)
    assert told["fields"]["MKioskTy2"]["status"] == "unknown"
    assert told["fields"]["hvangioayn"]["status"] == "unavailable"
    assert told["messages"][0]["effect"] == "blocks"
    assert old["fields"]["hvec"]["status"] == "unknown"
    assert old["fields"]["hvec"]["value"] == 5
    assert english.json()["fields"]["hvec"]["name"] != beds["name"]


async def test_history_tells_what_changed(fake: FakeNmc, stores: Stores, now: datetime) -> None:
    async with sync_with(fake, stores) as sync:
        fake.rows[BEDS] = [bed_row(SEOUL, at=now, hvec="3", hvangioayn="N1")]
        refreshed = await sync.refresh()
        points = (await sync.client.get(f"/v1/hospitals/{SEOUL}/history")).json()["points"]
        detail = (await sync.client.get(f"/v1/hospitals/{SEOUL}")).json()
        state = await sync.state()
    assert refreshed["written"] == {"hospitals": 0, "states": 3, "messages": 0, "changes": 1}
    assert refreshed["changed_values"] == 1
    assert [p["value"] for p in points if p["field"] == "hvec"] == [-2, 3]
    assert detail["beds"]["available"] == 3
    assert state.with_beds == 1
    assert state.last_error is not None
    assert state.last_error.kind == "short"


@pytest.mark.parametrize("path", [f"/v1/hospitals/{hpid}" for hpid in ("A1199999", "x", "%00")])
async def test_an_unknown_hospital(path: str, fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        for address in (path, path + "/history"):
            answer = await sync.client.get(address)
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:er:hospital-not-found")


async def test_requests_that_do_not_fit(fake: FakeNmc, stores: Stores) -> None:
    wrong = [
        ({"latitude": 37.5}, "/longitude"),
        ({"latitude": 10, "longitude": 127}, "/latitude"),
        ({"radius_km": 101}, "/radius_km"),
        ({"limit": 601}, "/limit"),
        ({"other": 1}, "/other"),
    ]
    async with sync_with(fake, stores) as sync:
        for body, pointer in wrong:
            answer = await sync.client.post("/v1/hospitals/search", json=body)
            assert answer.status_code == 422
            assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]
        for hours in (0, 169):
            answer = await sync.client.get(f"/v1/hospitals/{SEOUL}/history?hours={hours}")
            assert answer.status_code == 422


async def test_inner_addresses_are_for_services(fake: FakeNmc, stores: Stores) -> None:
    inner = [
        ("POST", "/v1/refresh"),
        ("GET", "/v1/state"),
        ("POST", "/v1/hospitals/search"),
        ("GET", f"/v1/hospitals/{SEOUL}"),
        ("GET", f"/v1/hospitals/{SEOUL}/history"),
    ]
    async with sync_with(fake, stores) as sync:
        for method, path in inner:
            answer = await sync.client.request(method, path, headers={"Authorization": "Bearer x"})
            assert answer.status_code == 401


async def test_it_is_not_ready_before_the_first_snapshot(fake: FakeNmc, stores: Stores) -> None:
    fake.fail(EVERYTHING_DOWN)
    async with sync_with(fake, stores, ready=False) as sync:
        await until(lambda: has_failed(sync))
        answer = await sync.client.get("/readyz")
        refused = await sync.client.post("/v1/refresh")
        assert answer.status_code == 503
        assert not answer.json()["checks"]["data"]["ok"]
        assert answer.json()["checks"]["postgres"]["ok"]
        assert refused.status_code == 502
        assert refused.json()["cause"] == "unreachable"
        fake.heal()
        await sync.refresh()
        assert await sync.is_ready()


async def test_a_warm_start_publishes_what_is_stored_with_true_ages(
    fake: FakeNmc, stores: Stores, now: datetime
) -> None:
    async with sync_with(fake, stores) as sync:
        before = await sync.state()
    fake.fail(EVERYTHING_DOWN)
    async with Redis.from_url(stores.redis) as redis:
        await redis.flushall()
    async with sync_with(fake, stores) as sync:
        snapshot, state = await sync.snapshot(), await sync.state()
    (seoul,) = [h for h in snapshot.hospitals if h.hpid == SEOUL]
    assert seoul.reported_at == now - timedelta(minutes=4)
    assert seoul.fetched_at == before.data_as_of
    assert state.data_as_of == before.data_as_of
    assert state.last_success == before.last_success


async def test_one_failing_operation_takes_nothing_from_the_rest(
    fake: FakeNmc, stores: Stores, now: datetime
) -> None:
    async with sync_with(fake, stores) as sync:
        fake.fail(EVERYTHING_DOWN, SEVERE, MESSAGES, DIRECTORY)
        fake.rows[BEDS] = [bed_row(hpid, at=now, hvec="9") for hpid in (SEOUL, BUCHEON, BUSAN)]
        refreshed = await sync.refresh()
        snapshot, state = await sync.snapshot(), await sync.state()
    assert refreshed["received"] == {"beds": 3}
    assert state.consecutive_failures == 1
    (seoul,) = [h for h in snapshot.hospitals if h.hpid == SEOUL]
    assert seoul.values["hvec"] == "9"
    assert seoul.values["MKioskTy1"] == "Y"
    assert len(seoul.messages) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(401, "Unauthorized"), "key-refused"),
        (Fault(429, "API token quota exceeded"), "quota-spent"),
        (Fault(400, "<H1>Request Blocked</H1>"), "blocked"),
        (Fault(delay_s=5), "unreachable"),
        (Fault(cut=True), "unreachable"),
        (Fault(200, "<response>"), "unreadable"),
    ],
    ids=["key", "quota", "firewall", "slow", "cut", "broken"],
)
async def test_a_fault_keeps_the_snapshot_and_is_told_by_its_kind(
    fault: Fault, kind: str, fake: FakeNmc, stores: Stores
) -> None:
    async with sync_with(fake, stores) as sync:
        before = await sync.snapshot()
        fake.fail(fault)
        answer = await sync.client.post("/v1/refresh")
        assert (answer.status_code, answer.json()["cause"]) == (502, kind)
        assert await sync.snapshot() == before
        error = (await sync.state()).last_error
        assert error is not None
        assert error.kind == kind


async def test_each_trouble_is_logged_when_it_begins_and_when_it_ends(
    fake: FakeNmc, stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    async with sync_with(fake, stores) as sync:
        fake.fail(Fault(401, "Unauthorized"))
        for _ in range(3):
            await sync.client.post("/v1/refresh")
        fake.heal()
        for _ in range(2):
            await sync.refresh()
    told = "".join(capsys.readouterr())
    lines = [line for line in told.splitlines() if "nmc key refused" in line]
    assert len(lines) == 2
    assert "over" in lines[1]
    assert "sentinel-nmc-key" not in told


async def test_an_empty_or_short_answer_forgets_nothing(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        before = await sync.snapshot()
        for operation in OPERATIONS:
            fake.rows[operation] = []
        await sync.refresh()  # no messages at all is an answer, though a short one
        after = await sync.snapshot()
        assert [h.values for h in after.hospitals] == [h.values for h in before.hospitals]
        assert [h.messages for h in after.hospitals] == [h.messages for h in before.hospitals]
        assert [h.reported_at for h in after.hospitals] == [h.reported_at for h in before.hospitals]


async def test_a_lost_snapshot_is_published_again(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        former = await sync.snapshot()
        await sync.redis.flushall()

        async def is_back() -> bool:
            return await sync.redis.get(sync.keys.pointer) is not None

        await until(is_back)
        again = await sync.snapshot()
    assert again.version != former.version
    assert again.hospitals == former.hospitals


async def test_rounds_go_on_by_themselves(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores, interval_s=1) as sync:
        first = (await sync.state()).snapshot

        async def is_newer() -> bool:
            return (await sync.state()).snapshot != first

        await until(is_newer)
        assert (await sync.state()).next_due is not None
    asked = [call.operation for call in fake.calls]
    assert asked.count(DIRECTORY) == 1
    assert asked.count(BEDS) >= 2


async def test_refreshes_at_once_are_served_one_after_the_other(
    fake: FakeNmc, stores: Stores
) -> None:
    async with sync_with(fake, stores) as sync:
        answers = await asyncio.gather(*(sync.refresh() for _ in range(3)))
        current = await sync.snapshot()
    assert len({answer["snapshot"] for answer in answers}) == 3
    assert current.version in {answer["snapshot"] for answer in answers}


async def test_a_database_that_goes_away_is_told_and_comes_back(
    fake: FakeNmc, stores: Stores
) -> None:
    server, _, name = stores.database.rpartition("/")
    admin = await asyncpg.connect(f"{server}/postgres")
    async with sync_with(fake, stores) as sync:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        for method, path in [("GET", f"/v1/hospitals/{SEOUL}"), ("POST", "/v1/refresh")]:
            answer = await sync.client.request(method, path)
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:er:unavailable")
        assert (await sync.client.get("/livez")).status_code == 200
        assert (await sync.client.get("/v1/state")).json()["hospitals"] == 4
        assert not await sync.is_ready()

        async def is_told() -> bool:
            return (await sync.state()).lost == ["postgres"]

        await until(is_told)
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert (await sync.refresh())["received"]["beds"] == 3
        assert (await sync.state()).lost == []
        assert await sync.is_ready()
    await admin.close()


async def test_a_database_belongs_to_one_dataset(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores):
        pass
    demo = create_app(settings_for("http://127.0.0.1:9", stores, dataset="demo"))
    with pytest.raises(DatabaseUnusable, match="holds live data"):
        async with demo.router.lifespan_context(demo):
            pass


async def test_simulated_data_is_marked(fake: FakeNmc, stores: Stores) -> None:
    fake.simulated = True
    async with sync_with(fake, stores) as sync:
        assert (await sync.snapshot()).simulated
        answer = await sync.client.post("/v1/hospitals/search", json={})
        assert answer.json()["simulated"]
        assert answer.headers["x-er-simulated"] == "1"
        assert await sync.redis.keys("er:live:*") == []


async def test_matching_reads_the_view_and_nothing_else(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores):
        pass
    connection = await asyncpg.connect(stores.database)
    try:
        await connection.execute("SET ROLE er_matching")
        row = await connection.fetchrow(
            "SELECT * FROM sync.published_hospitals WHERE hpid = $1", SEOUL
        )
        assert row is not None
        assert (row["name"], row["level"], row["operating"]) == (
            "서울시험병원",
            "local_center",
            True,
        )
        assert (row["longitude"], row["latitude"]) == (126.978, 37.5665)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SELECT 1 FROM sync.states")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM sync.published_hospitals")
    finally:
        await connection.close()


async def test_absent_stores_are_told_in_one_line(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.health.START_TIMEOUT_S", 0.3)
    nowhere = "127.0.0.1:9"
    for absent in (
        Stores(f"postgresql://x:y@{nowhere}/z", stores.redis),
        Stores(stores.database, f"redis://{nowhere}"),
    ):
        app = create_app(settings_for("http://127.0.0.1:9", absent))
        with pytest.raises(Unusable) as caught:
            async with app.router.lifespan_context(app):
                pass
        assert "does not answer" in str(caught.value)
        assert "\n" not in str(caught.value)


async def test_the_schema_has_no_drift(database: str) -> None:
    engine = db.connect(database, "sync")
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


def differences(connection: Connection) -> list[object]:
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == "sync",
        "version_table_schema": "sync",
        "compare_type": True,
    }
    context = MigrationContext.configure(connection, opts=options)
    found: list[object] = compare_metadata(context, schema.metadata)
    return found


async def has_failed(sync: RunningSync) -> bool:
    return (await sync.state()).consecutive_failures > 0


async def rows_of(stores: Stores, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(stores.database)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(query)
        return rows
    finally:
        await connection.close()
