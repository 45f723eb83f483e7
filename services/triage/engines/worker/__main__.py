"""`python -m services.triage.engines.worker`: reads its task from standard input, prints its port
on standard output, and lives until that input ends: a worker never outlives who started it."""

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn

from services.triage.engines.worker.front import Front
from services.triage.engines.worker.task import LOAD_FAILED, Backend, Task

NICENESS = 10


def main() -> None:
    task = Task.model_validate_json(sys.stdin.readline())
    os.nice(NICENESS)  # the services on this machine come first
    # Threads that spin for one that has no core make a text of one second one of thirty.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    listener = socket.create_server(("127.0.0.1", 0))
    front = Front(task, lambda: _load(task))
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads what native code may print
    threading.Thread(target=_end_with_parent, daemon=True).start()
    config = uvicorn.Config(
        front.app, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run([listener])


async def _load(task: Task) -> Backend:
    try:
        return await asyncio.to_thread(_maker(task), task)
    except Exception as error:  # noqa: BLE001 - native code raises what it likes
        print(f"the model cannot be loaded: {type(error).__name__}", file=sys.stderr, flush=True)
        os._exit(LOAD_FAILED)


def _maker(task: Task) -> Callable[[Task], Backend]:
    """Imported here: each needs a package that the other does not."""
    if task.backend == "native":
        from services.triage.engines.worker.native import NativeBackend

        return NativeBackend
    from services.triage.engines.worker.bindings import BindingsBackend

    return BindingsBackend


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
