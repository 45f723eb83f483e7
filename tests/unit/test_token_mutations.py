"""Every byte of a valid token counts: what was changed anywhere is refused."""

import random
import string
import time

import pytest

from services.auth.keys import generate
from shared import tokens
from tests.unit.test_tokens import KEY, KEYS, WHERE, signed

ANYTHING = string.ascii_letters + string.digits + "-_.=+/ !\n\x00é가"


def mutations(token: str, per_place: int, rng: random.Random) -> list[str]:
    """Each place replaced by other characters, doubled, and taken out."""
    found = []
    for place, was in enumerate(token):
        before, after = token[:place], token[place + 1 :]
        others = rng.sample([c for c in ANYTHING if c != was], per_place)
        found += [before + put + after for put in others]
        found += [before + was + was + after, before + after]
    return [text for text in dict.fromkeys(found) if text != token]


def accepted(per_place: int, at_most: int | None = None) -> tuple[int, list[str]]:
    """How many mutations of valid tokens were tried, and those that were taken."""
    rng = random.Random(7)
    tried = mutations(signed(), per_place, rng)
    if at_most is not None:
        tried = rng.sample(tried, at_most)
    taken = []
    for token in tried:
        try:
            tokens.verify(token, KEYS, **WHERE)
        except tokens.TokenRefused:
            continue
        taken.append(token)
    return len(tried), taken


def test_a_few_hundred_mutations_are_refused() -> None:
    tried, taken = accepted(1, at_most=800)
    assert (tried, taken) == (800, [])


@pytest.mark.full
def test_five_thousand_mutations_over_every_byte_are_refused() -> None:
    tried, taken = accepted(12)
    assert tried >= 5000
    assert taken == []


def test_the_spare_bits_of_every_part_must_be_zero() -> None:
    head, body, sign = signed().split(".")
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    spellings = [alphabet[alphabet.index(sign[-1]) ^ bits] for bits in range(1, 16)]
    for last in spellings:
        with pytest.raises(tokens.TokenRefused):
            tokens.verify(f"{head}.{body}.{sign[:-1]}{last}", KEYS, **WHERE)


@pytest.mark.parametrize("scope", [tokens.GUEST_SCOPE, tokens.USER_SCOPE])
def test_a_token_that_would_live_too_long_is_refused(scope: str) -> None:
    now = int(time.time())
    life = tokens.LIFE_LIMITS_S[scope]
    assert tokens.verify(signed(scope=scope, iat=now, exp=now + life), KEYS, **WHERE)
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(signed(scope=scope, iat=now, exp=now + life + 1), KEYS, **WHERE)


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(signed(scope="admin"), KEYS, **WHERE)


def test_leeway_is_half_a_minute() -> None:
    now = int(time.time())
    assert tokens.verify(signed(iat=now - 100, exp=now - 25), KEYS, **WHERE)
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(signed(iat=now - 100, exp=now - 35), KEYS, **WHERE)


def test_only_the_key_that_is_named_verifies() -> None:
    other = generate()
    both = {**KEYS, **tokens.key_set([other.public.model_dump()])}
    token = tokens.sign({"iss": "issuer"}, private_key=KEY.private_key, kid=other.kid)
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(token, both, **WHERE)
