"""`test`: lint, types, import rules, then the suite. What is missing fails; nothing is skipped."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
CHECKS = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    ("import rules", ["lint-imports"]),
)
WORKERS = ("-n", "2", "--dist", "loadfile")
"""Most of the suite waits for servers to start, stop and give up; a file stays with one worker, as
its tests share what they started. The long ones run alone: they measure and count."""
console = Console(highlight=False)


def run(arguments: Sequence[str], *, full: bool) -> int:
    """The first failing check's code, else pytest's."""
    binaries = Path(sys.executable).parent
    for name, command in CHECKS:
        began = time.monotonic()
        code = subprocess.run(
            [str(binaries / command[0]), *command[1:]], cwd=ROOT, check=False
        ).returncode
        console.print(f"er: {name}: {'ok' if code == 0 else 'failed'} in {_since(began)}")
        if code:
            return code
    began = time.monotonic()
    chosen = [] if full else ["-m", "not full", *WORKERS]
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen, *arguments], cwd=ROOT, check=False
    ).returncode
    console.print(f"er: tests: {'ok' if code == 0 else 'failed'} in {_since(began)}")
    return code


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.0f} s"
