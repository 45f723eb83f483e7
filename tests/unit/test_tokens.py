"""Tokens: what we sign is accepted, everything else is refused."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jwt

from services.auth.keys import generate
from shared import tokens

KEY = generate()
OTHER = generate()
KEYS = tokens.key_set([KEY.public.model_dump()])
WHERE = {"issuer": "issuer", "audience": "audience"}


def claims(**changed: object) -> dict[str, object]:
    now = int(time.time())
    base: dict[str, object] = {
        "iss": "issuer", "aud": "audience", "sub": "guest:1", "sid": "1", "jti": "j",
        "iat": now, "nbf": now, "exp": now + 60, "scope": "guest", "ver": 1,
    }  # fmt: skip
    return {name: value for name, value in {**base, **changed}.items() if value is not None}


def signed(**changed: object) -> str:
    return tokens.sign(claims(**changed), private_key=KEY.private_key, kid=KEY.kid)


def test_what_was_signed_is_read_back() -> None:
    read = tokens.verify(signed(), KEYS, **WHERE)
    assert (read.subject, read.session, read.scope) == ("guest:1", "1", "guest")


@pytest.mark.parametrize(
    "name", ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "sid", "scope", "ver"]
)
def test_every_claim_is_required(name: str) -> None:
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(signed(**{name: None}), KEYS, **WHERE)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "another"},
        {"aud": "another"},
        {"aud": ["audience", "another"]},
        {"exp": 1},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"sub": ""},
        {"ver": 2},
    ],
)
def test_a_wrong_claim_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(signed(**changed), KEYS, **WHERE)


def test_another_key_under_our_kid_is_refused() -> None:
    forged = tokens.sign(claims(), private_key=OTHER.private_key, kid=KEY.kid)
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(forged, KEYS, **WHERE)


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["x"]},
        {"jku": "http://127.0.0.1/keys"},
        {"jwk": KEY.public.model_dump()},
        {"typ": "JWT"},
        {"kid": "../../x"},
    ],
)
def test_a_header_that_says_more_or_other_is_refused(extra: dict[str, Any]) -> None:
    headers = {"kid": KEY.kid, "typ": tokens.TYPE, **extra}
    forged = jwt.encode(claims(), KEY.private_key, algorithm="ES256", headers=headers)
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(forged, KEYS, **WHERE)


def test_a_public_key_is_no_secret() -> None:
    headers = {"kid": KEY.kid, "typ": tokens.TYPE}
    public = json.dumps(KEY.public.model_dump())
    forged = jwt.encode(claims(), public, algorithm="HS256", headers=headers)
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(forged, KEYS, **WHERE)


def test_no_algorithm_is_refused() -> None:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    header = part({"alg": "none", "kid": KEY.kid, "typ": tokens.TYPE})
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(f"{header}.{part(claims())}.", KEYS, **WHERE)


def test_a_huge_token_is_refused_before_it_is_read() -> None:
    with pytest.raises(tokens.TokenRefused, match="too long"):
        tokens.verify("a" * 1_000_000, KEYS, **WHERE)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused(data: st.DataObject) -> None:
    token = signed()
    place = data.draw(st.integers(0, len(token) - 1))
    put = data.draw(st.sampled_from("abcXYZ019-_."))
    mutated = token[:place] + put + token[place + 1 :]
    if _same(mutated, token):
        return
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(mutated, KEYS, **WHERE)


def _same(one: str, other: str) -> bool:
    """The last character of a base64 part holds bits that mean nothing."""

    def bytes_of(token: str) -> list[bytes]:
        return [base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)) for p in token.split(".")]

    try:
        return bytes_of(one) == bytes_of(other)
    except ValueError:
        return False
