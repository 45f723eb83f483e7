"""`replay-feed`: stored rounds served as the NMC serves them, for a sync that is to run them again.

When something is asked for the second time, the next stored round begins; the last one stays. An
operation that a round did not ask is answered as in the last round before that did.
"""

from collections.abc import Sequence
from pathlib import Path

import uvicorn
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.cli.errors import CommandFailed
from services.host import bind
from services.sync.payloads import Archive, Payload, read
from simulator.app import SERVICE_PATH

console = Console(stderr=True, highlight=False, soft_wrap=True)

Answers = dict[tuple[str, int], Payload]


class Replay:
    """Where in a row of stored rounds we are."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = list(files)
        self._answers: Answers = {}
        self._given: set[tuple[str, int]] = set()
        self.begun = 0

    def app(self) -> Starlette:
        """The feed, under the path of the real one."""
        return Starlette(routes=[Route(SERVICE_PATH + "/{operation}", self.answer)])

    async def answer(self, request: Request) -> Response:
        """The stored answer; 404 where no round ever asked for it."""
        operation = str(request.path_params["operation"])
        page = request.query_params.get("pageNo", "1")
        wanted = operation, int(page) if page.isdecimal() else 1
        if not self.begun or wanted in self._given:
            self._begin_next()
        self._given.add(wanted)
        payload = self._answers.get(wanted)
        if payload is None:
            return Response("API not found", 404)
        return Response(payload.body, payload.status, dict(payload.headers))

    def _begin_next(self) -> None:
        self._given.clear()
        if self.begun < len(self._files):
            for payload in read(self._files[self.begun]):
                self._answers[payload.path, payload.page] = payload
            self.begun += 1


def serve(place: Path, port: int) -> None:
    """Serve a folder of rounds, or a single one, until a signal comes."""
    files = Archive(place).rounds() if place.is_dir() else [place]
    if not files or not files[0].is_file():
        raise CommandFailed(f"no stored rounds in {place}")
    listener = bind(port, told_by="--port")
    address = f"http://127.0.0.1:{listener.getsockname()[1]}{SERVICE_PATH}"
    console.print(f"er: {len(files)} rounds at {address}", markup=False)
    console.print("er: run them with ER_SYNC_NMC_URL set to it and a state folder of their own")
    config = uvicorn.Config(Replay(files).app(), log_config=None, access_log=False)
    uvicorn.Server(config).run([listener])
