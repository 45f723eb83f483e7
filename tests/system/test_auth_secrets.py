"""Keys, tokens, e-mails and names of a login are found nowhere afterwards."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx

from services.auth import keys
from simulator.identity.world import CLIENT_SECRET, Fault, Person
from tests.support.fakes.identity import FakeIdentity
from tests.support.logins import Providers, bearer, somebody
from tests.support.systems import System
from tests.system.auth_system import BACK_TO, DATA_KEY, redis_of, rows

PERSON = Person(7777000077, "은하수달빛", "sentinel-mail@example.invalid")
BROKEN = "sentinel-of-a-broken-provider"


class Walk:
    """One person's whole way through, with everything secret that was seen on it."""

    def __init__(self, demo: System, fake: FakeIdentity) -> None:
        self.demo, self.fake, self.providers = demo, fake, Providers(fake)
        self.secrets: dict[str, str] = {
            "name": PERSON.name,
            "e-mail": PERSON.email,
            "Kakao's number": str(PERSON.number),
            "client secret": CLIENT_SECRET,
            "data key": DATA_KEY,
            "service key": demo.address.key,
            "provider's body": BROKEN,
        }
        self.errors: list[str] = []

    def go(self) -> None:
        with somebody(self.demo) as client:
            self._by_code(client)
            self._by_token(client)
            self._with_key(client)
            self._wrongly(client)

    def _by_code(self, client: httpx.Client) -> None:
        begun = self.providers.begin(client, "google", redirect_uri=BACK_TO)
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        back = urlsplit(self.fake.back_from(begun.headers["location"], "sentinel"))
        ended = client.get(f"{back.path}?{back.query}")
        code = parse_qs(urlsplit(ended.headers["location"]).query)["code"][0]
        tokens = self.providers.post(client, "google", code=code).json()
        again = client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        me = client.get("/v1/auth/me", headers=bearer(tokens)).json()
        assert (me["name"], me["email"]) == (PERSON.name, PERSON.email)
        self.secrets |= {
            "state": asked["state"][0],
            "nonce": asked["nonce"][0],
            "cookie": client.cookies["er_login"],
            "provider's code": parse_qs(back.query)["code"][0],
            "one-time code": code,
            "access token": tokens["access_token"].rpartition(".")[2],
            "refresh token": tokens["refresh_token"],
            "next refresh token": again.json()["refresh_token"],
        }
        pending = self.providers.begin(client, "naver")  # a login that is never ended
        self.secrets["open state"] = parse_qs(urlsplit(pending.headers["location"]).query)["state"][
            0
        ]

    def _by_token(self, client: httpx.Client) -> None:
        nonce = self.providers.nonce(client, "kakao")
        access = self.fake.access_token("sentinel")
        answer = self.providers.post(client, "kakao", access_token=access, nonce=nonce)
        assert answer.status_code == 200
        self.secrets |= {"posted nonce": nonce, "Kakao's access token": access}
        self.secrets["open nonce"] = self.providers.nonce(client, "google")

    def _with_key(self, client: httpx.Client) -> None:
        made = self.demo.er("auth", "key-add", "app", "--scope", "auth", "--quota", "5")
        assert made.returncode == 0, made.stderr
        key = made.stdout.split()[-1]
        told = client.get("/v1/auth/me", headers={"x-api-key": key}).json()
        assert (told["kind"], told["api_key"]["used_today"]) == ("app", 1)
        self.secrets["key of an app"] = key

    def _wrongly(self, client: httpx.Client) -> None:
        self.fake.world.fail("kakao", "access_token_info", Fault(500, BROKEN))
        token = self.fake.id_token("google", "sentinel", aud="other")
        access = self.fake.access_token("sentinel")
        answers = [
            self.providers.post(client, "google", id_token=token),
            self.providers.post(client, "kakao", access_token=access, nonce="x"),
            client.post("/v1/auth/refresh", json={"refresh_token": "sentinel-refresh"}),
            client.post("/v1/auth/kakao/token", json={"code": "sentinel-code", "x": PERSON.name}),
            client.get("/v1/auth/me", headers={"authorization": "Bearer sentinel-bearer"}),
            client.get("/v1/auth/me", headers={"x-api-key": "erk_sentinel"}),
            client.get("/v1/auth/kakao/callback?state=sentinel-state&code=sentinel-back"),
        ]
        assert all(answer.status_code >= 400 for answer in answers)
        self.errors = [answer.text for answer in answers]
        self.secrets |= {
            "refused ID token": token.rpartition(".")[2],
            "refused access token": access,
            "made-up refresh token": "sentinel-refresh",
            "made-up code": "sentinel-code",
            "made-up bearer": "sentinel-bearer",
            "made-up key": "erk_sentinel",
            "made-up state": "sentinel-state",
            "made-up answer": "sentinel-back",
        }


async def test_nothing_secret_of_a_login_is_found_anywhere(
    house: tuple[System, FakeIdentity],
) -> None:
    demo, fake = house
    fake.world.people["sentinel"] = PERSON
    walk = Walk(demo, fake)
    walk.go()
    sealed = await rows(demo, "SELECT private_key FROM auth.signing_keys WHERE state = 'active'")
    (pair,) = keys.read(keys.unseal(sealed[0][0], demo.address.key))
    walk.secrets["signing key"] = pair.private_key.splitlines()[2]
    places = {
        "log": demo.log.encode(),
        "metrics": metrics_content(demo),
        "errors": "".join(walk.errors).encode(),
        "redis": redis_content(demo),
        "database": await database_content(demo),
    }
    assert all(len(content) > 100 for content in places.values())
    found = {
        (where, what)
        for where, content in places.items()
        for what, secret in walk.secrets.items()
        if secret.encode() in content or secret.encode().hex().encode() in content
    }
    assert found == set()


def test_the_search_would_see_what_lies_there(house: tuple[System, FakeIdentity]) -> None:
    redis = redis_of(house[0])
    redis.hset("sentinel", "name", PERSON.name)
    assert PERSON.name.encode() in redis_content(house[0])
    redis.delete("sentinel")
    redis.close()


def metrics_content(demo: System) -> bytes:
    urls = demo.address.inner.values()
    return b"".join(httpx.get(f"{url}/metrics", trust_env=False).content for url in urls)


def redis_content(demo: System) -> bytes:
    """Names and values as they are: a dump would be compressed."""
    redis = redis_of(demo)
    reads = {b"string": redis.get, b"hash": redis.hgetall, b"set": redis.smembers}
    content = []
    for name in redis.scan_iter("*"):
        read = reads.get(_bytes(redis.type(name)))
        value = read(name) if read else redis.dump(name)
        parts = value.items() if isinstance(value, dict) else [value]
        content += [name, *(_bytes(part) for part in parts)]
    redis.close()
    return b"\n".join(content)


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, tuple | set):
        return b" ".join(_bytes(part) for part in value)
    return json.dumps(str(value)).encode()


async def database_content(demo: System) -> bytes:
    """Every row of every table; bytes appear in hexadecimal."""
    query = (
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        " WHERE schemaname IN ('auth', 'sync', 'triage', 'matching')"
    )
    content = []
    for table in await rows(demo, query):
        found = await rows(demo, f"SELECT t::text AS row FROM {table['name']} t")  # noqa: S608
        content += [row["row"] for row in found]
    return "\n".join(content).encode()
