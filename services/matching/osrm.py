"""Minutes by road from a router on the inner network: one place to many hospitals at once.

OSRM takes places in its address: it is the one service that gets a place in a URL, and the place is
rounded to 0.001 degree before. Nothing here is logged but the class of a failure.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from services.matching.domain.ranking import Candidate
from services.matching.domain.travel import RANGE_BY_ROAD, Eta
from shared import logs
from shared.contracts.place import Place

MOST = 99
"""Hospitals of one table: with the place itself a hundred, which is what OSRM allows by default."""


class RouterFailed(Exception):
    """It did not answer in time, or not with a table; the text is a class name."""


@dataclass(frozen=True, slots=True)
class Router:
    """A router at an address; the transport belongs to whoever opened it. A transport and no
    client: that one logs the address of every call, and this one holds a place."""

    url: str
    transport: httpx.AsyncBaseTransport
    timeout_s: float

    async def refined(
        self, place: Place, candidates: Sequence[Candidate]
    ) -> tuple[list[Candidate], bool]:
        """The candidates with minutes by road, and whether the router answered. Those beyond the
        nearest `MOST`, and those that it finds no road to, keep their estimate."""
        by_car = [n for n, candidate in enumerate(candidates) if candidate.eta.by_car]
        asked = sorted(by_car, key=lambda n: candidates[n].eta.seconds)[:MOST]
        if not asked:
            return list(candidates), True
        try:
            durations = await self._table(place, [candidates[n] for n in asked])
        except RouterFailed as error:
            logs.logger("matching.osrm").warning("router failed", error=str(error))
            return list(candidates), False
        refined = list(candidates)
        for n, seconds in zip(asked, durations, strict=True):
            if seconds is not None:
                refined[n] = candidates[n]._replace(eta=by_road(seconds))
        return refined, True

    async def _table(self, place: Place, candidates: Sequence[Candidate]) -> list[float | None]:
        """Seconds to each, None where there is no road."""
        places = [(place.longitude, place.latitude)]
        places += [(c.hospital.longitude or 0.0, c.hospital.latitude or 0.0) for c in candidates]
        path = ";".join(f"{longitude:.5f},{latitude:.5f}" for longitude, latitude in places)
        address = f"{self.url.rstrip('/')}/table/v1/driving/{path}"
        request = httpx.Request("GET", f"{address}?sources=0&annotations=duration")
        try:
            async with asyncio.timeout(self.timeout_s):
                answer = await self.transport.handle_async_request(request)
                content = await answer.aread()
            return _row(json.loads(content), len(candidates))
        except (httpx.TransportError, OSError, ValueError, LookupError, TypeError) as error:
            raise RouterFailed(type(error).__name__) from error


def by_road(seconds: float) -> Eta:
    """A router knows the roads and not the traffic."""
    low, high = RANGE_BY_ROAD
    return Eta(round(seconds), round(seconds * low), round(seconds * high), "osrm")


def _row(told: dict[str, object], count: int) -> list[float | None]:
    if told["code"] != "Ok":
        raise ValueError("no table")
    table = told["durations"]
    row = table[0][1:]  # type: ignore[index]
    if len(row) != count or any(not (s is None or 0 <= float(s) < 1e6) for s in row):
        raise ValueError("not the table that was asked for")
    return [None if seconds is None else float(seconds) for seconds in row]
