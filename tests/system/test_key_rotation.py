"""Probe 5: signing keys change under load; what is valid is never refused, what is gone is."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.auth import keys
from shared import tokens
from shared.contracts.auth import AUDIENCE
from tests.support.logins import bearer, slug, somebody
from tests.support.systems import System
from tests.system.auth_system import auth_system, calls_of, rows

MAX_AGE_S = 1
QUICK = {"ER_AUTH_JWKS_MAX_AGE_S": str(MAX_AGE_S), "ER_AUTH_GUEST_LIFE_S": "120"}
FOLLOWED_S = 8.0
"""Auth reads its keys anew every 5 s, verifiers theirs every second."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with auth_system(tmp_path_factory.mktemp("rotation"), **QUICK) as (running, _):
        # A gateway that has just started and has no keys yet says 503, which is no matter of keys.
        with somebody(running) as client:
            made = client.post("/v1/auth/guest", json={}).json()
            while client.get("/v1/auth/me", headers=bearer(made)).status_code == 503:
                time.sleep(0.5)
        yield running


class Load:
    """Callers who get tokens and use them, old and new ones, until they are told to stop."""

    def __init__(self, demo: System) -> None:
        self._demo, self._over = demo, threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(4)]
        self.calls, self.refused = 0, list[str]()
        self.kids: set[str] = set()

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        held: list[str] = []
        with somebody(self._demo) as client:
            while not self._over.is_set():
                made = client.post("/v1/auth/guest", json={}).json()["access_token"]
                self.kids.add(tokens.kid_of(made))
                held = [*held[:3], *held[-4:], made]
                for token in held:
                    answer = client.get("/v1/auth/me", headers=bearer({"access_token": token}))
                    self.calls += 1
                    if answer.status_code != 200:
                        self.refused.append(answer.text)


def rotate(demo: System, *options: str) -> None:
    done = demo.er("auth", "rotate", *options)
    assert done.returncode == 0, done.stderr


def made_by(pair: keys.SigningKey) -> str:
    """A token of now, signed with a key of any state."""
    now = int(time.time())
    claims = {
        "iss": "smart-er-match", "aud": AUDIENCE, "sub": "guest:x", "sid": "x", "jti": "x",
        "iat": now, "nbf": now, "exp": now + 60, "scope": "guest", "ver": 1,
    }  # fmt: skip
    return tokens.sign(claims, private_key=pair.private_key, kid=pair.kid)


async def pair_of(demo: System, state: str) -> keys.SigningKey:
    """A private key as the store holds it; the test knows the key that opens it."""
    query = "SELECT private_key FROM auth.signing_keys WHERE state = $1"
    sealed = (await rows(demo, query, state))[0][0]
    return keys.read(keys.unseal(sealed, demo.address.key))[0]


def status(demo: System, token: str) -> int:
    with somebody(demo) as client:
        return client.get("/v1/auth/me", headers=bearer({"access_token": token})).status_code


@pytest.mark.full
async def test_5_no_valid_token_is_refused_while_keys_change(demo: System) -> None:
    with Load(demo) as load:
        for _ in range(3):
            await asyncio.sleep(2 * MAX_AGE_S + 1.5)
            await asyncio.to_thread(rotate, demo)
        await asyncio.sleep(FOLLOWED_S)
    assert load.calls > 200
    assert len(load.kids) >= 4
    assert load.refused == []


@pytest.mark.full
async def test_5_a_retired_key_is_refused_after_the_overlap(demo: System) -> None:
    await asyncio.sleep(2 * MAX_AGE_S + 0.5)
    retiring = await pair_of(demo, "active")
    await asyncio.to_thread(rotate, demo)
    await asyncio.sleep(MAX_AGE_S + 1)
    assert status(demo, made_by(retiring)) == 200
    # The overlap is two lives of a token and a minute; its end is moved here.
    query = "UPDATE auth.signing_keys SET changed_at = changed_at - interval '1 hour'"
    await rows(demo, f"{query} WHERE state = 'retiring'")
    await asyncio.sleep(FOLLOWED_S)
    assert status(demo, made_by(retiring)) == 401


@pytest.mark.full
async def test_5_in_an_emergency_old_tokens_end(demo: System) -> None:
    with somebody(demo) as client:
        old = client.post("/v1/auth/guest", json={}).json()
        assert client.get("/v1/auth/me", headers=bearer(old)).status_code == 200
        await asyncio.to_thread(rotate, demo, "--emergency")
        await asyncio.sleep(MAX_AGE_S + 1.1)
        refused = client.get("/v1/auth/me", headers=bearer(old))
        new = client.post("/v1/auth/guest", json={}).json()
        assert client.get("/v1/auth/me", headers=bearer(new)).status_code == 200
    assert (refused.status_code, slug(refused)) == (401, "unauthenticated")


@pytest.mark.full
def test_5_made_up_kids_make_one_fetch_a_minute(tmp_path: Path) -> None:
    pair = keys.generate()
    with auth_system(tmp_path) as (demo, _), somebody(demo) as client:
        good = client.post("/v1/auth/guest", json={}).json()
        assert client.get("/v1/auth/me", headers=bearer(good)).status_code == 200
        before, began = calls_of(demo, "auth", "/v1/jwks"), time.monotonic()
        for number in range(10_000):
            forged = tokens.sign({}, private_key=pair.private_key, kid=f"kid-{number}")
            headers = bearer({"access_token": forged})
            assert client.get("/v1/status", headers=headers).status_code == 401
        minutes = (time.monotonic() - began) / 60
        assert calls_of(demo, "auth", "/v1/jwks") - before <= minutes + 1
