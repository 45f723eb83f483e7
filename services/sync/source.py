"""The client of ErmctInfoInqireService: one nationwide call per operation, pages while told."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

import httpx

from services.sync.failures import (
    DatasetMismatch,
    EmptyAnswer,
    Unreachable,
    Unreadable,
)
from services.sync.reading import Page, Row, read_page

USER_AGENT = "smart-er-match-sync/1.0"
BODY_LIMIT_BYTES = 32 * 1024 * 1024
PAGE_ROWS = 1000
MOST_PAGES = 200


class Operation(StrEnum):
    """The four operations of a round, by the name under which they are told to operators."""

    DIRECTORY = "directory"
    BEDS = "beds"
    SEVERE = "severe"
    MESSAGES = "messages"

    @property
    def path(self) -> str:
        return _PATHS[self]


_PATHS = {
    Operation.DIRECTORY: "getEgytListInfoInqire",
    Operation.BEDS: "getEmrrmRltmUsefulSckbdInfoInqire",
    Operation.SEVERE: "getSrsillDissAceptncPosblInfoInqire",
    Operation.MESSAGES: "getEmrrmSrsillDissMsgInqire",
}


@dataclass(frozen=True, slots=True)
class Source:
    """`client` stays its creator's. `simulated` is what answers must be marked as, or not."""

    client: httpx.AsyncClient
    url: str
    key: str
    simulated: bool
    total_timeout_s: float

    async def fetch(self, operation: Operation) -> list[Row]:
        """All rows of the country; raises SourceFailure. No rows at all is a failure too, except
        of messages, of which there may be none."""
        rows: list[Row] = []
        last: tuple[Row, ...] = ()
        for number in range(1, MOST_PAGES + 1):
            page = await self._page(operation, number)
            # A page told again means that page numbers are not heeded: asking on brings no more.
            if page.rows == last:
                break
            last = page.rows
            rows += page.rows
            if not page.rows or len(rows) >= page.total:
                break
        if not rows and operation is not Operation.MESSAGES:
            raise EmptyAnswer(f"{operation}: no rows at all")
        return rows

    async def _page(self, operation: Operation, number: int) -> Page:
        try:
            async with asyncio.timeout(self.total_timeout_s):
                response, body = await self._get(operation, number)
        except TimeoutError as error:
            raise Unreachable(f"{operation}: no answer in {self.total_timeout_s:g} s") from error
        except httpx.InvalidURL as error:
            raise Unreadable(f"{operation}: the address is none") from error
        except httpx.HTTPError as error:
            raise Unreachable(f"{operation}: {type(error).__name__}") from error
        page = await asyncio.to_thread(read_page, response.status_code, body)
        if (response.headers.get("x-er-simulated") == "1") is not self.simulated:
            raise DatasetMismatch(f"{operation}: the answer belongs to the other dataset")
        return page

    async def _get(self, operation: Operation, number: int) -> tuple[httpx.Response, bytes]:
        # STAGE1 and STAGE2 stay out: regions get renamed and then answer nothing, with code 00.
        parameters: dict[str, str | int] = {
            "serviceKey": decoded(self.key) or "none",
            "pageNo": number,
            "numOfRows": PAGE_ROWS,
        }
        address = f"{self.url.rstrip('/')}/{operation.path}"
        body = bytearray()
        async with self.client.stream(
            "GET", address, params=parameters, headers={"User-Agent": USER_AGENT}
        ) as response:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > BODY_LIMIT_BYTES:
                    raise Unreadable(f"{operation}: over {BODY_LIMIT_BYTES} bytes")
        return response, bytes(body)


def decoded(key: str) -> str:
    """The key as it was issued: its encoded form is decoded once, the client encodes again."""
    return unquote(key) if "%" in key else key
