"""Runs pip, which never outlives its caller."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NICE = ("nice", "-n", "10")
_OPTIONS = ("--quiet", "--no-input", "--disable-pip-version-check")


async def pip(command: str, *arguments: str, environment: Mapping[str, str]) -> int:
    """pip's exit code, at a low priority and in silence. Leaving the call ends pip and the
    compilers that it started; so does the end of this process, however it comes."""
    path = os.pathsep.join(part for part in (str(ROOT), environment.get("PYTHONPATH")) if part)
    child = await asyncio.create_subprocess_exec(
        *NICE, sys.executable, "-m", "services.triage.engines.guarded",
        sys.executable, "-m", "pip", command, *_OPTIONS, *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**environment, "PYTHONPATH": path},
        start_new_session=True,
    )  # fmt: skip
    try:
        return await child.wait()
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, 9)
            await child.wait()
