"""Client apps and operators: keys with quotas, and what `./er auth` tells."""

import os
import re
import signal

import pytest

from tests.support.fakes.identity import FakeIdentity
from tests.support.logins import Providers, bearer, slug, somebody
from tests.support.systems import System
from tests.system.auth_system import rows

TRIAGE = {"text": "배가 아파요"}


def new_key(demo: System, *scopes: str, quota: int) -> tuple[str, str]:
    """Id and key, as an operator gets them."""
    words = [word for scope in scopes for word in ("--scope", scope)]
    done = demo.er("auth", "key-add", "app", *words, "--quota", str(quota), "--by", "operator")
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    return words[1], words[-1]


def test_an_app_is_counted_until_its_quota_also_without_redis(
    house: tuple[System, FakeIdentity],
) -> None:
    demo, _ = house
    redis = int((demo.state / "redis" / "redis.pid").read_text())
    _, key = new_key(demo, "recommendation", "auth", quota=4)
    headers = {"x-api-key": key}
    with somebody(demo) as client:
        assert client.post("/v1/triage", json=TRIAGE, headers=headers).status_code == 200
        closed = client.get("/v1/status", headers=headers)
        os.kill(redis, signal.SIGSTOP)
        try:
            assert client.post("/v1/triage", json=TRIAGE, headers=headers).status_code == 200
        finally:
            os.kill(redis, signal.SIGCONT)
        me = client.get("/v1/auth/me", headers=headers).json()
        assert client.post("/v1/triage", json=TRIAGE, headers=headers).status_code == 200
        over = client.post("/v1/triage", json=TRIAGE, headers=headers)
        unknown = client.post("/v1/triage", json=TRIAGE, headers={"x-api-key": "erk_made-up"})
        without = client.post("/v1/triage", json=TRIAGE)
    assert (closed.status_code, slug(closed)) == (403, "forbidden")
    assert (me["kind"], me["api_key"]["used_today"], me["api_key"]["daily_quota"]) == ("app", 3, 4)
    assert (over.status_code, slug(over)) == (429, "rate-limited")
    assert 0 < int(over.headers["retry-after"]) <= 86_400
    assert (unknown.status_code, slug(unknown)) == (401, "unauthenticated")
    assert without.status_code == 200


@pytest.mark.full
async def test_an_operator_lists_ends_and_reads_the_audit(
    house: tuple[System, FakeIdentity],
) -> None:
    demo, fake = house
    id_, key = new_key(demo, "status", quota=10)
    with somebody(demo) as client:
        tokens = Providers(fake).by_browser(client)
        client.post("/v1/auth/logout", json={}, headers=bearer(tokens))
        listed = demo.er("auth", "key-list").stdout
        assert id_ in listed
        assert key not in listed
        assert demo.er("auth", "key-end", id_).returncode == 0
        assert client.get("/v1/status", headers={"x-api-key": key}).status_code == 401
    assert demo.er("auth", "key-end", id_).returncode == 1
    told = demo.er("auth", "audit", "--by", "auditor")
    assert told.returncode == 0, told.stdout
    assert "the chain holds" in told.stdout
    for event in ("login", "logout", "api_key_made", "api_key_ended", "staff_read"):
        assert event in told.stdout
    assert "auditor" in told.stdout
    await rows(demo, "ALTER TABLE auth.audit DISABLE TRIGGER USER")
    changed = "UPDATE auth.audit SET event = $2 WHERE event = $1"
    await rows(demo, changed, "logout", "logged out")
    broken = demo.er("auth", "audit")
    await rows(demo, changed, "logged out", "logout")
    await rows(demo, "ALTER TABLE auth.audit ENABLE TRIGGER USER")
    assert broken.returncode == 1
    assert "THE CHAIN IS BROKEN" in broken.stdout


def test_a_rotation_that_comes_too_early_is_refused_with_the_wait(
    house: tuple[System, FakeIdentity],
) -> None:
    done = house[0].er("auth", "rotate")
    assert done.returncode == 1
    assert re.search(r"wait \d+ s", done.stderr)


def test_a_key_that_makes_no_sense_is_refused(house: tuple[System, FakeIdentity]) -> None:
    done = house[0].er("auth", "key-add", "app", "--scope", "nothing", "--quota", "0")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
