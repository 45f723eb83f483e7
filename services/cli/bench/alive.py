"""Whether the services stay alive while a model decodes without pause: `/livez` of each, against an
idle system in the same run."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from services.cli.address import Address
from services.cli.bench.asking import ALIVE, paced
from services.cli.bench.house import demo
from services.cli.bench.latency import percentile
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.workers import BACKENDS, TEXTS, Model, Served, body, model_of, worker
from services.cli.errors import CommandFailed

PACE_S = 0.02
TURNS = 4
DECODED = 400


def bench(wanted: Wanted) -> Report:
    """Half of the time idle and half of it under load, in turns, with each back end."""
    model = model_of(wanted.model, wanted.state)
    rows, figures = [], {}
    with TemporaryDirectory(prefix="er-bench-") as folder, demo(Path(folder) / "house") as address:
        for name in BACKENDS:
            with worker(model, name) as served:
                for service, (idle, busy) in _felt(address, served, model, wanted.seconds).items():
                    quiet, loud = percentile(idle, 0.99), percentile(busy, 0.99)
                    ratio = loud / quiet
                    rows.append([f"{name}, {service}", number(quiet), number(loud), number(ratio)])
                    figures[f"{name}, {service}"] = {"idle": quiet, "busy": loud, "ratio": ratio}
    heads = ["worker, service", "idle p99 ms", "decoding p99 ms", "ratio (<= 5)"]
    return Report([table("/livez while the worker decodes", heads, rows)], {"livez_ms": figures})


Times = tuple[list[float], list[float]]


def _felt(address: Address, served: Served, model: Model, seconds: float) -> Mapping[str, Times]:
    urls = {**address.inner, "gateway, public": address.gateway}
    felt: dict[str, Times] = {name: ([], []) for name in sorted(urls)}
    for _ in range(TURNS):
        _ask(urls, seconds / TURNS, felt, 0)
        with _decoding(served, model):
            _ask(urls, seconds / TURNS, felt, 1)
    return felt


def _ask(urls: Mapping[str, str], seconds: float, felt: Mapping[str, Times], place: int) -> None:
    with ThreadPoolExecutor(len(urls)) as threads:
        asked = {
            name: threads.submit(paced, url, ALIVE, every_s=PACE_S, seconds=seconds)
            for name, url in urls.items()
        }
    for name, times in asked.items():
        felt[name][place].extend(times.result())


@contextmanager
def _decoding(served: Served, model: Model) -> Iterator[None]:
    """Long answers without a pause between them while the block runs."""
    over, answers = threading.Event(), [0]

    def work() -> None:
        asked = body(model, TEXTS[0], grammar="", n_predict=DECODED, stop=[], temperature=1.0)
        with served.client() as client:
            while not over.is_set():
                answers[0] += client.post("/completion", json=asked).is_success

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if not answers[0]:
        raise CommandFailed("the worker decoded nothing")
