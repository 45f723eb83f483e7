"""The state folder: who holds it, its secrets, its ports, and signals that must not orphan it."""

import fcntl
import json
import os
import secrets as randomness
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StateBusy(Exception):
    """Another process holds the state folder; the text is one line that names its pid."""


@contextmanager
def state_lock(state: Path) -> Iterator[None]:
    """Hold the state folder (made when absent) as long as the process lives; raises StateBusy."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StateBusy(
                f"{state} is in use by process {holder}:"
                " stop it (./er down) or give another folder (--state)"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


class Secrets:
    """Named random secrets in `secrets.json` of the state folder, for its owner's eyes only."""

    def __init__(self, state: Path, *, generate: Callable[[], str] | None = None) -> None:
        self._file = state / "secrets.json"
        self._generate = generate or (lambda: randomness.token_urlsafe(32))

    def get(self, name: str) -> str:
        """The secret of that name, made at its first use. It is safe in a URL."""
        known = read_json(self._file)
        if name not in known:
            known[name] = self._generate()
            write_json(self._file, known)
        return known[name]


def read_json(file: Path) -> dict[str, str]:
    """The names and values of a file, which may be absent."""
    if not file.exists():
        return {}
    content: dict[str, str] = json.loads(file.read_text())
    return content


def write_json(file: Path, content: dict[str, str]) -> None:
    """Replace the file at once, readable by its owner only."""
    write_private(file, json.dumps(content, indent=1))


def write_private(file: Path, text: str) -> None:
    """Replace the file at once, readable by its owner only."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)


def remembered_port(state: Path, name: str) -> int:
    """The port this server had last time while it is free, else another one."""
    file = state / "ports.json"
    ports = read_json(file)
    if name not in ports or not _is_free(int(ports[name])):
        ports[name] = str(free_port())
        write_json(file, ports)
    return int(ports[name])


def free_port() -> int:
    """A loopback TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def exit_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP leave through the `finally` blocks instead of killing at once.

    Only where nobody else has taken these signals, and only in the main thread.
    """
    taken = [s for s in SIGNALS if _in_main_thread() and signal.getsignal(s) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in taken:
            if signal.getsignal(number) is _leave:
                signal.signal(number, signal.SIG_DFL)


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Signals that come meanwhile are delivered afterwards: nothing is left half started.

    An event loop that ran meanwhile may have put the deadly default back; it is not restored, so
    that a second signal does not kill us between the end of one server and that of the next.
    """
    arrived: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        arrived.append(number)

    former = {}
    if _in_main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                former[number] = signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, _leave if handler is signal.SIG_DFL else handler)
        for late in dict.fromkeys(arrived):
            signal.raise_signal(signal.Signals(late))


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
