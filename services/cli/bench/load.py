"""Load on one address over so many connections, by the plainest client there is.

Each connection asks again as soon as it was answered. The client only looks for the end of an
answer: it is not what is measured.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from services.cli.bench.latency import percentile
from services.cli.errors import CommandFailed

CONNECTIONS = 16
OK = b"HTTP/1.1 200"


@dataclass(frozen=True, slots=True)
class Target:
    """One request, always the same."""

    name: str
    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """The request as it goes over the wire."""
        place = urlsplit(self.url)
        head = {"host": place.netloc, "content-length": str(len(self.body)), **self.headers}
        if self.body:
            head["content-type"] = "application/json"
        lines = [f"{self.method} {place.path} HTTP/1.1", *(f"{k}: {v}" for k, v in head.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of every answer, and for how long was asked."""

    milliseconds: Sequence[float]
    seconds: float

    def plus(self, other: "Measured") -> "Measured":
        return Measured([*self.milliseconds, *other.milliseconds], self.seconds + other.seconds)

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    def at(self, share: float) -> float:
        """The milliseconds that so large a share does not exceed."""
        return percentile(list(self.milliseconds), share)


NOTHING = Measured((), 0.0)


def put_on(target: Target, seconds: float, connections: int = CONNECTIONS) -> Measured:
    """Ask for so many seconds; CommandFailed at the first answer that is not 200."""
    return asyncio.run(_put_on(target, seconds, connections))


async def _put_on(target: Target, seconds: float, connections: int) -> Measured:
    began = time.perf_counter()
    asked = [_ask(target, began + seconds) for _ in range(connections)]
    times = [one for found in await asyncio.gather(*asked) for one in found]
    return Measured(times, time.perf_counter() - began)


async def _ask(target: Target, until: float) -> list[float]:
    place, raw = urlsplit(target.url), target.raw()
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    times: list[float] = []
    try:
        while (began := time.perf_counter()) < until:
            writer.write(raw)
            await _answered(reader, target)
            times.append((time.perf_counter() - began) * 1000)
    finally:
        writer.close()
    return times


async def _answered(reader: asyncio.StreamReader, target: Target) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(OK):
        raise CommandFailed(f"{target.name} answered {head[9:12].decode()}")
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
