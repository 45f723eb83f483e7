"""`up --processes`: a process per service; when one ends, the rest are stopped and it is named."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from services.catalog import SERVICES
from services.cli.environment import Listeners
from services.host import Ending

STOP_TIMEOUT_S = 15.0
Child = subprocess.Popen[bytes]


def serve(
    listeners: Listeners, *, is_ready: Callable[[], bool], once_ready: Callable[[], None]
) -> Ending:
    """Run every service in a process until one ends or a signal raises SystemExit here."""
    commands = {name: [sys.executable, "-m", "services", name] for name in SERVICES}
    if "simulator" in listeners.sockets:
        port = str(listeners.port("simulator"))
        commands["simulator"] = [sys.executable, "-m", "simulator", "--port", port]
    # Each child binds its own port: ours only kept the numbers free until now.
    listeners.close()
    with _children(commands) as children:
        try:
            return _watch(children, is_ready, once_ready)
        except (KeyboardInterrupt, SystemExit):
            return Ending()


def _watch(
    children: Mapping[str, Child], is_ready: Callable[[], bool], once_ready: Callable[[], None]
) -> Ending:
    told = False
    while True:
        for name, child in children.items():
            code = child.poll()
            if code is not None:
                return Ending(name, f"ended with code {code}")
        if not told and is_ready():
            told = True
            once_ready()
        time.sleep(0.1)


@contextmanager
def _children(commands: Mapping[str, list[str]]) -> Iterator[Mapping[str, Child]]:
    children: dict[str, Child] = {}
    try:
        for name, command in commands.items():
            # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
            children[name] = subprocess.Popen(
                command,
                env=os.environ,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has no threads
            )
        yield children
    finally:
        _stop(children)


def _stop(children: Mapping[str, Child]) -> None:
    for child in reversed(list(children.values())):
        if child.poll() is None:
            child.terminate()
    give_up = time.monotonic() + STOP_TIMEOUT_S
    for child in children.values():
        try:
            child.wait(timeout=max(0.1, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _die_with_parent() -> None:
    """On Linux a child whose parent was killed outright is told to end (prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
