"""`python -m services.triage.engines.guarded COMMAND…`: a command and all that it starts, which end
with this program's standard input. Whoever starts a compilation may be killed, and then nobody else
would end it. It has to be started in a session of its own."""

import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603


def _end_with_parent() -> None:
    while os.read(0, 1024):  # a buffered reader would be in the way of our own end
        pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
