"""Real PostgreSQL with PostGIS and real Redis, private to the run, for every test that asks."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from redis.asyncio import Redis

from services.cli.local import local_postgres, local_redis
from services.cli.migrate import prepare_database
from tests.support.places import captures_folder

TEMPLATE = "er_template"

# No test but those of the engines, which say so themselves, fetches a model and starts a worker.
os.environ["ER_TRIAGE_ENGINES"] = "rules"


def pytest_report_header(config: pytest.Config) -> str:
    if captures_folder():
        return "captures: tests on real captures run"
    return "captures: none here, so their tests are not collected"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Admin URL of a private cluster whose template database has every owner's migrations."""
    with local_postgres(tmp_path_factory.mktemp("postgres"), database=TEMPLATE) as url:
        asyncio.run(prepare_database(url, {}))
        yield url


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """URL of a fresh migrated database, dropped after the test."""
    name = f"er_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(postgres.rsplit("/", 1)[0] + "/postgres")
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    try:
        yield postgres.rsplit("/", 1)[0] + f"/{name}"
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a private Redis."""
    with local_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
async def redis_url(redis_server: str) -> str:
    """URL of the private Redis, empty at the start of the test."""
    client = Redis.from_url(redis_server)
    await client.flushall()
    await client.aclose()
    return redis_server
