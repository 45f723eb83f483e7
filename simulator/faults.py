"""Faults of the feed, switched on and off over HTTP while the simulator runs."""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Receive, Scope, Send

from simulator.alterations import ROW_CHANGES, TEXT_CHANGES, Asked
from simulator.answers import OPERATIONS, Query, Row
from simulator.refusals import REFUSALS, Refusal

SLOW_S = 20.0
TRANSPORT = ("slow", "half-sent", "reset")
_HANG_UP = "hang_up"
NAMES = frozenset((*REFUSALS, *ROW_CHANGES, *TEXT_CHANGES, *TRANSPORT))


@dataclass(slots=True)
class Active:
    """A fault that is on. `rounds` counts the first pages of each operation still to come."""

    name: str
    operation: str | None
    since: datetime
    until: datetime | None
    rounds: int | None
    served: dict[str, int] = field(default_factory=dict)

    def is_met_by(self, operation: str, now: datetime) -> bool:
        """The request at hand, counted already, still meets it."""
        return self._lasts(now) and (
            self.rounds is None or self.served.get(operation, 0) <= self.rounds
        )

    def is_to_come(self, operation: str, now: datetime) -> bool:
        """Another round of the operation would meet it."""
        return self._lasts(now) and (
            self.rounds is None or self.served.get(operation, 0) < self.rounds
        )

    def _lasts(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class Switchboard:
    """Which faults are on now. The clock is the simulator's."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._active: list[Active] = []

    def switch_on(
        self,
        name: str,
        *,
        operation: str | None = None,
        rounds: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Another fault, from now on. Raises KeyError for a name that is not known."""
        if name not in NAMES:
            raise KeyError(name)
        if operation is not None and operation not in OPERATIONS:
            raise KeyError(operation)
        now = self._clock()
        until = None if seconds is None else now + timedelta(seconds=seconds)
        self._active.append(Active(name, operation, now, until, rounds))

    def switch_off(self) -> None:
        self._active.clear()

    def on(self) -> list[Active]:
        """Faults that some operation can still meet."""
        now = self._clock()
        return [
            fault
            for fault in self._active
            if any(fault.is_to_come(operation, now) for operation in _of(fault))
        ]

    def meeting(self, operation: str, query: Query) -> "Meeting":
        """The faults that this request meets. A first page begins a new round of its operation."""
        now = self._clock()
        concerned = [fault for fault in self._active if operation in _of(fault)]
        if query.get("pageno", "1") == "1":
            for fault in concerned:
                fault.served[operation] = fault.served.get(operation, 0) + 1
        return Meeting([f for f in concerned if f.is_met_by(operation, now)], query)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Faults applied to one request, in the order in which they were switched on."""

    faults: Sequence[Active]
    query: Query

    @property
    def refusal(self) -> Refusal | None:
        return next((REFUSALS[f.name] for f in self.faults if f.name in REFUSALS), None)

    def has(self, name: str) -> bool:
        return any(fault.name == name for fault in self.faults)

    def rows(self, rows: list[Row]) -> list[Row]:
        for fault in self.faults:
            if fault.name in ROW_CHANGES:
                rows = ROW_CHANGES[fault.name](rows, Asked(self.query, fault.since))
        return rows

    def text(self, text: str) -> str:
        for fault in self.faults:
            if fault.name in TEXT_CHANGES:
                text = TEXT_CHANGES[fault.name](text)
        return text

    async def wait(self) -> None:
        if self.has("slow"):
            await asyncio.sleep(SLOW_S)


class Broken(Response):
    """A response that ends in the middle of its body, or before it began (`share` 0)."""

    def __init__(self, whole: bytes, share: float) -> None:
        super().__init__(whole, media_type="application/xml")
        self._sent = whole[: int(len(whole) * share)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._sent:
            headers = self.raw_headers
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._sent, "more_body": True})
        scope["state"][_HANG_UP]()
        await asyncio.sleep(0.01)  # the server learns of it before it looks for the rest


class Severable(FastAPI):
    """An application whose responses can cut the caller off. ASGI has no word for it, so the
    server's own transport does it; under a server without one the request just dies."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})[_HANG_UP] = _hang_up(send)
        await super().__call__(scope, receive, send)


class FaultRequest(BaseModel):
    """One fault to switch on; without an end it stays until all are switched off."""

    model_config = ConfigDict(extra="forbid")

    fault: str
    operation: str | None = None
    rounds: Annotated[int, Field(ge=1, le=1000)] | None = None
    seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None


def control(switchboard: Switchboard) -> APIRouter:
    """`/faults`: outside the API's path, and for callers on this machine only."""
    router = APIRouter()

    @router.get("/faults")
    async def tell(request: Request) -> Response:
        return _told(request, switchboard)

    @router.post("/faults")
    async def switch_on(request: Request, wanted: FaultRequest) -> Response:
        if not _is_local(request):
            return _unknown_path()
        try:
            switchboard.switch_on(
                wanted.fault,
                operation=wanted.operation,
                rounds=wanted.rounds,
                seconds=wanted.seconds,
            )
        except KeyError as error:
            return JSONResponse({"unknown": str(error.args[0])}, status_code=422)
        return _told(request, switchboard)

    @router.delete("/faults")
    async def switch_off(request: Request) -> Response:
        if _is_local(request):
            switchboard.switch_off()
        return _told(request, switchboard)

    return router


def _hang_up(send: Send) -> Callable[[], None]:
    transport = getattr(getattr(send, "__self__", None), "transport", None)

    def cut() -> None:
        if transport is None:
            raise ConnectionResetError("cut on purpose")
        transport.abort()

    return cut


def _of(fault: Active) -> list[str]:
    return [fault.operation] if fault.operation else list(OPERATIONS)


def _told(request: Request, switchboard: Switchboard) -> Response:
    if not _is_local(request):
        return _unknown_path()
    on = [
        {
            "fault": fault.name,
            "operation": fault.operation,
            "since": fault.since.isoformat(),
            "until": fault.until.isoformat() if fault.until else None,
            "rounds": fault.rounds,
        }
        for fault in switchboard.on()
    ]
    return JSONResponse({"on": on, "known": sorted(NAMES), "operations": sorted(OPERATIONS)})


def _is_local(request: Request) -> bool:
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


def _unknown_path() -> Response:
    return Response("API not found", status_code=404, media_type="text/plain")
