"""The open streams: each keeps its place in one short history, so none has a queue of its own."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.gateway.events.changes import Circle, Told
from shared import logs
from shared.contracts.events import BedsEvent, DroppedEvent
from shared.problems import Unavailable

KEPT = 24
"""Snapshots that a returning client can still be told: two hours of the usual interval."""
LAG = 3
"""Snapshots that a client may be behind while it is connected."""
RECONNECT_MS = 3000


class Streams:
    """Tells every stream of each snapshot. A client that falls behind is dropped with a word."""

    def __init__(self, registry: CollectorRegistry, *, at_most: int) -> None:
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self._count = 0
        self._more = asyncio.Event()
        self._ending = False
        self._at_most = at_most
        self._open = Gauge("er_event_streams", "Open event streams", registry=registry)
        self._dropped = Counter(
            "er_event_streams_dropped", "Streams of clients that were too slow", registry=registry
        )
        self._open_now = 0

    def tell(self, news: Told) -> None:
        """One more snapshot for everybody."""
        self._kept.append(news)
        self._count += 1
        self._wake()

    def end(self) -> None:
        """Let every stream end, as the process does."""
        self._ending = True
        self._wake()

    def require_room(self) -> None:
        """Unavailable where as many streams are open as this process may hold."""
        if self._open_now >= self._at_most:
            raise Unavailable("too many streams are open; ask again in a minute")

    async def events(self, circle: Circle, last_event_id: str | None) -> AsyncIterator[bytes]:
        """What one client is told, as server-sent events, until either side ends it."""
        self._count_open(+1)
        try:
            seen, known = self._number_of(last_event_id), self._count
            yield f"retry: {RECONNECT_MS}\n\n".encode()
            if seen is None:
                yield self._resync()
                seen = known
            async for event in self._from(seen, circle):
                yield event
        finally:
            self._count_open(-1)

    async def _from(self, seen: int, circle: Circle) -> AsyncIterator[bytes]:
        limit = KEPT  # who comes back may have missed more than who is here
        places, inside = None, frozenset[str]()
        while not self._ending:
            more = self._more
            if self._count - seen > limit:
                yield self._drop()
                return
            for news in list(self._kept)[len(self._kept) - (self._count - seen) :]:
                if news.places is not places:
                    places, inside = news.places, news.inside(circle)
                seen += 1
                yield _event("beds", news.data(inside), news.version)
            limit = LAG
            if seen == self._count:
                await more.wait()

    def _number_of(self, last_event_id: str | None) -> int | None:
        """How many snapshots a client has seen; None where its last one is not known here."""
        if last_event_id is None:
            return self._count
        for back, news in enumerate(reversed(self._kept)):
            if news.version == last_event_id:
                return self._count - back
        return None

    def _resync(self) -> bytes:
        if not self._kept:
            return _event("resync", "{}", None)
        newest = self._kept[-1]
        data = BedsEvent(
            snapshot=newest.version,
            generated_at=newest.generated_at,
            simulated=newest.simulated,
            changes=[],
        )
        return _event("resync", data.model_dump_json(), newest.version)

    def _drop(self) -> bytes:
        self._dropped.inc()
        logs.logger("gateway.events").info("stream dropped", reason="slow")
        return _event("dropped", DroppedEvent(reason="slow").model_dump_json(), None)

    def _wake(self) -> None:
        waiting, self._more = self._more, asyncio.Event()
        waiting.set()

    def _count_open(self, change: int) -> None:
        self._open_now += change
        self._open.set(self._open_now)


def _event(name: str, data: str, version: str | None) -> bytes:
    told_id = f"id: {version}\n" if version else ""
    return f"{told_id}event: {name}\ndata: {data}\n\n".encode()
