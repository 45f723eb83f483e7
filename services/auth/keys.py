"""Signing keys: P-256 pairs named by their RFC 7638 thumbprint."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shared.contracts.auth import Jwk
from shared.health import Unusable

PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair; `private_key` is a PEM in clear and stays in this process."""

    kid: str
    private_key: str
    public: Jwk


class KeyUnreadable(Unusable):
    """The stored key was encrypted under another service key, or given keys are not usable."""


def generate() -> SigningKey:
    """A new key pair."""
    return _named(ec.generate_private_key(ec.SECP256R1()))


def read(bundle: str) -> list[SigningKey]:
    """The key pairs of a file or secret: one or more PEM blocks, the one that signs first."""
    keys = [_read(block) for block in PEM.findall(bundle)]
    if not keys:
        raise KeyUnreadable("the given signing keys hold no PEM block")
    return keys


def seal(private_key: str, service_key: str) -> bytes:
    """The PEM as it may be stored."""
    return _cipher(service_key).encrypt(private_key.encode())


def unseal(sealed: bytes, service_key: str) -> str:
    """The PEM in clear; KeyUnreadable where it was sealed under another key."""
    try:
        return _cipher(service_key).decrypt(sealed).decode()
    except InvalidToken as error:
        raise KeyUnreadable("ER_SERVICE_KEY does not open the stored signing key") from error


def _read(block: str) -> SigningKey:
    try:
        key = serialization.load_pem_private_key(block.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable("a given signing key is not a readable PEM") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnreadable("a given signing key is not of the curve P-256")
    return _named(key)


def _named(key: ec.EllipticCurvePrivateKey) -> SigningKey:
    numbers = key.public_key().public_numbers()
    x, y = (_base64url(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
    members = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    kid = _base64url(hashlib.sha256(members.encode()).digest())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = Jwk(kty="EC", crv="P-256", x=x, y=y, kid=kid, alg="ES256", use="sig")
    return SigningKey(kid, pem.decode(), public)


def _cipher(service_key: str) -> Fernet:
    secret = hmac.new(service_key.encode(), b"auth signing keys", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(secret))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
