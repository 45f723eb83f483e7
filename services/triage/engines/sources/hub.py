"""Files of a Hugging Face hub. `HF_ENDPOINT` names another hub, `HF_TOKEN` opens closed ones."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from services.triage.engines.sources.address import Source, SourceError
from services.triage.engines.sources.fetching import BrokenOff, Described

DEFAULT_ENDPOINT = "https://huggingface.co"
TIMEOUT = httpx.Timeout(30, connect=10)
_SHA256_LETTERS = 64


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of one repository. Large files carry their SHA-256 as `X-Linked-Etag`."""

    endpoint: str
    token: str
    repository: str
    file: str
    revision: str

    @classmethod
    def of(cls, source: Source) -> "HubFile":
        place, _, revision = source.place.partition("@")
        owner, name, file = place.split("/", 2)
        endpoint = os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT
        token = os.environ.get("HF_TOKEN", "")
        return cls(endpoint.rstrip("/"), token, f"{owner}/{name}", file, revision or "main")

    async def describe(self) -> Described:
        async with self._client() as client:
            try:
                answer = await client.head(self._url(self.revision), follow_redirects=False)
            except httpx.TransportError:
                raise BrokenOff from None
        self._check(answer)
        told = answer.headers
        size = told.get("x-linked-size") or told.get("content-length")
        etag = (told.get("x-linked-etag") or told.get("etag") or "").strip('W/"')
        if not size or not size.isdecimal():
            raise SourceError(f"{self.file}: the hub tells no size")
        commit = told.get("x-repo-commit") or self.revision
        return Described(int(size), etag if len(etag) == _SHA256_LETTERS else None, commit)

    async def read(self, start: int, described: Described) -> AsyncIterator[bytes]:
        # A redirect leads to another host, where httpx does not send the token.
        async with self._client() as client:
            try:
                async with client.stream(
                    "GET",
                    self._url(described.version),
                    headers={"range": f"bytes={start}-"} if start else {},
                    follow_redirects=True,
                ) as answer:
                    self._check(answer)
                    if start and answer.status_code != HTTPStatus.PARTIAL_CONTENT:
                        raise SourceError(f"{self.file}: the hub cannot resume a download")
                    # As it comes: what waits for a full block is lost when the rest breaks off.
                    async for block in answer.aiter_raw():
                        yield block
            except httpx.TransportError:
                raise BrokenOff from None

    def _client(self) -> httpx.AsyncClient:
        headers = {"accept-encoding": "identity"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        return httpx.AsyncClient(headers=headers, timeout=TIMEOUT)

    def _url(self, revision: str) -> str:
        return f"{self.endpoint}/{self.repository}/resolve/{revision}/{self.file}"

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise BrokenOff
        if status >= HTTPStatus.BAD_REQUEST:
            raise SourceError(f"{self.file}: the hub refuses it ({status})", lasting=True)
