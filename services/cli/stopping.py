"""`down`: ask the process that holds a state folder to stop, and wait until it let go."""

import os
import signal
import time
from pathlib import Path

from rich.console import Console

from services.cli.address import state_folder
from services.cli.errors import CommandFailed
from services.cli.state import StateBusy, state_lock

STOP_TIMEOUT_S = 90.0
console = Console(stderr=True, highlight=False, soft_wrap=True)


def stop(named: Path | None) -> int:
    """0 once nothing runs on the state folder any more."""
    state = state_folder(named)
    if not state.is_dir() or _is_free(state):
        (state / "up.json").unlink(missing_ok=True)  # left by a killed run
        console.print(f"er: nothing runs on {state}", markup=False)
        return 0
    os.kill(_holder(state), signal.SIGTERM)
    give_up = time.monotonic() + STOP_TIMEOUT_S
    while not _is_free(state):
        if time.monotonic() >= give_up:
            raise CommandFailed(f"it did not stop within {STOP_TIMEOUT_S:.0f} s")
        time.sleep(0.1)
    console.print("er: stopped")
    return 0


def _holder(state: Path) -> int:
    """The process that holds the folder wrote its pid there; it may be starting still."""
    try:
        return int((state / "lock").read_text())
    except ValueError:
        raise CommandFailed(f"{state} is held by a process that did not say who it is") from None


def _is_free(state: Path) -> bool:
    try:
        with state_lock(state):
            return True
    except StateBusy:
        return False
