"""Auth on a real database: guests get tokens that its published keys verify."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from services.auth.app import create_app
from services.auth.keys import KeyUnreadable
from services.auth.keystore import Overlap, Source, load
from services.auth.settings import Settings
from shared import db, tokens
from shared.app import service_token
from tests.support.running import running

KEY = "k" * 32
OVERLAP = Overlap(publish_s=600, keep_s=7260)


@asynccontextmanager
async def auth(
    database: str, redis_url: str, *, key: str = KEY
) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate(
        {
            "database_url": database,
            "redis_url": redis_url,
            "service_key": key,
            "issuer": "test-issuer",
        }
    )
    headers = {"authorization": f"Bearer {service_token(key, 'auth')}"}
    async with (
        running(create_app(settings)) as base,
        httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client,
    ):
        yield client


async def test_a_guest_gets_a_token_that_the_published_keys_verify(
    database: str, redis_url: str
) -> None:
    async with auth(database, redis_url) as client:
        answer = await client.post("/v1/guests", json={})
        told = answer.json()
        keys = (await client.get("/v1/jwks")).json()["keys"]
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (201, "Bearer", 7200)
    claims = tokens.verify(
        told["access_token"], tokens.key_set(keys), issuer="test-issuer", audience="smart-er-match"
    )
    assert (claims.scope, claims.subject.split(":")[0]) == ("guest", "guest")
    assert all(set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"} for key in keys)


async def test_two_guests_are_two_subjects(database: str, redis_url: str) -> None:
    async with auth(database, redis_url) as client:
        made = {(await client.post("/v1/guests", json={})).json()["access_token"] for _ in range(2)}
    assert len(made) == 2


async def test_a_restart_signs_with_the_same_key_which_is_stored_encrypted(
    database: str, redis_url: str
) -> None:
    kids = []
    for _ in range(2):
        async with auth(database, redis_url) as client:
            kids.append([key["kid"] for key in (await client.get("/v1/jwks")).json()["keys"]])
    assert kids[0] == kids[1]
    connection = await asyncpg.connect(database)
    stored = await connection.fetchval("SELECT private_key FROM auth.signing_keys")
    await connection.close()
    assert b"PRIVATE KEY" not in stored


async def test_processes_that_start_at_once_make_one_key(database: str) -> None:
    engine = db.connect(database, "auth")
    now, source = datetime.now(UTC), Source(KEY)
    made = await asyncio.gather(*(load(engine, source, now, OVERLAP) for _ in range(5)))
    await engine.dispose()
    assert len({frozenset((key.kid, key.state) for key in kept) for kept in made}) == 1
    assert sorted(key.state for key in made[0]) == ["active", "next"]


async def test_another_service_key_does_not_open_the_stored_key(database: str) -> None:
    engine = db.connect(database, "auth")
    now = datetime.now(UTC)
    await load(engine, Source(KEY), now, OVERLAP)
    with pytest.raises(KeyUnreadable, match="ER_SERVICE_KEY"):
        await load(engine, Source("another" * 8), now, OVERLAP)
    await engine.dispose()


async def test_a_database_that_goes_away_is_told(database: str, redis_url: str) -> None:
    server, _, name = database.rpartition("/")
    admin = await asyncpg.connect(f"{server}/postgres")
    async with auth(database, redis_url) as client:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        keys = await client.get("/v1/jwks")
        read = await client.get("/v1/api-keys")
        guest = await client.post("/v1/guests", json={})
        health = await client.get("/readyz")
    await admin.close()
    assert (read.status_code, read.json()["type"]) == (503, "urn:er:unavailable")
    assert (keys.status_code, guest.status_code) == (200, 201)  # the keys are held in memory
    assert health.status_code == 503
