"""A scriptable hub of models: files with checksums, redirects to another host, broken downloads."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

COMMIT = "c0ffee" + "0" * 34


@dataclass
class FakeHub:
    """Holds one file. `breaks` tells after how many bytes each of the next downloads breaks off;
    `store` is the address of the other host, where the bytes lie."""

    content: bytes
    token: str = ""
    told_sum: str | None = None
    large: bool = True
    breaks: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    store: str = ""
    asked: list[str] = field(default_factory=list)
    seen_by_store: list[str | None] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{owner}/{repo}/resolve/{revision}/{file:path}", self._resolve),
                Route("/store", self._bytes),
            ]
        )

    async def _resolve(self, request: Request) -> Response:
        told = request.headers.get("range", "whole")
        self.asked.append(f"{request.method} {request.path_params['revision']} {told}")
        if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
            return Response(status_code=401)
        if self.errors:
            return Response(status_code=self.errors.pop(0))
        if request.path_params["file"] != "model.gguf":
            return Response(status_code=404)
        headers = {"x-repo-commit": COMMIT, "x-linked-size": str(len(self.content))}
        if self.large:
            checksum = self.told_sum or hashlib.sha256(self.content).hexdigest()
            headers["x-linked-etag"] = f'"{checksum}"'
        return RedirectResponse(f"{self.store}/store", 302, headers)

    async def _bytes(self, request: Request) -> Response:
        self.seen_by_store.append(request.headers.get("authorization"))
        wanted = request.headers.get("range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        end = start + self.breaks.pop(0) if self.breaks else len(self.content)
        part = self.content[start:]
        headers = {"content-length": str(len(part))}
        return StreamingResponse(
            _cut(part, end - start), 206 if wanted else 200, headers, "application/octet-stream"
        )


async def _cut(part: bytes, length: int) -> AsyncIterator[bytes]:
    for place in range(0, min(len(part), length), 4096):
        yield part[place : min(place + 4096, length)]
    if length < len(part):
        raise ConnectionResetError("the script breaks it off here")
