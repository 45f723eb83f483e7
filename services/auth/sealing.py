"""Encryption at rest: AES-256-GCM bound to its place; keyed digests of what is only compared."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class SealBroken(Exception):
    """What was sealed was changed, moved to another place, or sealed under another key."""


class Sealer:
    """Seals under a key derived from a secret for one purpose; `place` binds a text to its row."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = derived(secret, purpose)
        self._cipher = AESGCM(self._key)

    def seal(self, text: str, place: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """The text; SealBroken where it is not the one that was sealed for this place."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    def digest(self, text: str) -> bytes:
        """32 bytes that tell nothing of the text to whoever lacks the key."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).digest()


def derived(secret: str, purpose: str) -> bytes:
    """A 256-bit key for one purpose; the secret is random, so one HMAC is enough (RFC 5869)."""
    return hmac.new(secret.encode(), f"smart-er-match: {purpose}".encode(), hashlib.sha256).digest()


def fingerprint(token: str) -> str:
    """What Redis may know of a random token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
