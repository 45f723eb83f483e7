"""The fictional providers: they refuse what real ones refuse, and are found where they say."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet

from simulator.app import IDENTITY_PATH, create_app
from simulator.identity.addresses import settings
from simulator.identity.world import CLIENT_ID, CLIENT_SECRET, challenge_of

BASE = "http://testserver" + IDENTITY_PATH
VERIFIER = "v" * 43


@pytest.fixture(scope="module")
def http() -> TestClient:
    return TestClient(create_app(), follow_redirects=False)


def code(http: TestClient, provider: str) -> str:
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": "http://us/back",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge_of(VERIFIER),
        "person": "haneul",
    }
    answer = http.get(f"{BASE}/{provider}/authorize", params=asked)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def exchanged(http: TestClient, provider: str, **changed: str) -> Any:
    form = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": "http://us/back",
        "code_verifier": VERIFIER,
        **changed,
    }
    return http.post(f"{BASE}/{provider}/token", data=form)


@pytest.mark.parametrize("provider", ["kakao", "naver", "google"])
def test_its_tokens_name_the_address_that_the_settings_name(
    provider: str, http: TestClient
) -> None:
    told = exchanged(http, provider, code=code(http, provider)).json()
    keys = KeySet.import_key_set(http.get(f"{BASE}/{provider}/jwks").json())
    claims = jwt.decode(told["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["iss"] == settings(BASE)[f"ER_AUTH_{provider.upper()}_ISSUER"]
    assert (claims["aud"], claims["nonce"]) == (CLIENT_ID, "n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "made-up"},
        {"code_verifier": "w" * 43},
        {"redirect_uri": "http://evil/back"},
        {"client_secret": "wrong"},
    ],
)
def test_it_refuses_what_a_real_one_refuses(wrong: dict[str, str], http: TestClient) -> None:
    for provider in ("kakao", "naver", "google"):
        told = exchanged(http, provider, **{"code": code(http, provider), **wrong}).json()
        assert "error" in told
        assert "id_token" not in told


def test_a_code_is_good_once(http: TestClient) -> None:
    once = code(http, "google")
    assert "id_token" in exchanged(http, "google", code=once).json()
    assert exchanged(http, "google", code=once).json()["error"] == "invalid_grant"


def test_its_page_says_that_nobody_on_it_exists(http: TestClient) -> None:
    asked = {"client_id": CLIENT_ID, "redirect_uri": "http://us/back"}
    page = http.get(f"{BASE}/kakao/authorize", params=asked)
    assert "SIMULATED" in page.text
    assert page.headers["x-er-simulated"] == "1"
