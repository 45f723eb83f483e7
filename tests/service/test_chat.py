"""Sessions on real PostgreSQL and Redis: whose they are, how they end, what is never lost."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from services.triage.chat import retention
from services.triage.chat.errors import Conflict, SessionEnded, SessionExpired, SessionNotFound
from shared import db
from shared.contracts.chat import ChatPlace
from shared.contracts.triage import Consent
from tests.support.dialogues import DEAD, Desk, chat_system, desk, guest

SEOUL = ChatPlace(latitude=37.5, longitude=127.0)
STEMI = "아버지가 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요"


async def opened(at: Desk, *, consent: Consent | None = None) -> str:
    return (await at.sessions.open(at.of(), None, consent)).session_id


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:er:")


async def test_turns_are_kept_and_told_back(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        first = await at.sessions.say(session, at.of(), STEMI, None)
        assert (first.ktas, first.advice.call_119, first.asked) == (2, True, "location")
        second = await at.sessions.say(session, at.of(), "서울 강남", None)
        view = await at.sessions.view(session, at.of())
    assert second.collected.location is not None
    assert second.collected.location.latitude == pytest.approx(37.5, abs=0.05)
    assert [entry.role for entry in view.transcript] == ["assistant", *["user", "assistant"] * 2]
    assert [entry.text for entry in view.transcript][1::2] == [STEMI, "서울 강남"]
    assert second.wants_hospitals


async def test_a_lost_redis_loses_nothing(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        await at.sessions.say(session, at.of(), STEMI, None)
        await at.redis.flushall()
        told = await at.sessions.say(session, at.of(), "72", None)
        assert await at.redis.keys("*"), "warm again"
    assert (told.collected.age_years, told.collected.symptoms) == (
        72, ["chest_pain", "diaphoresis"],
    )  # fmt: skip


async def test_an_old_copy_in_redis_is_not_believed(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        (name,) = await at.redis.keys("*")
        old = await at.redis.get(name) or b""
        await at.sessions.say(session, at.of(), STEMI, None)
        await at.redis.set(name, old)
        told = await at.sessions.say(session, at.of(), "72", None)
    assert told.collected.symptoms == ["chest_pain", "diaphoresis"]


async def test_without_redis_the_turn_is_told_and_so_is_the_loss(database: str) -> None:
    async with desk(database, "redis://127.0.0.1:1/0") as at:
        session = await opened(at)
        told = await at.sessions.say(session, at.of(), STEMI, None)
    assert (told.degraded, told.ktas) == (["redis"], 2)


async def test_five_minutes_end_it_and_its_successor_holds_the_facts(
    database: str, redis_url: str
) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        await at.sessions.say(session, at.of(), STEMI, None)
        at.clock.pass_by(minutes=4, seconds=59)
        await at.sessions.say(session, at.of(), "72", None)
        at.clock.pass_by(minutes=5)
        assert (await at.sessions.view(session, at.of())).state == "expired"
        resumes = []
        for _ in range(2):
            with pytest.raises(SessionExpired) as caught:
                await at.sessions.say(session, at.of(), "부산", None)
            resumes.append(caught.value.extra["resume"])
        assert resumes[0] == resumes[1], "one successor, however often it is asked for"
        successor = str(resumes[0]["session_id"])  # type: ignore[index]
        told = await at.sessions.say(successor, at.of(), "부산 해운대", None)
    assert told.collected.age_years == 72
    assert told.collected.symptoms == ["chest_pain", "diaphoresis"]
    assert (told.ktas, told.wants_hospitals) == (2, True)


async def test_the_end_erases_what_was_said_and_leaves_a_proof(
    database: str, redis_url: str
) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        await at.sessions.say(session, at.of(), STEMI, None)
        for _ in range(2):
            await at.sessions.leave(session, at.of())
        with pytest.raises(SessionEnded):
            await at.sessions.say(session, at.of(), "72", None)
        assert await at.redis.keys("*") == []
    rows = await counted(database)
    assert rows == {"sessions": 1, "sealed": 0, "turns": 0, "proofs": [("ended", 1, 2)]}


async def test_a_session_of_somebody_else_is_not_found(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        stranger = at.of("guest:stranger")
        for asked in (
            at.sessions.say(session, stranger, "72", None),
            at.sessions.locate(session, stranger, SEOUL),
            at.sessions.view(session, stranger),
            at.sessions.facts(session, stranger),
            at.sessions.leave(session, stranger),
            at.sessions.view("no-such-session-id", at.of()),
        ):
            with pytest.raises(SessionNotFound):
                await asked
        assert (await at.sessions.view(session, at.of())).state == "collecting"


async def test_a_repeated_key_gives_the_same_answer_once(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        first = await at.sessions.say(session, at.of(), STEMI, "key-1")
        again = await at.sessions.say(session, at.of(), STEMI, "key-1")
        at.clock.pass_by(minutes=20)
        late = await at.sessions.say(session, at.of(), STEMI, "key-1")
        with pytest.raises(Conflict):
            await at.sessions.say(session, at.of(), "다른 말", "key-1")
        view = await at.sessions.view(session, at.of())
    assert first == again == late
    assert len(view.transcript) == 3


async def test_two_messages_at_once_are_served_one_after_the_other(
    database: str, redis_url: str
) -> None:
    """Both in one process and between two, which share nothing but the servers."""
    async with desk(database, redis_url) as here, desk(database, redis_url) as there:
        session = await opened(here)
        texts = [
            "가슴이 아파요",
            "열이 나요",
            "토했어요",
            "어지러워요",
            "기침이 나요",
            "72살이에요",
        ]
        sides = [here, there] * 3
        await asyncio.gather(
            *(
                at.sessions.say(session, at.of(), text, None)
                for at, text in zip(sides, texts, strict=True)
            )
        )
        told = await there.sessions.facts(session, there.of())
        view = await here.sessions.view(session, here.of())
    assert set(told.collected.symptoms) == {
        "chest_pain", "fever", "vomiting", "dizziness", "cough",
    }  # fmt: skip
    assert told.collected.age_years == 72
    assert sorted(e.text for e in view.transcript if e.role == "user") == sorted(texts)


async def test_an_owner_is_erased_and_nobody_else(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        for _ in range(2):
            await at.sessions.say(await opened(at), at.of(), STEMI, None)
        other = await at.sessions.open(at.of("guest:other"), None, None)
        gone = await at.sessions.erase_owner("guest:me", at.clock.now)
        assert (gone.sessions, gone.turns) == (2, 4)
        assert len(await at.redis.keys("*")) == 1
        assert (await at.sessions.view(other.session_id, at.of("guest:other"))).transcript
    assert (await counted(database))["proofs"] == [("owner", 2, 4)]


async def test_texts_are_forgotten_after_their_time(database: str, redis_url: str) -> None:
    engine = db.connect(database, "triage")
    async with desk(database, redis_url) as at:
        await opened(at)
        kept = await opened(at, consent=Consent(sensitive=True))
        assert await retention.forget_once(engine, at.clock.now + timedelta(hours=23)) == 0
        assert await retention.forget_once(engine, at.clock.now + timedelta(hours=25)) == 1
        assert (await at.sessions.view(kept, at.of())).transcript
        assert await retention.forget_once(engine, at.clock.now + timedelta(days=31)) == 1
    await engine.dispose()
    rows = await counted(database)
    assert rows == {
        "sessions": 0, "sealed": 0, "turns": 0,
        "proofs": [("retention", 1, 1), ("retention", 1, 1)],
    }  # fmt: skip


async def test_another_key_opens_nothing(database: str, redis_url: str) -> None:
    async with desk(database, redis_url) as at:
        session = await opened(at)
        mark = at.of()
    async with desk(database, redis_url, key="d" * 32) as other:
        with pytest.raises(SessionNotFound):
            await other.sessions.view(session, mark)


async def test_what_was_said_lies_nowhere_in_clear(database: str, redis_url: str) -> None:
    words = ("보라코끼리", "chest_pain", "127.0123", "guest:me")
    async with desk(database, redis_url) as at:
        session = await opened(at, consent=Consent(sensitive=True))
        place = ChatPlace(latitude=37.5, longitude=127.0123, text="보라코끼리 골목")
        await at.sessions.say(session, at.of(), "보라코끼리 가슴이 아파요", "key")
        await at.sessions.locate(session, at.of(), place)
        names = await at.redis.keys("*")
        values = [await at.redis.get(name) for name in names]
    connection = await asyncpg.connect(database)
    rows = []
    for table in ("chat_sessions", "chat_turns", "chat_erasures"):
        rows += await connection.fetch(f"SELECT t::text AS row FROM triage.{table} t")  # noqa: S608 - a constant
    sealed = await connection.fetch("SELECT sealed FROM triage.chat_turns")
    await connection.close()
    kept = [*names, *values, *[row["sealed"] for row in sealed]]
    content = b"".join(part for part in kept if isinstance(part, bytes))
    content += "".join(row["row"] for row in rows).encode()
    assert len(kept) == 5
    assert len(rows) == 4
    assert [word for word in words if word.encode() in content] == []


async def test_the_public_face(database: str, redis_url: str) -> None:
    async with chat_system(database, redis_url) as client:
        opened_one = await client.post("/v1/chat/sessions", json={})
        assert opened_one.status_code == 201, opened_one.text
        session = opened_one.json()["session_id"]
        path = f"/v1/chat/sessions/{session}"
        said = await client.post(f"{path}/messages", json={"text": STEMI})
        place = {"latitude": 37.5, "longitude": 127.0}
        located = await client.put(f"{path}/location", json=place)
        view = await client.get(path)
        listed = await client.post("/v1/recommendations", json={"session_id": session, **place})
        strange = [
            await client.get(path, headers=await guest(client)),
            await client.get(path, headers={"authorization": ""}),
            await client.post(f"{path}/messages", json={"text": "가" * 2001}),
            await client.post(f"{path}/messages", json={"text": "72", "more": 1}),
            await client.put(f"{path}/location", json={"latitude": 50, "longitude": 127}),
        ]
        ended = await client.delete(path)
        after = await client.post(f"{path}/messages", json={"text": "72"})
    told = said.json()
    assert (told["state"], told["asked"], told["ktas"]) == ("location", "location", 2)
    assert told["missing"] == ["age_years", "location"]
    assert told["collected"]["gender"] == "M"
    assert (located.json()["recommendation"], located.json()["degraded"]) == (None, ["matching"])
    assert located.json()["advice"]["call_119"] is True
    assert view.json()["state"] == "collecting"
    assert (listed.status_code, slug(listed)) == (503, "unavailable")
    assert listed.json()["advice"]["call_119"] is True
    assert [slug(answer) for answer in strange] == [
        "session-not-found", "unauthenticated", "invalid-request", "invalid-request",
        "invalid-request",
    ]  # fmt: skip
    assert (ended.status_code, after.status_code, slug(after)) == (204, 410, "session-ended")


async def test_a_database_that_is_away_costs_the_turn_but_not_the_advice(
    database: str, redis_url: str
) -> None:
    async with chat_system(database, redis_url) as client:
        session = (await client.post("/v1/chat/sessions", json={})).json()["session_id"]
        path = f"/v1/chat/sessions/{session}/messages"
        await forbid(database)
        away = await client.post(path, json={"text": STEMI})
        await allow(database)
        back = await client.post(path, json={"text": "72"})
    assert (away.status_code, slug(away)) == (502, "upstream-failed")
    assert away.json()["advice"]["call_119"] is True
    assert back.json()["collected"]["symptoms"] == [], "a turn that failed was not half kept"
    assert back.json()["collected"]["age_years"] == 72


async def test_a_dead_triage_is_a_clear_503(database: str, redis_url: str) -> None:
    async with chat_system(database, redis_url, triage_url=DEAD) as client:
        answer = await client.post("/v1/chat/sessions", json={})
    assert (answer.status_code, slug(answer)) == (503, "unavailable")


async def counted(database: str) -> dict[str, object]:
    connection = await asyncpg.connect(database)
    proofs = await connection.fetch("SELECT * FROM triage.chat_erasures ORDER BY id")
    rows = {
        "sessions": await connection.fetchval("SELECT count(*) FROM triage.chat_sessions"),
        "sealed": await connection.fetchval("SELECT count(sealed) FROM triage.chat_sessions"),
        "turns": await connection.fetchval("SELECT count(*) FROM triage.chat_turns"),
        "proofs": [(row["reason"], row["sessions"], row["turns"]) for row in proofs],
    }
    await connection.close()
    return rows


async def forbid(database: str) -> None:
    """No new connection and none of the old ones: what a lost database looks like."""
    name = database.rsplit("/", 1)[1]
    admin = await asyncpg.connect(database.rsplit("/", 1)[0] + "/postgres")
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname=$1", name
    )
    await admin.close()


async def allow(database: str) -> None:
    name = database.rsplit("/", 1)[1]
    admin = await asyncpg.connect(database.rsplit("/", 1)[0] + "/postgres")
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await admin.close()
