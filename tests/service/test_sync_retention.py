"""What is old is forgotten, and nothing else is."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from services.sync import retention
from services.sync.retention import is_over
from shared import db
from tests.service.sync_service import Stores, sync_with
from tests.support.fakes.nmc import BEDS, DIRECTORY, SEVERE, FakeNmc
from tests.support.nmc_rows import bed_row, directory_row, severe_row
from tests.support.waiting import until

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SEOUL = "A1100001"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("changes_2026_11", False),
        ("changes_2025_11", False),
        ("changes_2025_10", False),  # its last day is not yet thirteen months ago
        ("changes_2025_09", True),
        ("changes_2024_12", True),
        ("changes_default", False),
        ("rounds", False),
    ],
)
def test_a_month_is_kept_for_thirteen(name: str, expected: bool) -> None:
    assert is_over(name, NOW.date()) is expected


def test_december_is_followed_by_january() -> None:
    assert not is_over("changes_2025_12", date(2026, 12, 31))
    assert not is_over("changes_2025_12", date(2027, 1, 31))
    assert is_over("changes_2025_12", date(2027, 2, 1))


async def month(connection: asyncpg.Connection, first: str, after: str) -> None:
    name = "sync.changes_" + first[:7].replace("-", "_")
    await connection.execute(
        f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF sync.changes"
        f" FOR VALUES FROM ('{first} 00:00+00') TO ('{after} 00:00+00')"
    )
    await connection.execute(
        "INSERT INTO sync.changes VALUES ($1, $2, NULL, '{}')",
        datetime.fromisoformat(first).replace(tzinfo=UTC) + timedelta(days=3),
        SEOUL,
    )


async def fill(connection: asyncpg.Connection) -> None:
    """Months, rounds, messages and calls, old and young."""
    await connection.execute("SET ROLE er_sync")
    await month(connection, "2025-09-01", "2025-10-01")
    await month(connection, "2025-10-01", "2025-11-01")
    await month(connection, "2026-11-01", "2026-12-01")
    for days in (1, 89, 91):
        at = NOW - timedelta(days=days)
        await connection.execute(
            "INSERT INTO sync.rounds (began_at, ended_at, received, written, failures)"
            " VALUES ($1, $1, '{}', '{}', '{}')",
            at,
        )
        await connection.execute("INSERT INTO sync.calls VALUES ($1, 3)", at.date())
        await connection.execute(
            "INSERT INTO sync.messages (key, hpid, severe, lifted, text, gone_at)"
            " VALUES ($1, $2, false, false, '', $3)",
            f"gone {days} days",
            SEOUL,
            at,
        )
    await connection.execute(
        "INSERT INTO sync.messages (key, hpid, severe, lifted, text, begins_at)"
        " VALUES ('stands', $1, false, false, '', $2)",
        SEOUL,
        NOW - timedelta(days=400),
    )


async def test_what_is_old_goes_and_the_rest_stays(database: str) -> None:
    connection = await asyncpg.connect(database)
    await fill(connection)
    engine = db.connect(database, "sync")
    gone = await retention.forget(engine, NOW)
    again = await retention.forget(engine, NOW)
    await engine.dispose()
    counted = [
        await connection.fetchval(f"SELECT count(*) FROM sync.{table}")  # noqa: S608 - our names
        for table in ("changes", "rounds", "messages", "calls")
    ]
    kept = await connection.fetch("SELECT key FROM sync.messages ORDER BY key")
    await connection.close()
    assert (gone, again) == (["changes_2025_09"], [])
    assert counted == [2, 2, 3, 2]
    assert [row["key"] for row in kept] == ["gone 1 days", "gone 89 days", "stands"]


async def test_the_leader_forgets_once_a_day(database: str, redis_url: str) -> None:
    now = datetime.now(UTC)
    fake = FakeNmc(
        rows={
            DIRECTORY: [directory_row(SEOUL)],
            BEDS: [bed_row(SEOUL, at=now)],
            SEVERE: [severe_row(SEOUL)],
        }
    )
    connection = await asyncpg.connect(database)
    await connection.execute("SET ROLE er_sync")
    await month(connection, "2020-01-01", "2020-02-01")

    async def is_gone() -> bool:
        return await connection.fetchval("SELECT to_regclass('sync.changes_2020_01')") is None

    async with sync_with(fake, Stores(database, redis_url)) as sync:
        await until(is_gone)
        points = (await sync.client.get(f"/v1/hospitals/{SEOUL}/history")).json()["points"]
    await connection.close()
    assert points
