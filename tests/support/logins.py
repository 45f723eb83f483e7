"""People who log in with the fictional providers, as a browser and as a phone do."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.support.fakes.identity import FakeIdentity
from tests.support.systems import System

_addresses = itertools.count(1)


def somebody(system: System) -> httpx.Client:
    """A client from an address that nobody else in the test run has, behind a trusted proxy."""
    number = next(_addresses)
    headers = {"x-forwarded-for": f"198.51.{number // 250}.{number % 250 + 1}"}
    return httpx.Client(
        base_url=system.address.gateway, headers=headers, timeout=20, trust_env=False
    )


@dataclass(frozen=True, slots=True)
class Providers:
    """Logins on a running system."""

    fake: FakeIdentity

    def begin(self, client: httpx.Client, provider: str, **query: str) -> httpx.Response:
        return client.get(f"/v1/auth/{provider}/authorize", params=query)

    def back(self, client: httpx.Client, provider: str, person: str = "haneul") -> str:
        """The path with which the provider sends the browser back to us."""
        begun = self.begin(client, provider)
        assert begun.status_code == 302, begun.text
        back = urlsplit(self.fake.back_from(begun.headers["location"], person))
        return f"{back.path}?{back.query}"

    def by_browser(
        self, client: httpx.Client, provider: str = "kakao", person: str = "haneul"
    ) -> dict[str, Any]:
        """A whole code flow; the tokens."""
        answer = client.get(self.back(client, provider, person))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def nonce(self, client: httpx.Client, provider: str) -> str:
        answer = client.post(f"/v1/auth/{provider}/nonce", json={})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["nonce"])

    def post(self, client: httpx.Client, provider: str, **proof: str) -> httpx.Response:
        return client.post(f"/v1/auth/{provider}/token", json=proof)


def bearer(tokens: Mapping[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens['access_token']}"}


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return str(answer.json()["type"]).removeprefix("urn:er:")
