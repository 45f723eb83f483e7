"""`up --detach`: the same `up` in a session of its own, waited for until everything is ready."""

import os
import subprocess
import sys
import time
from pathlib import Path

from services.cli.address import Address, running_at, state_folder
from services.cli.errors import CommandFailed
from services.cli.readiness import unready
from services.cli.running import Wanted
from services.cli.serving import opened_log, say
from services.cli.state import state_lock

PATIENCE_S = 300.0
SILENCE_S = 15.0
"""How long nothing is said, or nothing new, of what is waited for."""


def detach(wanted: Wanted) -> int:
    """0 once everything is ready. What runs and does not get ready goes on: advice needs no
    hospitals."""
    state = state_folder(wanted.state)
    with state_lock(state):
        pass  # refused here where one runs already: that one writes into the log below
    log = state / "up.log"
    with opened_log(log) as output:
        began = os.fstat(output).st_size
        child = _start(wanted, state, output)
    since = spoken = time.monotonic()
    told = ""
    while (now := time.monotonic()) - since < PATIENCE_S:
        if child.poll() is not None:
            raise CommandFailed(_last_line(log, began))
        address = _announced_by(child.pid, state)
        waiting = _waiting(address)
        if address is not None and not waiting:
            say(f"ready at {address.gateway}, log in {log}")
            return 0
        if waiting != told and now - spoken > SILENCE_S:
            say(f"waiting for {waiting}, log in {log}")
            told, spoken = waiting, now
        time.sleep(0.2)
    raise CommandFailed(f"it runs, but is not ready after {PATIENCE_S:.0f} s: {told}; log in {log}")


def _start(wanted: Wanted, state: Path, output: int) -> subprocess.Popen[bytes]:
    arguments = ["up", "--state", str(state)]
    arguments += ["--demo"] * wanted.demo + ["--processes"] * wanted.processes
    arguments += ["--port", str(wanted.port)] if wanted.port is not None else []
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def _announced_by(pid: int, state: Path) -> Address | None:
    """The address that this very process announced; one left by a killed run is not ours."""
    try:
        address = running_at(state)
    except CommandFailed:
        return None
    return address if address.pid == pid else None


def _waiting(address: Address | None) -> str:
    if address is None:
        return "PostgreSQL and Redis"
    return ", ".join(f"{name} ({reason})" for name, reason in sorted(unready(address).items()))


def _last_line(log: Path, began: int) -> str:
    """The last line that was written from this place in the log on."""
    text = log.read_bytes()[began:].decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("er: ") if lines else "it stopped without a word"
