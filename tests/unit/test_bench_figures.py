"""What `bench` reads from the machine and what it makes of it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from services.cli.bench import BENCHES, run
from services.cli.bench.asking import ALIVE, paced
from services.cli.bench.latency import percentile
from services.cli.bench.reports import Wanted
from services.cli.bench.sizes import Round, Size
from services.cli.bench.sync import tables
from services.cli.bench.usage import peak_of, usage
from services.cli.errors import CommandFailed

BUSY = """
import subprocess, sys, time
if sys.argv[1] == "parent":
    child = subprocess.Popen([sys.executable, "-c", sys.argv[2], "child", ""])
ballast = bytearray(40_000_000)
end = time.process_time() + 0.3
while time.process_time() < end:
    pass
print("done", flush=True)
time.sleep(60)
"""


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child: each took 0.3 s of CPU and holds 40 MB."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY, "parent", BUSY], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == [b"done\n"] * 2
    yield process
    subprocess.run(["kill", "-9", "--", f"-{process.pid}"])
    process.wait()
    process.stdout.close()


def test_a_process_is_counted_with_its_children(busy: subprocess.Popen[bytes]) -> None:
    with peak_of(busy.pid) as peak:
        time.sleep(0.2)
    used = usage(busy.pid)
    assert 0.55 <= used.cpu_s < 3
    assert 80_000_000 < used.resident < 200_000_000
    assert peak.resident == used.resident


class _SlowOnce(BaseHTTPRequestHandler):
    """Answers at once, but for its first call."""

    protocol_version = "HTTP/1.1"
    waits = [0.4]

    def do_GET(self) -> None:
        time.sleep(self.waits.pop() if self.waits else 0)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to tell."""


def test_a_slow_answer_counts_for_those_that_wait_behind_it() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _SlowOnce) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            times = paced(url, ALIVE, every_s=0.1, seconds=1)
        finally:
            server.shutdown()
            thread.join()
    assert len(times) == 10
    assert [milliseconds > 150 for milliseconds in times[:4]] == [True, True, True, False]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(200, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([7.0], 0.99)) == (
        100,
        198,
        7,
    )


def _size(times: int, *, cpu_s: float) -> Size:
    told = Round(cpu_s, cpu_s, 0.1 * times, 1600 * times, 500 * times)
    return Size(times, 400 * times, told, told, told, 10, 10, 100, 50 * times, 60 * times)


def test_growth_is_told_per_institution() -> None:
    growth = tables([_size(1, cpu_s=0.5), _size(10, cpu_s=10)], [])[1]
    cells = zip(*(column.cells for column in growth.columns), strict=True)
    told = {str(name): figures for name, *figures in cells}
    assert told["steady round: CPU"] == ["1", "2"]
    assert told["memory above idle, peak"] == ["1", "1"]


def test_an_unknown_bench_is_refused_in_one_line() -> None:
    known = ", ".join(BENCHES)
    with pytest.raises(CommandFailed, match=f"^no benchmark named x; there are {known}$"):
        run.run("x", Wanted(), None)
