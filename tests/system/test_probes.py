"""Probes 1 to 11 of the security contract, black box, against the running system."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from jose import jwt

from services.auth.keys import SigningKey, generate, read, unseal
from shared import tokens as our_tokens
from simulator.identity.world import Fault, Person, error
from tests.support.fakes.identity import FakeIdentity
from tests.support.logins import Providers, bearer, slug, somebody
from tests.support.systems import System
from tests.system.auth_system import BACK_TO, calls_of, redis_of, rows

FORGED_AT_MOST_S = 0.05


@pytest.fixture
def demo(house: tuple[System, FakeIdentity]) -> System:
    return house[0]


@pytest.fixture
def fake(house: tuple[System, FakeIdentity]) -> FakeIdentity:
    return house[1]


@pytest.fixture
def providers(fake: FakeIdentity) -> Providers:
    return Providers(fake)


async def active_pair(demo: System) -> SigningKey:
    """The key that signs, as the store holds it; the test knows the key that opens it."""
    query = "SELECT private_key FROM auth.signing_keys WHERE state = 'active'"
    sealed = (await rows(demo, query))[0][0]
    return read(unseal(sealed, demo.address.key))[0]


async def people(demo: System) -> int:
    return int((await rows(demo, "SELECT count(*) FROM auth.users"))[0][0])


# --- 1: a token of somebody else's app ---


async def test_1_a_foreign_kakao_token_opens_nothing(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    before = await people(demo)
    with somebody(demo) as client:
        nonce = providers.nonce(client, "kakao")
        foreign = fake.access_token("bada", app_id=999)
        fake.world.calls.clear()
        answer = providers.post(client, "kakao", access_token=foreign, nonce=nonce)
    assert (answer.status_code, slug(answer)) == (401, "provider-token-invalid")
    assert fake.world.calls == [("kakao", "access_token_info")]
    assert await people(demo) == before


def test_1_our_own_kakao_token_opens_once(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    ours = fake.access_token("bada")
    with somebody(demo) as client:
        without = providers.post(client, "kakao", access_token=ours)
        nonce = providers.nonce(client, "kakao")
        good = providers.post(client, "kakao", access_token=ours, nonce=nonce)
        fresh = providers.nonce(client, "kakao")
        again = providers.post(client, "kakao", access_token=ours, nonce=fresh)
        dead = fake.access_token("bada", life_s=-1)
        expired = providers.post(
            client, "kakao", access_token=dead, nonce=providers.nonce(client, "kakao")
        )
    assert [a.status_code for a in (without, good, again, expired)] == [401, 200, 401, 401]


# --- 2: ID tokens that are not for us ---

FOREIGN: dict[str, dict[str, Any]] = {
    "audience of another": {"aud": "other"},
    "audience of another, azp ours": {"aud": "other", "azp": "demo-client"},
    "no audience at all": {"aud": []},
    "two audiences": {"aud": ["demo-client", "other"]},
    "azp of another": {"azp": "other"},
    "another issuer": {"iss": "https://evil.example.invalid"},
    "expired for 90 s": {"exp": int(time.time()) - 90},
    "from the future": {"iat": int(time.time()) + 3600},
    "no subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "no expiry": {"exp": None},
    "no nonce": {"nonce": None},
    "a nonce of their own": {"nonce": "made-up"},
    "another key under a known name": {"header": {"kid": "unknown"}},
    "a header that wants more": {"header": {"crit": ["kid"]}},
    "a key of its own": {"header": {"jwk": {"kty": "RSA"}}},
    "a key elsewhere": {"header": {"jku": "http://127.0.0.1:1/keys"}},
}


@pytest.mark.parametrize("what", FOREIGN)
def test_2_a_foreign_id_token_opens_nothing(
    what: str, demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        nonce = providers.nonce(client, "google")
        token = fake.id_token("google", "bada", **{"nonce": nonce, **FOREIGN[what]})
        answer = providers.post(client, "google", id_token=token)
        assert (answer.status_code, slug(answer)) == (401, "provider-token-invalid")
        good = fake.id_token("google", "bada", nonce=nonce)
        if "nonce" in what or "audience" in what:  # a refusal uses no nonce up
            assert providers.post(client, "google", id_token=good).status_code == 200


def test_2_a_token_and_a_nonce_are_good_once(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        nonce = providers.nonce(client, "google")
        token = fake.id_token("google", "nara", nonce=nonce)
        assert providers.post(client, "google", id_token=token).status_code == 200
        assert providers.post(client, "google", id_token=token).status_code == 401
        same_nonce = fake.id_token("google", "nara", nonce=nonce)
        assert providers.post(client, "google", id_token=same_nonce).status_code == 401
        other_provider = providers.nonce(client, "naver")
        crossed = fake.id_token("google", "nara", nonce=other_provider)
        assert providers.post(client, "google", id_token=crossed).status_code == 401


@pytest.mark.parametrize("forge", ["none", "HS256"])
def test_2_other_algorithms_are_refused(
    forge: str, demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        nonce = providers.nonce(client, "google")
        good = fake.id_token("google", "bada", nonce=nonce)
        kid = fake.world.key("google").kid
        body = good.split(".")[1]
        head = _part({"alg": forge, "kid": kid})
        secret = json.dumps(fake.world.jwks("google")["keys"][0]).encode()
        sign = hashlib.sha256(secret).digest() if forge == "HS256" else b""
        answer = providers.post(client, "google", id_token=f"{head}.{body}.{_text(sign)}")
    assert (answer.status_code, slug(answer)) == (401, "provider-token-invalid")


@pytest.mark.parametrize("provider", ["naver", "google"])
def test_2_a_bare_access_token_says_not_for_whom_it_is(
    provider: str, demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    token = fake.world.access_token(provider, fake.world.people["bada"])
    with somebody(demo) as client:
        nonce = providers.nonce(client, provider)
        answer = providers.post(client, provider, access_token=token, nonce=nonce)
    assert (answer.status_code, slug(answer)) == (401, "provider-token-invalid")


def test_2_a_provider_that_changes_its_keys_is_followed(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        providers.by_browser(client, "naver")
        fake.world.rotate("naver")
        assert providers.by_browser(client, "naver")["user"]["provider"] == "naver"


# --- 3: the code flow ---


@pytest.mark.parametrize("provider", ["kakao", "naver", "google"])
def test_3_the_code_flow_ends_in_a_session(
    provider: str, demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        begun = providers.begin(client, provider)
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        told = providers.by_browser(client, provider)
        me = client.get("/v1/auth/me", headers=bearer(told)).json()
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge", "client_id", "redirect_uri"} <= set(asked)
    assert (me["kind"], me["id"]) == ("user", told["user"]["id"])
    assert provider in me["providers"]
    assert told["expires_in"] == 600
    assert "httponly" in begun.headers["set-cookie"].lower()


def test_3_a_browser_goes_back_to_an_address_on_the_list_alone(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        elsewhere = providers.begin(client, "kakao", redirect_uri="https://evil.example.invalid")
        begun = providers.begin(client, "kakao", redirect_uri=BACK_TO)
        back = urlsplit(fake.back_from(begun.headers["location"], "haneul"))
        ended = client.get(f"{back.path}?{back.query}")
        code = parse_qs(urlsplit(ended.headers["location"]).query)["code"][0]
        once = providers.post(client, "kakao", code=code)
        twice = providers.post(client, "kakao", code=code)
    assert (elsewhere.status_code, slug(elsewhere)) == (422, "invalid-request")
    assert (ended.status_code, ended.headers["location"].split("?")[0]) == (303, BACK_TO)
    assert (once.status_code, twice.status_code) == (200, 401)
    assert once.json()["access_token"] not in ended.headers["location"]


def test_3_wrong_state_another_browser_and_replay_are_refused(
    demo: System, providers: Providers
) -> None:
    with somebody(demo) as client, somebody(demo) as other:
        wrong = client.get("/v1/auth/kakao/callback?state=made-up&code=x")
        path = providers.back(client, "kakao")
        stolen = other.get(path)
        after = client.get(path)  # whoever comes first uses the state up
        good = providers.back(client, "kakao")
        crossed = client.get(good.replace("/kakao/", "/naver/"))
        path = providers.back(client, "kakao")
        first, replay = client.get(path), client.get(path)
    for answer in (wrong, stolen, after, crossed, replay):
        assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert first.status_code == 200


def test_3_without_an_id_token_or_with_a_wrong_one_nothing_is_proven(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        fake.world.tells_id_tokens = False
        missing = client.get(providers.back(client, "google"))
        fake.world.heal()
        fake.world.claims = {"nonce": "of another login"}
        other = client.get(providers.back(client, "google"))
    assert [(a.status_code, slug(a)) for a in (missing, other)] == [
        (401, "provider-token-invalid")
    ] * 2


FAULTS = [
    ("naver", "token", Fault(200, error("invalid_grant")), 422, "invalid-request"),
    ("kakao", "token", Fault(400, error("x", error_code="KOE320")), 422, "invalid-request"),
    ("kakao", "token", Fault(400, error("x", error_code="KOE101")), 500, "internal"),
    ("kakao", "token", Fault(400, error("x", error_code="KOE003")), 503, "provider-unavailable"),
    ("google", "token", Fault(401, error("invalid_client")), 500, "internal"),
    ("google", "token", Fault(500, "sentinel-of-a-provider"), 503, "provider-unavailable"),
    ("google", "token", Fault(200, "<html>sentinel-of-a-provider"), 503, "provider-unavailable"),
    ("google", "token", Fault(200, '"' + "x" * 300_000 + '"'), 503, "provider-unavailable"),
    ("google", "token", Fault(200, "[]"), 503, "provider-unavailable"),
    ("google", "token", Fault(delay_s=4), 503, "provider-unavailable"),
]


@pytest.mark.parametrize(("provider", "operation", "fault", "status", "kind"), FAULTS)
def test_3_a_provider_that_fails_is_told_by_its_kind(
    provider: str,
    operation: str,
    fault: Fault,
    status: int,
    kind: str,
    demo: System,
    fake: FakeIdentity,
    providers: Providers,
) -> None:
    fake.world.fail(provider, operation, fault)
    with somebody(demo) as client:
        answer = client.get(providers.back(client, provider))
    assert (answer.status_code, slug(answer)) == (status, kind)
    assert "sentinel-of-a-provider" not in answer.text + demo.log
    assert "가상의 오류" not in answer.text + demo.log


@pytest.mark.parametrize(
    ("code", "http", "status", "kind"),
    [
        (-401, 401, 401, "provider-token-invalid"),
        (-402, 403, 403, "forbidden"),
        (-406, 401, 403, "forbidden"),
        (-101, 400, 401, "provider-token-invalid"),
        (-1, 400, 503, "provider-unavailable"),
        (-9798, 503, 503, "provider-unavailable"),
        (-10, 400, 503, "provider-unavailable"),
        (-2, 400, 500, "internal"),
    ],
)
def test_3_kakaos_own_codes_are_told_by_their_kind(
    code: int,
    http: int,
    status: int,
    kind: str,
    demo: System,
    fake: FakeIdentity,
    providers: Providers,
) -> None:
    body = json.dumps({"code": code, "msg": "sentinel-of-a-provider"})
    fake.world.fail("kakao", "access_token_info", Fault(http, body))
    with somebody(demo) as client:
        nonce = providers.nonce(client, "kakao")
        answer = providers.post(
            client, "kakao", access_token=fake.access_token("bada"), nonce=nonce
        )
    assert (answer.status_code, slug(answer)) == (status, kind)
    assert "sentinel-of-a-provider" not in answer.text + demo.log


# --- 4: forged tokens of ours ---


def forgeries(good: str, pair: SigningKey) -> dict[str, str]:
    """Tokens of somebody who has a good one and the published keys, and tokens that our own key
    signed and that are wrong in one thing each."""
    head, body, sign = good.split(".")
    header, claims = _read(head), _read(body)
    other = generate()
    public = serialization.load_pem_private_key(pair.private_key.encode(), None).public_key()

    def signed(by: SigningKey = pair, more: dict[str, Any] | None = None, **changed: Any) -> str:
        told = {k: v for k, v in {**claims, **changed}.items() if v is not None}
        headers = {"kid": pair.kid, "typ": "at+jwt", **(more or {})}
        return jwt.encode(told, by.private_key, "ES256", headers=headers)

    def hs256(secret: bytes) -> str:
        content = f"{_part({**header, 'alg': 'HS256'})}.{body}"
        return f"{content}.{_text(hmac.digest(secret, content.encode(), 'sha256'))}"

    def encoded(encoding: serialization.Encoding) -> bytes:
        return public.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)

    return {
        "alg none": f"{_part({**header, 'alg': 'none'})}.{body}.",
        "HS256 with the PEM": hs256(encoded(serialization.Encoding.PEM)),
        "HS256 with the DER": hs256(encoded(serialization.Encoding.DER)),
        "HS256 with the JWK": hs256(pair.public.model_dump_json().encode()),
        "another key under our kid": signed(other),
        "unknown kid": signed(other, {"kid": other.kid}),
        "a path for a kid": signed(more={"kid": "../../x"}),
        "SQL for a kid": signed(more={"kid": "' OR 1=1 --"}),
        "jku": signed(more={"jku": "http://127.0.0.1:1/keys"}),
        "jwk": signed(other, {"jwk": other.public.model_dump()}),
        "x5u": signed(more={"x5u": "http://127.0.0.1:1/x"}),
        "crit": signed(more={"crit": ["x"]}),
        "another type": signed(more={"typ": "JWT"}),
        "another audience": signed(aud="other"),
        "of the future": signed(iat=claims["iat"] + 3600, exp=claims["exp"] + 3600),
        "expired": signed(iat=claims["iat"] - 9000, exp=claims["iat"] - 1800),
        "a life too long": signed(exp=claims["exp"] + 3600),
        "another scope": signed(scope="admin"),
        "a changed body": f"{head}.{_part({**claims, 'sub': 'user:x'})}.{sign}",
        "no signature": f"{head}.{body}.",
        "a spare bit": f"{head}.{body}.{sign[:-1]}{_other_spelling(sign[-1])}",
        **{
            f"no {name}": signed(pair, None, **{name: None})
            for name in (*our_tokens.TEXTS, *our_tokens.NUMBERS)
        },
    }


async def test_4_forged_tokens_are_refused_at_once_and_nobody_is_asked(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        good = client.post("/v1/auth/guest", json={}).json()["access_token"]
        assert client.get("/v1/auth/me", headers=bearer({"access_token": good})).status_code == 200
        pair = await active_pair(demo)
        remade = jwt.encode(
            _read(good.split(".")[1]),
            pair.private_key,
            "ES256",
            headers={"kid": pair.kid, "typ": "at+jwt"},
        )
        ours = client.get("/v1/auth/me", headers=bearer({"access_token": remade}))
        assert ours.status_code == 200  # so that a forgery is refused for what is wrong in it
        refresh = providers.by_browser(client)["refresh_token"]
        fake.world.calls.clear()
        fetched = calls_of(demo, "auth", "/v1/jwks")
        took: dict[str, float] = {}
        for name, token in forgeries(good, pair).items():
            headers = bearer({"access_token": token})
            answer = client.get("/v1/auth/me", headers=headers)
            assert (answer.status_code, slug(answer)) == (401, "unauthenticated"), name
            took[name] = min(
                _timed(lambda h=headers: client.get("/v1/auth/me", headers=h)) for _ in range(5)
            )
        id_token = fake.id_token("google", "bada")
        for other in (id_token, refresh):
            answer = client.get("/v1/auth/me", headers=bearer({"access_token": other}))
            assert (answer.status_code, slug(answer)) == (401, "unauthenticated")
    assert max(took.values()) < FORGED_AT_MOST_S, took
    assert fake.world.calls == []
    assert calls_of(demo, "auth", "/v1/jwks") <= fetched + 1


def test_4_a_token_of_a_megabyte_is_refused_at_once(demo: System) -> None:
    with somebody(demo) as client:
        began = time.perf_counter()
        try:
            answer = client.get("/v1/status", headers={"authorization": "Bearer " + "a" * 2**20})
            assert answer.status_code in (400, 401, 431)
        except httpx.TransportError:
            pass  # the server closes a connection whose headers have no end
        assert time.perf_counter() - began < 1
        assert client.get("/livez").status_code == 200
        long = client.get("/v1/status", headers={"authorization": "Bearer " + "a" * 5000})
    assert (long.status_code, slug(long)) == (401, "unauthenticated")


# --- 5: keys: see test_key_rotation ---


# --- 6: refresh tokens ---


async def test_6_fifty_uses_at_once_are_one_and_a_later_one_ends_all(
    demo: System, providers: Providers
) -> None:
    with somebody(demo) as client:
        first = providers.by_browser(client)["refresh_token"]
        body = {"refresh_token": first}
        with ThreadPoolExecutor(16) as pool:
            answers = list(
                pool.map(lambda _: client.post("/v1/auth/refresh", json=body), range(50))
            )
        assert {answer.status_code for answer in answers} == {200}
        (successor,) = {answer.json()["refresh_token"] for answer in answers}
        access = answers[0].json()
        await asyncio.sleep(1.2)
        replay = client.post("/v1/auth/refresh", json=body)
        after = client.post("/v1/auth/refresh", json={"refresh_token": successor})
        old_access = client.get("/v1/auth/me", headers=bearer(access))
    for answer in (replay, after, old_access):
        assert (answer.status_code, slug(answer)) == (401, "unauthenticated")
    events = await rows(demo, "SELECT event FROM auth.audit ORDER BY id DESC LIMIT 1")
    assert [event["event"] for event in events] == ["refresh_reused"]


def test_6_made_up_refresh_tokens_are_refused(demo: System) -> None:
    with somebody(demo) as client:
        for made_up in ("x", secrets.token_urlsafe(32), "../../x", "a" * 256):
            answer = client.post("/v1/auth/refresh", json={"refresh_token": made_up})
            assert (answer.status_code, slug(answer)) == (401, "unauthenticated")


# --- 7: the end of sessions ---


def test_7_logout_ends_both_tokens_and_no_other_session(demo: System, providers: Providers) -> None:
    with somebody(demo) as client:
        phone, laptop = providers.by_browser(client), providers.by_browser(client)
        assert client.post("/v1/auth/logout", json={}, headers=bearer(phone)).status_code == 204
        ended = client.get("/v1/auth/me", headers=bearer(phone))
        refused = client.post("/v1/auth/refresh", json={"refresh_token": phone["refresh_token"]})
        other = client.get("/v1/auth/me", headers=bearer(laptop))
        everywhere = client.post(
            "/v1/auth/logout", json={"everywhere": True}, headers=bearer(laptop)
        )
        after = client.get("/v1/auth/me", headers=bearer(laptop))
    assert [a.status_code for a in (ended, refused, other)] == [401, 401, 200]
    assert (everywhere.status_code, after.status_code) == (204, 401)


async def test_7_withdrawal_erases_and_leaves_a_proof(demo: System, providers: Providers) -> None:
    with somebody(demo) as client:
        one = providers.by_browser(client, "google", "nara")
        two = providers.by_browser(client, "google", "nara")
        consent = {"version": "2026-11", "sensitive": True}
        client.put("/v1/auth/me/consents", json=consent, headers=bearer(one))
        assert client.delete("/v1/auth/me", headers=bearer(one)).status_code == 204
        for tokens in (one, two):
            assert client.get("/v1/auth/me", headers=bearer(tokens)).status_code == 401
            body = {"refresh_token": tokens["refresh_token"]}
            assert client.post("/v1/auth/refresh", json=body).status_code == 401
        user = one["user"]["id"]
        left = await rows(
            demo,
            "SELECT 1 FROM auth.users WHERE id::text = $1"
            " UNION ALL SELECT 1 FROM auth.identities WHERE user_id::text = $1"
            " UNION ALL SELECT 1 FROM auth.consents WHERE user_id::text = $1",
            user,
        )
        proofs = await rows(demo, "SELECT * FROM auth.erasures ORDER BY id DESC LIMIT 1")
        redis = redis_of(demo)
        names = [name for name in redis.scan_iter("*auth*") if user.encode() in name]
        redis.close()
        again = providers.by_browser(client, "google", "nara")
    assert left == []
    assert names == []
    assert proofs[0]["rows_erased"] == 3
    assert again["user"]["id"] != user


def test_7_with_redis_stopped_nothing_is_refreshed_and_tokens_live_on(
    demo: System, providers: Providers
) -> None:
    redis = int((demo.state / "redis" / "redis.pid").read_text())
    with somebody(demo) as client:
        tokens = providers.by_browser(client)
        os.kill(redis, signal.SIGSTOP)
        try:
            body = {"refresh_token": tokens["refresh_token"]}
            refresh = client.post("/v1/auth/refresh", json=body)
            logout = client.post("/v1/auth/logout", json={}, headers=bearer(tokens))
            erase = client.delete("/v1/auth/me", headers=bearer(tokens))
            me = client.get("/v1/auth/me", headers=bearer(tokens))
        finally:
            os.kill(redis, signal.SIGCONT)
        for answer in (refresh, logout, erase):
            assert (answer.status_code, slug(answer)) == (503, "unavailable")
        assert me.status_code == 200
        assert client.get("/v1/auth/me", headers=bearer(tokens)).status_code == 200
        assert client.post("/v1/auth/refresh", json=body).status_code == 200


# --- 8: headers that lie ---


def test_8_no_header_makes_anybody_somebody(demo: System, providers: Providers) -> None:
    lies = {
        "x-user-id": "user:1",
        "x-internal-user": "user:1",
        "x-er-subject": "user:1",
        "x-forwarded-user": "user:1",
    }
    with somebody(demo) as client:
        unknown = client.get("/v1/auth/me", headers=lies)
        inner_token = client.get(
            "/v1/auth/me", headers={"authorization": f"Bearer {demo.address.key}"}
        )
        tokens = providers.by_browser(client)
        me = client.get("/v1/auth/me", headers={**bearer(tokens), **lies}).json()
    assert (unknown.status_code, inner_token.status_code) == (401, 401)
    assert me["id"] == tokens["user"]["id"]


def test_8_inner_addresses_are_closed(demo: System) -> None:
    with somebody(demo) as client:
        for path in ("/v1/sessions/refresh", "/v1/me", "/v1/keys/rotate", "/v1/api-keys"):
            assert client.post(path, json={}).status_code == 404
    for name in ("auth", "sync", "triage", "matching"):
        direct = httpx.post(f"{demo.address.inner[name]}/v1/extract", json={}, trust_env=False)
        assert direct.status_code in (401, 404)
    for path, body in (("/v1/me", {"subject": "user:x", "session": "x"}), ("/v1/guests", {})):
        url = f"{demo.address.inner['auth']}{path}"
        assert httpx.post(url, json=body, trust_env=False).status_code == 401


def test_8_an_address_is_the_one_that_the_proxy_saw(demo: System) -> None:
    seen = []
    for number in range(7):
        forged = {"x-forwarded-for": f"203.0.113.{number}, 198.51.100.77"}
        with httpx.Client(base_url=demo.address.gateway, headers=forged, trust_env=False) as client:
            seen.append(client.post("/v1/auth/kakao/token", json={"code": "erc_x"}).status_code)
    assert seen == [401] * 5 + [429] * 2


# --- 9: guessing ---


def test_9_guessing_stops_and_others_are_not_touched(demo: System, providers: Providers) -> None:
    with somebody(demo) as guesser, somebody(demo) as other:
        answers = [
            providers.post(guesser, "kakao", code=f"erc_{secrets.token_urlsafe(32)}")
            for _ in range(100)
        ]
        assert [a.status_code for a in answers] == [401] * 5 + [429] * 95
        assert all(int(a.headers["retry-after"]) >= 1 for a in answers[5:])
        assert providers.by_browser(other)["user"]["provider"] == "kakao"


def test_9_unknown_known_and_withdrawn_people_are_told_the_same(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    def refused(client: httpx.Client) -> tuple[int, str, str]:
        token = fake.id_token("google", "bada", nonce=providers.nonce(client, "google"), aud="x")
        answer = providers.post(client, "google", id_token=token)
        told = answer.json()
        return answer.status_code, told["type"], told["detail"]

    with somebody(demo) as unknown, somebody(demo) as known, somebody(demo) as withdrawn:
        first = refused(unknown)
        tokens = providers.by_browser(known, "google", "bada")
        second = refused(known)
        assert known.delete("/v1/auth/me", headers=bearer(tokens)).status_code == 204
        third = refused(withdrawn)
    assert first == second == third


# --- 10: two logins, one account ---


def test_10_equal_emails_are_two_people(demo: System, providers: Providers) -> None:
    with somebody(demo) as client:
        google = providers.by_browser(client, "google", "haneul")
        naver = providers.by_browser(client, "naver", "haneul")
    assert google["user"]["id"] != naver["user"]["id"]


async def test_10_linking_needs_two_fresh_logins_and_takes_nobodys(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    def proof(client: httpx.Client, provider: str, person: str) -> dict[str, str]:
        nonce = providers.nonce(client, provider)
        return {"id_token": fake.id_token(provider, person, nonce=nonce)}

    fake.world.people["dan"] = Person(9000000009, "최단 (가상)", "haneul@example.invalid")
    with somebody(demo) as client, somebody(demo) as other:
        victim = providers.by_browser(other, "naver", "dan")
        own = providers.by_browser(client, "kakao", "dan")
        without = client.post("/v1/auth/google/link", json=proof(client, "google", "dan"))
        linked = client.post(
            "/v1/auth/google/link", json=proof(client, "google", "dan"), headers=bearer(own)
        )
        me = client.get("/v1/auth/me", headers=bearer(own)).json()
        of_another = client.post(
            "/v1/auth/naver/link", json=proof(client, "naver", "dan"), headers=bearer(own)
        )
        redis = redis_of(demo)
        for name in redis.scan_iter("*auth:family:*"):
            redis.hset(name, "began_at", int(time.time()) - 3600)
        redis.close()
        stale = client.post(
            "/v1/auth/google/link", json=proof(client, "google", "bada"), headers=bearer(own)
        )
        by_google = providers.by_browser(other, "google", "dan")
    assert (without.status_code, linked.status_code) == (401, 204)
    assert me["providers"] == ["kakao", "google"]
    assert (of_another.status_code, slug(of_another)) == (409, "conflict")
    assert (stale.status_code, slug(stale)) == (403, "forbidden")
    assert by_google["user"]["id"] == own["user"]["id"] != victim["user"]["id"]


# --- 11: what belongs to another, and fields that nobody may set ---


def test_11_nobody_reaches_what_belongs_to_another(demo: System, providers: Providers) -> None:
    with somebody(demo) as client:
        mine = providers.by_browser(client, "kakao", "haneul")
        guest = client.post("/v1/auth/guest", json={}).json()
        for tokens in (guest, providers.by_browser(client, "kakao", "bada")):
            headers = bearer(tokens)
            me = client.get("/v1/auth/me", headers=headers).json()
            assert me["id"] != mine["user"]["id"]
            assert client.post("/v1/auth/logout", json={}, headers=headers).status_code == 204
        body = {"version": "1", "location": True}
        refused = client.put("/v1/auth/me/consents", json=body, headers=bearer(guest))
        assert refused.status_code == 401
        assert client.get("/v1/auth/me", headers=bearer(mine)).status_code == 200


def test_11_sessions_are_listed_and_ended_by_their_owner_alone(
    demo: System, providers: Providers
) -> None:
    with somebody(demo) as client:
        phone = providers.by_browser(client, "naver", "bada")
        laptop = providers.by_browser(client, "naver", "bada")
        stranger = providers.by_browser(client, "google", "bada")
        listed = client.get("/v1/auth/sessions", headers=bearer(laptop)).json()["sessions"]
        (other,) = [one["id"] for one in listed[:2] if not one["current"]]
        path = f"/v1/auth/sessions/{other}"
        taken = client.delete(path, headers=bearer(stranger))
        guest = client.post("/v1/auth/guest", json={}).json()
        by_guest = client.delete(path, headers=bearer(guest))
        assert client.get("/v1/auth/me", headers=bearer(phone)).status_code == 200
        ended = client.delete(path, headers=bearer(laptop))
        assert client.get("/v1/auth/me", headers=bearer(phone)).status_code == 401
        assert client.get("/v1/auth/me", headers=bearer(laptop)).status_code == 200
    assert [(a.status_code, slug(a)) for a in (taken, by_guest)] == [(404, "not-found")] * 2
    assert ended.status_code == 204
    assert {one["provider"] for one in listed} == {"naver"}


@pytest.mark.parametrize(
    "field", ["role", "remaining_requests", "refresh", "sign_kind", "user_id", "scope", "subject"]
)
def test_11_fields_that_nobody_may_set_are_refused(
    field: str, demo: System, providers: Providers
) -> None:
    with somebody(demo) as client:
        tokens = providers.by_browser(client)
        answers = [
            client.post("/v1/auth/guest", json={field: "x"}),
            client.post("/v1/auth/refresh", json={"refresh_token": "x", field: "x"}),
            client.post("/v1/auth/logout", json={field: "x"}, headers=bearer(tokens)),
            client.post("/v1/auth/kakao/token", json={"code": "x", field: "x"}),
            client.put(
                "/v1/auth/me/consents", json={"version": "1", field: "x"}, headers=bearer(tokens)
            ),
        ]
    assert [a.status_code for a in answers] == [422] * 5


def test_11_answers_tell_no_more_than_they_must(
    demo: System, fake: FakeIdentity, providers: Providers
) -> None:
    with somebody(demo) as client:
        tokens = providers.by_browser(client)
        me = client.get("/v1/auth/me", headers=bearer(tokens))
    person = fake.world.people["haneul"]
    assert str(person.number) not in json.dumps(tokens) + me.text
    assert set(tokens) == {
        "access_token", "refresh_token", "token_type", "expires_in", "scope", "user",
    }  # fmt: skip
    assert set(tokens["user"]) == {"id", "provider", "name"}
    claims = _read(tokens["access_token"].split(".")[1])
    assert set(claims) == {*our_tokens.TEXTS, *our_tokens.NUMBERS}
    assert me.headers["cache-control"] == "no-store"


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _read(part: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _other_spelling(last: str) -> str:
    """Another character for the same two bits that the last one of a signature holds."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(last) ^ 1]
