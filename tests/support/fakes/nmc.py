"""A scriptable NMC API: rows given by the test, and faults on demand, once or for good."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

DIRECTORY = "getEgytListInfoInqire"
BEDS = "getEmrrmRltmUsefulSckbdInfoInqire"
SEVERE = "getSrsillDissAceptncPosblInfoInqire"
MESSAGES = "getEmrrmSrsillDissMsgInqire"
OPERATIONS = (DIRECTORY, BEDS, SEVERE, MESSAGES)

Row = Mapping[str, str]


@dataclass(slots=True)
class Fault:
    """What is answered instead of rows. `cut` ends the connection in the middle of the body;
    `times` is how often, None for good; a fault without a body only delays."""

    status: int = 200
    body: str | None = None
    delay_s: float = 0.0
    cut: bool = False
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request that came in."""

    operation: str
    parameters: Mapping[str, str]
    user_agent: str


@dataclass(slots=True)
class FakeNmc:
    """Rows and faults by operation; `base` is the path under which it is served."""

    simulated: bool = False
    rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    base: str = "/B552657/ErmctInfoInqireService"

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route(self.base + "/{operation}", self._answer)])

    def fail(self, fault: Fault, *operations: str) -> None:
        """Let some operations, or all of them, answer with a fault."""
        for operation in operations or OPERATIONS:
            self.faults[operation] = Fault(
                fault.status, fault.body, fault.delay_s, fault.cut, fault.times
            )

    def heal(self) -> None:
        self.faults.clear()

    async def _answer(self, request: Request) -> Response:
        operation = str(request.path_params["operation"])
        parameters = dict(request.query_params)
        agent = request.headers.get("user-agent", "")
        self.calls.append(Call(operation, parameters, agent))
        fault = self._due(operation)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
            if fault.body is not None:
                return self._response(fault.body, status=fault.status)
        text = envelope(self.rows.get(operation, ()), parameters)
        if fault is not None and fault.cut:
            return _half(text)
        return self._response(text)

    def _due(self, operation: str) -> Fault | None:
        fault = self.faults.get(operation)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self.faults[operation]
        return fault

    def _response(self, text: str, *, status: int = 200) -> Response:
        headers = {"X-ER-Simulated": "1"} if self.simulated else {}
        return Response(text, status, headers, media_type="application/xml")


def envelope(rows: Sequence[Row], parameters: Mapping[str, str]) -> str:
    """One page of rows as the live service wraps them."""
    page, size = int(parameters.get("pageNo", "1")), int(parameters.get("numOfRows", "10"))
    items = "".join(_item(row) for row in rows[(page - 1) * size : page * size])
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header>'
        "<resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body>"
        f"<items>{items}</items><numOfRows>{size}</numOfRows><pageNo>{page}</pageNo>"
        f"<totalCount>{len(rows)}</totalCount></body></response>"
    )


def _item(row: Row) -> str:
    return "<item>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in row.items()) + "</item>"


def _half(text: str) -> Response:
    whole = text.encode()

    async def chunks() -> AsyncIterator[bytes]:
        yield whole[: len(whole) // 2]
        raise ConnectionResetError("cut on purpose")

    return StreamingResponse(chunks(), headers={"content-length": str(len(whole))})
