"""A scriptable router: the table service of OSRM, with failures on demand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Place = tuple[float, float]


@dataclass(slots=True)
class FakeOsrm:
    """Answers seconds by destination (longitude, latitude at three digits), `otherwise` for the
    rest, None where there is no road; `body` and `status` replace the whole answer."""

    seconds: Mapping[Place, float | None] = field(default_factory=dict)
    otherwise: float | None = 600.0
    delay_s: float = 0.0
    status: int = 200
    body: Any = None
    asked: list[list[Place]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/table/v1/driving/{places}", self._table)])

    async def _table(self, request: Request) -> Response:
        assert request.query_params["sources"] == "0"
        places = [
            (float(longitude), float(latitude))
            for longitude, latitude in (
                part.split(",") for part in request.path_params["places"].split(";")
            )
        ]
        self.asked.append(places)
        await asyncio.sleep(self.delay_s)
        if self.body is not None or self.status != 200:
            return JSONResponse(self.body or {"code": "InvalidQuery"}, self.status)
        row = [self._to(place) for place in places]
        return JSONResponse({"code": "Ok", "durations": [[0.0, *row[1:]]]})

    def _to(self, place: Place) -> float | None:
        return self.seconds.get((round(place[0], 3), round(place[1], 3)), self.otherwise)
