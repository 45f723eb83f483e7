"""A server program as a child of ours: started, waited for, and stopped with us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli.processes import end_child
from services.cli.state import remembered_port, signals_deferred

START_ATTEMPTS = 3
READY_TIMEOUT_S = 180.0
LOG_BYTES = 10_000_000


class ServerFailed(Exception):
    """A private server did not start or did not answer; the text is one line."""


@dataclass(frozen=True, slots=True)
class Server:
    """What `serving` has to know of a server program."""

    name: str
    start: Callable[[int, int], subprocess.Popen[bytes]]
    """From a port and the descriptor of a log file."""
    is_ready: Callable[[int, int], bool]
    """From its process id and port."""
    signals: tuple[signal.Signals, ...]


@contextmanager
def serving(server: Server, state: Path) -> Iterator[int]:
    log = state / f"{server.name}.log"
    for attempt in range(START_ATTEMPTS):
        if attempt:
            time.sleep(1)
        with ExitStack() as stack:
            port = remembered_port(state, server.name)
            with signals_deferred():
                child = _start(server, port, log)
                stack.callback(_stop, child, server)
            if _becomes_ready(child, server, port):
                yield port
                return
    lines = log.read_text(errors="replace").splitlines()
    raise ServerFailed(f"{server.name} did not start: {lines[-1] if lines else 'no word'} ({log})")


def say(line: str) -> None:
    print(f"er: {line}", file=sys.stderr, flush=True)


@contextmanager
def opened_log(log: Path) -> Iterator[int]:
    """The descriptor of a log that goes on where it ended; a large one is put aside first."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _start(server: Server, port: int, log: Path) -> subprocess.Popen[bytes]:
    with opened_log(log) as descriptor:
        return server.start(port, descriptor)


def _stop(child: subprocess.Popen[bytes], server: Server) -> None:
    with signals_deferred():
        end_child(child, server.signals)


def _becomes_ready(child: subprocess.Popen[bytes], server: Server, port: int) -> bool:
    """False when the child gave up, for instance because somebody took its port meanwhile."""
    began = time.monotonic()
    told = False
    while child.poll() is None:
        if server.is_ready(child.pid, port):
            return True
        waited = time.monotonic() - began
        if waited > READY_TIMEOUT_S:
            return False
        if waited > 5 and not told:
            say(f"{server.name} is reading its data back; this can take a while")
            told = True
        time.sleep(0.03)
    return False
