"""What people feel while rounds run: calls during continuous rounds against calls without."""

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.cli.address import Address
from services.cli.bench.asking import ALIVE, RECOMMENDATION, Call, connected, paced, timed
from services.cli.bench.house import Feed, everything, inner, scaled

PACES_S = {RECOMMENDATION: 0.2, ALIVE: 0.02}
TURNS = 4
WARM_UP = 30


@dataclass(frozen=True, slots=True)
class Felt:
    """Milliseconds of one kind of call, without rounds and during rounds."""

    call: str
    calls: int
    quiet_p50: float
    quiet_p99: float
    rounds_p50: float
    rounds_p99: float

    @property
    def ratio(self) -> float:
        return self.rounds_p99 / self.quiet_p99


@dataclass(frozen=True, slots=True)
class Latency:
    """One way of running the services."""

    system: str
    rounds: int
    felt: tuple[Felt, ...]


def measure(state: Path, feed_url: str, seconds: float, *, processes: bool) -> Latency:
    """Half of the time with rounds and half without, in turns, so that a noisy minute of the
    machine falls on both."""
    name = "a process per service" if processes else "one process"
    with scaled(state, feed_url, 1) as feed:
        feed.step()
        folder = state / ("processes" if processes else "whole")
        with everything(folder, feed.url, processes=processes) as address:
            _warm_up(address)
            quiet: dict[Call, list[float]] = {call: [] for call in PACES_S}
            loud: dict[Call, list[float]] = {call: [] for call in PACES_S}
            done = 0
            for _ in range(TURNS):
                _ask(address, seconds / TURNS, quiet)
                with _rounds(address, feed) as made:
                    _ask(address, seconds / TURNS, loud)
                done += made.count
    return Latency(name, done, tuple(_felt(call, quiet[call], loud[call]) for call in PACES_S))


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so large a share does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _felt(call: Call, quiet: list[float], loud: list[float]) -> Felt:
    return Felt(
        f"{call.method} {call.path}",
        len(loud),
        percentile(quiet, 0.5),
        percentile(quiet, 0.99),
        percentile(loud, 0.5),
        percentile(loud, 0.99),
    )


def _warm_up(address: Address) -> None:
    for call in PACES_S:
        connection = connected(address.gateway)
        for _ in range(WARM_UP):
            timed(connection, call)
        connection.close()


def _ask(address: Address, seconds: float, into: dict[Call, list[float]]) -> None:
    with ThreadPoolExecutor(len(PACES_S)) as threads:
        asked = {
            call: threads.submit(paced, address.gateway, call, every_s=pace, seconds=seconds)
            for call, pace in PACES_S.items()
        }
    for call, times in asked.items():
        into[call] += times.result()


@dataclass(slots=True)
class _Made:
    count: int = 0
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def _rounds(address: Address, feed: Feed) -> Iterator[_Made]:
    """Rounds one after the other, with no pause between them, while the block runs."""
    made, over = _Made(), threading.Event()

    def work() -> None:
        try:
            with inner(address.inner["sync"], "sync", address.key) as client:
                while not over.is_set():
                    feed.step()
                    client.post("/v1/refresh").raise_for_status()
                    made.count += 1
        except httpx.HTTPError as error:
            made.errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        over.set()
        thread.join()
    for error in made.errors:
        raise error
