"""The fictional providers of the simulator on a socket of their own, scripted by a test."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from simulator.identity.addresses import settings
from simulator.identity.app import create_app
from simulator.identity.world import World
from tests.support.running import running


@dataclass(frozen=True, slots=True)
class FakeIdentity:
    """Kakao, Naver and Google that do not exist; `world` is their script."""

    url: str
    world: World

    @property
    def settings(self) -> Mapping[str, str]:
        """The product's settings that lead here."""
        return settings(self.url)

    def issuer(self, provider: str) -> str:
        return f"{self.url}/{provider}"

    def id_token(self, provider: str, person: str, **changed: object) -> str:
        issuer = self.issuer(provider)
        changed.setdefault("iss", issuer)
        return self.world.id_token(provider, issuer, self.world.people[person], **changed)

    def access_token(self, person: str, **changed: int) -> str:
        """One of Kakao's."""
        return self.world.access_token("kakao", self.world.people[person], **changed)

    def back_from(self, authorize_url: str, person: str) -> str:
        """Where the provider sends the browser once that person has said who they are."""
        answer = httpx.get(
            f"{authorize_url}&person={person}", follow_redirects=False, trust_env=False
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


@contextmanager
def identity() -> Iterator[FakeIdentity]:
    """Served from a thread: the system under test is another process."""
    world, started, over = World(), threading.Event(), threading.Event()
    addresses: list[str] = []

    async def serve() -> None:
        async with running(create_app(world)) as url:
            addresses.append(url)
            started.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield FakeIdentity(addresses[0], world)
    finally:
        over.set()
        thread.join()
