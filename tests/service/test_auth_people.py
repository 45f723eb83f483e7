"""Accounts, consents, erasures, the audit and keys of client apps, on real stores."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.auth import accounts, api_keys, audit
from services.auth.app import create_app
from services.auth.errors import Conflict
from services.auth.providers.idtokens import Proof
from services.auth.sealing import Sealer
from services.auth.settings import Settings
from shared import db
from shared.app import service_token
from shared.contracts.auth import ApiKeyShown
from shared.contracts.auth_operators import ApiKeyRequest
from tests.support.running import running
from tests.support.waiting import until

KEY = "k" * 32
NOW = datetime(2026, 11, 25, 14, 59, tzinfo=UTC)
SEALER = Sealer("data key", "people")
HANEUL = Proof("kakao", "1", 0, name="김하늘", email="haneul@example.invalid")


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = db.connect(database, "auth")
    yield engine
    await engine.dispose()


async def sign_in(engine: AsyncEngine, proof: Proof = HANEUL) -> str:
    async with engine.begin() as connection:
        return await accounts.sign_in(connection, SEALER, "kakao", proof, NOW)


async def test_many_first_logins_at_once_make_one_account(engine: AsyncEngine) -> None:
    assert len({*await asyncio.gather(*(sign_in(engine) for _ in range(8)))}) == 1


async def test_names_and_emails_are_unreadable_and_subjects_are_not_there(
    engine: AsyncEngine, database: str
) -> None:
    user = await sign_in(engine)
    async with engine.connect() as connection:
        account = await accounts.find(connection, SEALER, user)
    assert account is not None
    assert (account.name, account.email) == (HANEUL.name, HANEUL.email)
    raw = await asyncpg.connect(database)
    stored = await raw.fetch("SELECT * FROM auth.users, auth.identities")
    await raw.close()
    text = str([dict(row) for row in stored])
    assert "haneul" not in text
    assert "김하늘" not in text


async def test_consents_are_records_and_the_last_word_counts(engine: AsyncEngine) -> None:
    user = await sign_in(engine)
    async with engine.begin() as connection:
        for granted, version in ((True, "1"), (False, "1"), (True, "2"), (False, "2")):
            given = {"location": granted, "sensitive": True}
            await accounts.consent(connection, SEALER, user, given, version, NOW)  # type: ignore[arg-type]
        account = await accounts.find(connection, SEALER, user)
        kept = await connection.exec_driver_sql("SELECT count(*) FROM auth.consents")
        count = kept.scalar()
    assert account is not None
    assert {c.kind: (c.granted, c.version) for c in account.consents} == {
        "location": (False, "2"),
        "sensitive": (True, "2"),
    }
    assert count == 8


async def test_a_login_of_another_account_is_not_linked(engine: AsyncEngine) -> None:
    one, other = await sign_in(engine), await sign_in(engine, Proof("google", "2", 0))
    with pytest.raises(Conflict):
        async with engine.begin() as connection:
            await accounts.link(connection, SEALER, one, "google", Proof("google", "2", 0), NOW)
    assert one != other


async def test_the_audit_takes_additions_only_and_shows_what_was_changed(
    engine: AsyncEngine, database: str
) -> None:
    for number in range(5):
        await audit.append(engine, "login", NOW, subject=b"x", detail={"number": str(number)})
    assert await audit.is_intact(engine)
    for statement in (
        "UPDATE auth.audit SET event = 'logout'",
        "DELETE FROM auth.audit",
        "TRUNCATE auth.audit",
    ):
        with pytest.raises(DBAPIError, match="additions only"):
            async with engine.begin() as connection:
                await connection.exec_driver_sql(statement)
    raw = await asyncpg.connect(database)
    await raw.execute("ALTER TABLE auth.audit DISABLE TRIGGER USER")
    for change in (
        "UPDATE auth.audit SET detail = '{}' WHERE id = 2",
        "DELETE FROM auth.audit WHERE id = 3",
    ):
        transaction = raw.transaction()
        await transaction.start()
        await raw.execute(change)
        await transaction.commit()
        assert not await audit.is_intact(engine)
    await raw.close()


async def test_a_quota_is_counted_whole_whoever_asks_at_once(engine: AsyncEngine) -> None:
    wanted = ApiKeyRequest(by="op", name="app", scopes=["status"], daily_quota=10)
    made = await api_keys.make(engine, wanted, NOW)
    shown = ApiKeyShown(key=made.key, scope="status")
    uses = await asyncio.gather(*(api_keys.use(engine, shown, NOW) for _ in range(25)))
    assert sum(not use.exceeded for use in uses) == 10
    assert max(use.used_today for use in uses) == 10
    (entry,) = await api_keys.entries(engine, NOW)
    assert (entry.used_today, entry.created_by) == (10, "op")
    assert entry.resets_at == datetime(2026, 11, 25, 15, tzinfo=UTC)  # midnight in Korea
    tomorrow = await api_keys.use(engine, shown, NOW + timedelta(minutes=2))
    assert (tomorrow.exceeded, tomorrow.used_today) == (False, 1)


class Triage:
    """Stands where triage stands: counts whose chats are to be erased, and can be broken."""

    def __init__(self) -> None:
        self.erased: list[str] = []
        self.broken = True
        route = Route("/v1/chat/owners/{owner}", self._erase, methods=["DELETE"])
        self.app = Starlette(routes=[route])

    async def _erase(self, request: Request) -> Response:
        if self.broken:
            return JSONResponse({"type": "urn:er:internal"}, 500)
        expected = f"Bearer {service_token(KEY, 'triage')}"
        assert request.headers["authorization"] == expected
        self.erased.append(request.path_params["owner"])
        return Response(status_code=204)


@asynccontextmanager
async def auth(database: str, redis_url: str, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    given = {"database_url": database, "redis_url": redis_url, "service_key": KEY}
    headers = {"authorization": f"Bearer {service_token(KEY, 'auth')}"}
    async with (
        running(create_app(Settings.model_validate({**given, **changed}))) as base,
        httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client,
    ):
        yield client


async def test_an_erasure_is_done_when_the_chats_are_gone_too(
    database: str, redis_url: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.auth.erasing.EVERY_S", 0.1)
    triage, user = Triage(), await sign_in(engine)
    raw = await asyncpg.connect(database)

    async def done() -> bool:
        return await raw.fetchval("SELECT chats_erased_at FROM auth.erasures") is not None

    async with (
        running(triage.app) as url,
        auth(database, redis_url, triage_url=url) as client,
    ):
        body = {"subject": f"user:{user}", "session": "s"}
        assert (await client.post("/v1/me/erase", json=body)).status_code == 204
        assert (await client.post("/v1/me", json=body)).status_code == 401
        await asyncio.sleep(0.3)
        assert not await done()
        triage.broken = False
        await until(done)
    proof = dict(await raw.fetchrow("SELECT * FROM auth.erasures") or {})
    await raw.close()
    assert set(triage.erased) == {f"user:{user}"}
    assert proof["owner"] is None
    assert user.encode() not in proof["subject"]


async def test_keys_of_apps_are_made_used_listed_and_ended(database: str, redis_url: str) -> None:
    async with auth(database, redis_url) as client:
        wanted = {"by": "op", "name": "앱", "scopes": ["hospitals"], "daily_quota": 2}
        made = (await client.post("/v1/api-keys", json=wanted)).json()

        async def use(scope: str = "hospitals", key: str = made["key"]) -> httpx.Response:
            return await client.post("/v1/api-key-uses", json={"key": key, "scope": scope})

        answers = [await use(), await use("chat"), await use(key="erk_x"), await use(), await use()]
        listed = (await client.get("/v1/api-keys")).text
        ended = await client.post(f"/v1/api-keys/{made['id']}/end", json={"by": "op"})
        after = await use()
        told = (await client.post("/v1/audit", json={"by": "auditor"})).json()
    assert [a.status_code for a in answers] == [200, 403, 401, 200, 200]
    assert [a.json().get("exceeded") for a in answers] == [False, None, None, False, True]
    assert made["key"] not in listed
    assert (ended.status_code, after.status_code) == (204, 401)
    assert told["intact"] is True
    assert [(e["event"], e["detail"]["by"]) for e in told["entries"][:3]] == [
        ("staff_read", "auditor"),
        ("api_key_ended", "op"),
        ("api_key_made", "op"),
    ]
