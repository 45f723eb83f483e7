"""Keys that change: next, active, retiring, gone; and verifiers that follow."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth import keys, keystore
from services.auth.keyring import Keyring
from services.auth.keys import KeyUnreadable
from services.auth.keystore import Overlap, RotationRefused, Source
from services.auth.tokens import guest_token
from services.gateway.tokens import TokenReader
from shared import db, tokens
from shared.contracts.auth import JwksAnswer
from shared.problems import Unauthenticated, Unavailable

OVERLAP = Overlap(publish_s=600, keep_s=7260)
MADE = Source("k" * 32)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = db.connect(database, "auth")
    yield engine
    await engine.dispose()


async def states(engine: AsyncEngine, source: Source, now: datetime) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"next": [], "active": [], "retiring": []}
    for key in await keystore.load(engine, source, now, OVERLAP):
        found[key.state].append(key.kid)
    return found


async def test_a_key_is_shown_before_it_signs_and_kept_afterwards(engine: AsyncEngine) -> None:
    first = await states(engine, MADE, NOW)
    early = NOW + timedelta(seconds=599)
    with pytest.raises(RotationRefused, match="wait 1 s"):
        await keystore.rotate(engine, MADE, early, OVERLAP, by="test", emergency=False)
    later = NOW + timedelta(seconds=600)
    await keystore.rotate(engine, MADE, later, OVERLAP, by="test", emergency=False)
    second = await states(engine, MADE, later)
    assert second["active"] == first["next"]
    assert second["retiring"] == first["active"]
    assert second["next"] not in (first["next"], [])
    still = await states(engine, MADE, later + timedelta(seconds=7260))
    assert still["retiring"] == first["active"]
    gone = await states(engine, MADE, later + timedelta(seconds=7261))
    assert gone["retiring"] == []


async def test_in_an_emergency_the_old_keys_are_gone_at_once(engine: AsyncEngine) -> None:
    first = await states(engine, MADE, NOW)
    await keystore.rotate(engine, MADE, NOW, OVERLAP, by="test", emergency=True)
    second = await states(engine, MADE, NOW)
    assert (second["active"], second["retiring"]) == (first["next"], [])


async def test_given_keys_are_never_stored(engine: AsyncEngine) -> None:
    first, second = keys.generate(), keys.generate()
    given = Source("k" * 32, (first, second))
    found = await states(engine, given, NOW)
    assert (found["active"], found["next"]) == ([first.kid], [second.kid])
    async with engine.connect() as connection:
        stored = await connection.exec_driver_sql("SELECT private_key FROM auth.signing_keys")
        assert [row[0] for row in stored] == [None, None]
    later = NOW + timedelta(seconds=600)
    await keystore.rotate(engine, given, later, OVERLAP, by="test", emergency=False)
    with pytest.raises(RotationRefused, match="there is no next key"):
        await keystore.rotate(engine, given, later, OVERLAP, by="test", emergency=True)
    with pytest.raises(KeyUnreadable, match="is not in ER_AUTH_SIGNING_KEYS"):
        await keystore.load(engine, Source("k" * 32, (first,)), later, OVERLAP)


class FakeAuth:
    """Tells keys, and counts how often it was asked."""

    def __init__(self, ring: Keyring) -> None:
        self.ring, self.asked, self.away = ring, 0, False

    async def call(self, *_: object, **__: object) -> JwksAnswer:
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return JwksAnswer(keys=self.ring.public)


@pytest.fixture
async def auth(engine: AsyncEngine) -> FakeAuth:
    ring = Keyring(engine, MADE, Overlap(publish_s=0, keep_s=7260))
    await ring.reload()
    return FakeAuth(ring)


def token(ring: Keyring) -> str:
    now = datetime.now(UTC)
    return guest_token(ring.signing, issuer="i", life_s=60, now=now).access_token


def reader(auth: FakeAuth, **more: float) -> TokenReader:
    return TokenReader(auth, issuer="i", **more)  # type: ignore[arg-type]


async def test_ten_thousand_made_up_kids_make_one_fetch(auth: FakeAuth) -> None:
    read = reader(auth)
    assert await read.read(token(auth.ring)) is not None
    made_up = [
        tokens.sign({}, private_key=auth.ring.signing.private_key, kid=f"kid-{number}")
        for number in range(50)
    ]
    for _ in range(200):
        for forged in made_up:
            with pytest.raises(Unauthenticated):
                await read.read(forged)
    assert auth.asked == 1


async def test_many_first_calls_at_once_are_one_fetch(auth: FakeAuth) -> None:
    read, good = reader(auth), token(auth.ring)
    told = await asyncio.gather(*(read.read(good) for _ in range(50)))
    assert all(claims is not None for claims in told)
    assert auth.asked == 1


async def test_keys_are_read_anew_when_they_are_old(auth: FakeAuth) -> None:
    read = reader(auth, max_age_s=0.2)
    old = token(auth.ring)
    assert await read.read(old) is not None
    await auth.ring.rotate(by="test", emergency=True)
    await asyncio.sleep(1.1)  # a verifier asks once a second at most
    with pytest.raises(Unauthenticated):
        await read.read(old)
    assert await read.read(token(auth.ring)) is not None


async def test_while_auth_is_away_the_kept_keys_verify(auth: FakeAuth) -> None:
    read = reader(auth, max_age_s=0.01)
    assert await read.read(token(auth.ring)) is not None
    auth.away = True
    await asyncio.sleep(1.1)
    assert await read.read(token(auth.ring)) is not None
    fresh = reader(auth)
    assert await fresh.read(token(auth.ring)) is None
