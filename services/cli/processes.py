"""Processes of this machine seen from outside: what they are, where they work, how they end."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self/cmdline").exists()
PATIENCE_S = 45.0
"""How long a server may take over an orderly end before it is told more firmly."""


def command_of(pid: int) -> str:
    """The command line of a living process, empty for a dead one or a zombie."""
    if HAS_PROC:
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    listed = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip()


def works_in(pid: int, folder: Path) -> bool:
    """Whether that is the process's working directory; a PermissionError is the caller's."""
    if HAS_PROC:
        try:
            return (PROC / str(pid) / "cwd").readlink() == folder
        except (FileNotFoundError, ProcessLookupError):
            return False
    listed = subprocess.run(
        ["lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"n{folder}" in listed.stdout.splitlines()


def surely_none_works_in(folder: Path, program: str) -> bool:
    """Whether no process of that program has this working directory; False when in doubt."""
    if not HAS_PROC:
        return False
    for entry in PROC.glob("[0-9]*"):
        pid = int(entry.name)
        try:
            if program in command_of(pid) and works_in(pid, folder):
                return False
        except PermissionError:
            return False
    return True


def end(pid: int, signals: Sequence[signal.Signals]) -> None:
    """End a process that is not our child: each signal in turn, until it is gone."""
    for number in signals:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        give_up = time.monotonic() + PATIENCE_S
        while command_of(pid):
            if time.monotonic() > give_up:
                break
            time.sleep(0.05)
        else:
            return


def end_child(child: subprocess.Popen[bytes], signals: Sequence[signal.Signals]) -> None:
    """End a child of ours and wait for it: each signal in turn, until it is gone."""
    for number in signals:
        if child.poll() is not None:
            return
        child.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=PATIENCE_S)
