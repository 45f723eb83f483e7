"""Providers beneath the routes: Naver's classic login, keys that are asked for sparingly, TLS."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.auth.errors import ProviderTokenInvalid, ProviderUnavailable
from services.auth.providers import idtokens
from services.auth.providers.endpoints import Endpoint, endpoint
from services.auth.providers.idtokens import ProviderKeys
from services.auth.providers.login import Logins
from services.auth.providers.outbound import outbound
from shared.contracts.auth import ProviderTokenRequest
from simulator.identity.world import Fault
from tests.support.fakes.identity import FakeIdentity, identity
from tests.support.running import running


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeIdentity]:
    with identity() as running:
        yield running


def at(fake: FakeIdentity, provider: str, *, classic: bool = False) -> Endpoint:
    prefix = f"ER_AUTH_{provider.upper()}_"
    given = {
        name.removeprefix(prefix).lower(): value
        for name, value in fake.settings.items()
        if name.startswith(prefix)
    }
    found = endpoint(provider, given, classic=classic)  # type: ignore[arg-type]
    assert found is not None
    return found


async def test_naver_classic_has_its_own_space_and_takes_no_posted_token(
    fake: FakeIdentity,
) -> None:
    to = at(fake, "naver", classic=True)
    fake.world.tells_id_tokens = False
    async with outbound() as out:
        logins = Logins({"naver": to}, out, public_url="http://us")
        url = out.authorization_url(
            to, redirect_uri="http://us/back", state="s", nonce="n", code_verifier="v" * 43
        )
        assert "code_challenge" not in url  # the classic login knows no PKCE
        code = fake.back_from(url, "haneul").partition("code=")[2]
        proof = await logins.by_code(
            "naver", code, redirect_uri="http://us/back", code_verifier=None, state="s"
        )
        posted = ProviderTokenRequest(access_token=next(iter(fake.world.accesses)))
        with pytest.raises(ProviderTokenInvalid):
            await logins.by_posted("naver", posted)
        oidc = ProviderTokenRequest(id_token=fake.id_token("naver", "haneul"))
        with pytest.raises(ProviderTokenInvalid):
            await logins.by_posted("naver", oidc)
    fake.world.heal()
    assert proof.space == "naver-classic"
    assert proof.subject != fake.world.subject("naver", fake.world.people["haneul"])


async def test_keys_are_asked_for_once_a_minute_whatever_is_made_up(fake: FakeIdentity) -> None:
    to = at(fake, "google")
    async with outbound() as out:
        keys = ProviderKeys(to, out)
        fake.world.calls.clear()
        kid = str(fake.world.key("google").kid)
        assert await keys.key(kid, 0.0) is not None
        for number in range(1000):
            assert await keys.key(f"made-up {number}", 1.0 + number / 100) is None
        assert fake.world.calls.count(("google", "jwks")) == 2
        fake.world.rotate("google")
        new = str(fake.world.key("google").kid)
        assert await keys.key(new, 30.0) is None
        assert await keys.key(new, 62.0) is not None
        fake.world.fail("google", "jwks", Fault(503, "{}"))
        assert await keys.key(new, 70.0) is not None
        with pytest.raises(ProviderUnavailable):
            await ProviderKeys(to, out).key(new, 0.0)
    fake.world.heal()


async def test_a_minute_of_leeway_and_no_more(fake: FakeIdentity) -> None:
    to = at(fake, "google")
    async with outbound() as out:
        keys = ProviderKeys(to, out)
        token = fake.id_token("google", "bada", iat=1000, exp=2000)
        assert (await idtokens.read(token, to, keys, now=2059)).subject
        for moment in (2061.0, 900.0):
            with pytest.raises(ProviderTokenInvalid):
                await idtokens.read(token, to, keys, now=moment)


def self_signed(folder: Path) -> tuple[str, str]:
    """Files of a key and of a certificate that nobody vouches for."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return str(key), str(certificate)


async def test_a_provider_with_a_certificate_of_its_own_making_is_not_believed(
    tmp_path: Path,
) -> None:
    app = Starlette(routes=[Route("/jwks", lambda _: JSONResponse({"keys": []}))])
    certificate = self_signed(tmp_path)
    async with running(app, certificate=certificate) as url, outbound() as out:
        with pytest.raises(ProviderUnavailable):
            await out.get("google", f"{url}/jwks")
        trusting = ssl.create_default_context(cafile=certificate[1])
        async with httpx.AsyncClient(verify=trusting, trust_env=False) as client:
            assert (await client.get(f"{url}/jwks")).status_code == 200


async def test_an_answer_of_the_provider_leads_nowhere_else(fake: FakeIdentity) -> None:
    fake.world.fail("google", "jwks", Fault(302, "{}"))
    async with outbound() as out:
        with pytest.raises(ProviderUnavailable):
            await ProviderKeys(at(fake, "google"), out).key("x")
    fake.world.heal()
