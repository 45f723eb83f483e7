"""python -m services.cli.bench.feed: a feed that is N times another one, moved on by POST /step.

It refuses until its first step. The mark of simulated data is taken off: a bench keeps its data
in a folder of its own, which is removed with it.
"""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

import httpx
import uvicorn
from defusedxml.ElementTree import fromstring
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.cli.bench.country import OPERATIONS, Edition, Row, edition

PATH = "/B552657/ErmctInfoInqireService"
PAGE_ROWS = 1000
READ_TIMEOUT_S = 30.0


def read_rows(url: str, key: str) -> dict[str, list[Row]]:
    """All rows of the four operations of another feed."""
    with httpx.Client(timeout=READ_TIMEOUT_S, trust_env=False) as client:
        return {
            operation: _operation_rows(client, f"{url.rstrip('/')}/{operation}", key)
            for operation in OPERATIONS
        }


def create_app(rows: dict[str, list[Row]], times: int, clock: Callable[[], datetime]) -> Starlette:
    """The feed over rows that were read before."""
    editions: list[Edition] = []
    sent = {"steps": 0, "bytes": 0}

    async def step(_: Request) -> Response:
        editions[:] = [edition(rows, times, sent["steps"], clock())]
        told = dict(sent)
        sent.update(steps=sent["steps"] + 1, bytes=0)
        return JSONResponse(told)

    async def operate(request: Request) -> Response:
        if not editions:
            return PlainTextResponse("Unexpected errors", status_code=500)
        number, size = (int(request.query_params[name]) for name in ("pageNo", "numOfRows"))
        body = editions[0].page(request.path_params["operation"], number, size)
        sent["bytes"] += len(body)
        return Response(body, media_type="application/xml")

    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/step", step, methods=["POST"]),
            Route(PATH + "/{operation}", operate),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", required=True, help="base address of the other feed")
    parser.add_argument("--times", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    rows = read_rows(args.of, unquote(os.environ["ER_SYNC_NMC_KEY"]))
    app = create_app(rows, args.times, lambda: datetime.now(UTC))
    uvicorn.run(app, host="127.0.0.1", port=args.port, access_log=False, log_level="warning")


def _operation_rows(client: httpx.Client, address: str, key: str) -> list[Row]:
    rows: list[Row] = []
    number, total = 0, 1
    while len(rows) < total:
        number += 1
        asked = {"serviceKey": key, "pageNo": str(number), "numOfRows": str(PAGE_ROWS)}
        root = fromstring(client.get(address, params=asked).raise_for_status().content)
        found = [{tag.tag: tag.text or "" for tag in item} for item in root.iter("item")]
        rows += [row for row in found if row.get("hpid")]
        total = int(root.findtext(".//totalCount") or 0) if found else 0
    return rows


if __name__ == "__main__":
    main()
