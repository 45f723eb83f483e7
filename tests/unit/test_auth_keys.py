"""Signing keys as files bring them, and their names."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey

from services.auth.keys import KeyUnreadable, generate, read
from services.auth.settings import Settings
from shared.settings import SettingsError

BASE = {"database_url": "postgresql://x", "redis_url": "redis://x"}
STRONG = {"profile": "production", "service_key": "k" * 40, "data_key": "d" * 40}


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def test_a_kid_is_the_thumbprint_that_another_library_finds() -> None:
    made = generate()
    told = made.public.model_dump(include={"kty", "crv", "x", "y"})
    assert ECKey.import_key(told).thumbprint() == made.kid


def test_a_bundle_holds_the_keys_in_their_order() -> None:
    first, second = generate(), generate()
    found = read(f"# ours\n{first.private_key}\n{second.private_key}")
    assert [key.kid for key in found] == [first.kid, second.kid]
    assert read(pem(ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize(
    "bundle",
    [
        "",
        "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(65537, 2048)),
    ],
)
def test_other_keys_are_refused_in_a_line_without_the_key(bundle: str) -> None:
    with pytest.raises(KeyUnreadable) as refused:
        read(bundle)
    assert "BEGIN" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_production_needs_keys_and_a_data_key() -> None:
    for changed, told in (
        ({}, "ER_AUTH_SIGNING_KEYS"),
        ({"signing_keys": "x", "data_key": "short"}, "ER_AUTH_DATA_KEY"),
        (
            {"signing_keys": "x", "kakao_client_id": "x", "kakao_token_url": "http://x"},
            "https alone",
        ),
    ):
        settings = Settings.model_validate({**BASE, **STRONG, **changed})
        with pytest.raises(SettingsError, match=told):
            settings.refuse_unsafe()
    Settings.model_validate({**BASE, **STRONG, "signing_keys": "x"}).refuse_unsafe()


def test_a_secret_of_one_line_is_read_too() -> None:
    made = generate()
    one_line = made.private_key.replace("\n", "\\n")
    settings = Settings.model_validate({**BASE, "signing_keys": one_line})
    assert [key.kid for key in settings.source().given] == [made.kid]


def test_a_provider_without_a_client_id_is_not_offered() -> None:
    assert Settings.model_validate(BASE).endpoints() == {}
    some = Settings.model_validate({**BASE, "naver_client_id": "a, b", "naver_classic": "on"})
    naver = some.endpoints()["naver"]
    assert (naver.client_id, naver.client_ids, naver.space) == ("a", ("a", "b"), "naver-classic")
