"""Fictional people, the keys and grants of three fictional providers, and faults on demand."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

PROVIDERS = ("kakao", "naver", "google")
APP_ID = 4711
"""The number under which Kakao knows the demonstration's app."""
CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-client-secret"
LIFE_S = 3600


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody made up; `number` is what Kakao calls them."""

    number: int
    name: str
    email: str


PEOPLE = {
    "haneul": Person(9000000001, "김하늘 (가상)", "haneul@example.invalid"),
    "bada": Person(9000000002, "이바다 (가상)", "bada@example.invalid"),
    "nara": Person(9000000003, "박나라 (가상)", "nara@example.invalid"),
}


@dataclass(slots=True)
class Fault:
    """What is answered instead; without a body it only delays. `times` None: always."""

    status: int = 200
    body: str | None = None
    delay_s: float = 0.0
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A code that waits to be exchanged."""

    provider: str
    person: Person
    redirect_uri: str
    nonce: str | None
    challenge: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """An access token of an app."""

    provider: str
    person: Person
    app_id: int
    expires_at: float


@dataclass(slots=True)
class World:
    """Everything the providers know. A script may read and change all of it."""

    people: dict[str, Person] = field(default_factory=lambda: dict(PEOPLE))
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    accesses: dict[str, Access] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    """Put over the claims of the ID tokens that codes bring; None takes a claim out."""
    tells_id_tokens: bool = True
    _keys: dict[str, list[RSAKey]] = field(default_factory=dict)

    def fail(self, provider: str, operation: str, fault: Fault) -> None:
        self.faults[provider, operation] = fault

    def heal(self) -> None:
        self.faults.clear()
        self.claims.clear()
        self.tells_id_tokens = True

    def due(self, provider: str, operation: str) -> Fault | None:
        """The call is noted; the fault that it meets."""
        self.calls.append((provider, operation))
        fault = self.faults.get((provider, operation))
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self.faults[provider, operation]
        return fault

    def rotate(self, provider: str) -> None:
        """Sign with a new key from now on; the former one is told no more."""
        self._keys[provider] = [_new_key()]

    def key(self, provider: str) -> RSAKey:
        if provider not in self._keys:
            self.rotate(provider)
        return self._keys[provider][0]

    def jwks(self, provider: str) -> Mapping[str, Any]:
        self.key(provider)
        return {"keys": [key.as_dict(private=False) for key in self._keys[provider]]}

    def grant(self, grant: Grant) -> str:
        code = secrets.token_urlsafe(24)
        self.grants[code] = grant
        return code

    def access_token(
        self, provider: str, person: Person, *, app_id: int = APP_ID, life_s: float = LIFE_S
    ) -> str:
        token = secrets.token_urlsafe(32)
        self.accesses[token] = Access(provider, person, app_id, time.time() + life_s)
        return token

    def id_token(self, provider: str, issuer: str, person: Person, **changed: Any) -> str:
        """An ID token; what is changed to None is left out, `header` changes its header."""
        now = int(time.time())
        header = {"alg": "RS256", "kid": self.key(provider).kid, **changed.pop("header", {})}
        told: dict[str, Any] = {
            "iss": issuer,
            "aud": CLIENT_ID,
            "sub": self.subject(provider, person),
            "iat": now,
            "exp": now + LIFE_S,
            "name": person.name,
            "email": person.email,
            **changed,
        }
        claims = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(header, claims, self.key(provider), algorithms=["RS256"])

    @staticmethod
    def subject(provider: str, person: Person) -> str:
        """Naver's subjects are made for each client; Kakao's is the number as text."""
        if provider == "kakao":
            return str(person.number)
        return hashlib.sha256(f"{provider}:{person.number}".encode()).hexdigest()[:32]


def challenge_of(verifier: str) -> str:
    """PKCE, S256 (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def error(name: str, **more: str) -> str:
    """The body of an OAuth error."""
    return json.dumps({"error": name, "error_description": "가상의 오류", **more})


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})
