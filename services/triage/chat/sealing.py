"""Encryption at rest: what people write is AES-256-GCM in PostgreSQL and in Redis alike."""

import hashlib
import hmac
import secrets
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
FAST = 1


class Unsealable(Exception):
    """Sealed under another key, or not by us."""


class Sealer:
    """Two keys from one secret: one seals, one marks owners and keys so that they can be found
    again without being known. `about` binds a sealed text to its row: moved, it does not open."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(_derived(secret, "chat: seal"))
        self._marker = _derived(secret, "chat: mark")

    def seal(self, plain: bytes, *, about: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, zlib.compress(plain, FAST), about.encode())

    def unseal(self, sealed: bytes, *, about: str) -> bytes:
        try:
            packed = self._cipher.decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode()
            )
            return zlib.decompress(packed)
        except (InvalidTag, ValueError, zlib.error) as error:
            raise Unsealable from error

    def mark(self, *parts: str) -> bytes:
        """32 bytes that stand for the parts."""
        return hmac.new(self._marker, "\0".join(parts).encode(), hashlib.sha256).digest()


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
