"""Raw answers of a round, kept for a week so that any round can be run again.

One zip per round: the bodies as they came, and `index.json` that tells of each its operation, page,
status and headers. What must not be stored is taken out before: mobile numbers of staff, names and
direct numbers of doctors on duty. The address, which carries the service key, is never kept.
"""

import asyncio
import json
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from services.sync.domain.normalise import without_mobiles

KEPT = timedelta(days=7)
INDEX = "index.json"
NAME = "%Y%m%dT%H%M%S.%fZ"
HEADERS = ("content-type", "content-encoding", "x-er-simulated")

# Decimals of a coordinate can look like a mobile number.
_PLACE = re.compile(r"(<(?:wgs84l\w+|latitude|longitude)>[^<]*<)", re.IGNORECASE)
_ON_DUTY = re.compile(r"(<(hvdnm|hv1|hv12)>)[^<]*(?=</)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Payload:
    """One answer. `complete` is false where the connection ended before the body did."""

    path: str
    page: int
    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool = True

    @property
    def file(self) -> str:
        return f"{self.path}-{self.page}.body"


@dataclass(slots=True)
class Recorder:
    """Counts the requests of a client, and remembers the answers where that is wanted."""

    remembers: bool
    calls: int = 0
    payloads: list[Payload] = field(default_factory=list)

    @property
    def hooks(self) -> dict[str, list[Callable[..., Any]]]:
        """What the client has to call; with a transport of ours it would not see proxies."""
        return {"request": [self._count], "response": [self._remember]}

    def take(self) -> tuple[int, list[Payload]]:
        """Calls and answers since the last time."""
        taken = self.calls, self.payloads
        self.calls, self.payloads = 0, []
        return taken

    async def _count(self, _: httpx.Request) -> None:
        self.calls += 1

    async def _remember(self, response: httpx.Response) -> None:
        if self.remembers and isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Tee(response.stream, self, response)


@dataclass(slots=True)
class _Tee(httpx.AsyncByteStream):
    """A body on its way to its reader, remembered when it is closed."""

    stream: httpx.AsyncByteStream
    recorder: Recorder
    response: httpx.Response
    chunks: list[bytes] = field(default_factory=list)
    complete: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self.stream:
            self.chunks.append(chunk)
            yield chunk
        self.complete = True

    async def aclose(self) -> None:
        told = {name: value for name in HEADERS if (value := self.response.headers.get(name))}
        page = self.response.request.url.params.get("pageNo", "1")
        self.recorder.payloads.append(
            Payload(
                path=self.response.request.url.path.rpartition("/")[2],
                page=int(page) if page.isdecimal() else 1,
                status=self.response.status_code,
                headers=told,
                body=b"".join(self.chunks),
                complete=self.complete,
            )
        )
        self.chunks = []
        await self.stream.aclose()


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of rounds."""

    folder: Path

    async def keep(self, payloads: Sequence[Payload], began: datetime) -> Path:
        """Write one round, at once or not at all, and forget those that are older than a week."""
        return await asyncio.to_thread(self._keep, payloads, began)

    def rounds(self) -> list[Path]:
        """The files, oldest first."""
        return sorted(self.folder.glob("*.zip"))

    def _keep(self, payloads: Sequence[Payload], began: datetime) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{began.strftime(NAME)}.zip"
        new = file.with_suffix(".new")
        write(new, payloads, began)
        new.replace(file)
        self._forget(f"{(began - KEPT).strftime(NAME)}.zip")
        return file

    def _forget(self, oldest: str) -> None:
        for file in [*self.rounds(), *self.folder.glob("*.new")]:
            if file.name < oldest:
                file.unlink(missing_ok=True)


def write(file: Path, payloads: Sequence[Payload], began: datetime) -> None:
    """One round as a zip."""
    kept = [_cleaned(payload) for payload in payloads]
    told = [_told(payload) for payload in kept]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr(INDEX, json.dumps({"began_at": began.isoformat(), "answers": told}))
        for payload in kept:
            archive.writestr(payload.file, payload.body)


def read(file: Path) -> list[Payload]:
    """The answers of a stored round."""
    with zipfile.ZipFile(file) as archive:
        answers = json.loads(archive.read(INDEX))["answers"]
        return [Payload(body=archive.read(told.pop("file")), **told) for told in answers]


def cleaned(text: str) -> str:
    """A body without what must not be stored; everything else stays as it is."""
    parts = _PLACE.split(_ON_DUTY.sub(r"\1", text))
    return "".join(part if place % 2 else without_mobiles(part) for place, part in enumerate(parts))


def _cleaned(payload: Payload) -> Payload:
    body = _decompressed(payload)
    if body is None:  # cut in the middle of its compression: nobody could read it again
        return Payload(payload.path, payload.page, payload.status, {}, b"", complete=False)
    headers = {k: v for k, v in payload.headers.items() if k != "content-encoding"}
    return Payload(
        payload.path, payload.page, payload.status, headers, _without_staff(body), payload.complete
    )


def _decompressed(payload: Payload) -> bytes | None:
    try:
        return httpx.Response(200, headers=dict(payload.headers), content=payload.body).content
    except httpx.DecodingError:
        return None


def _without_staff(body: bytes) -> bytes:
    try:
        return cleaned(body.decode()).encode()
    except UnicodeDecodeError:
        text = body.decode("cp949", errors="surrogateescape")
        return cleaned(text).encode("cp949", errors="surrogateescape")


def _told(payload: Payload) -> dict[str, object]:
    told = asdict(payload)
    del told["body"]
    return {**told, "file": payload.file}
