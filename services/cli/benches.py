"""`bench`: figures as ratios against a control in the same run."""

import json
import statistics
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from services.cli.address import running_at
from services.cli.errors import CommandFailed

GRAVE = "아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세"
CITY_HALL = {"latitude": 37.5665, "longitude": 126.9780}
BLOCKS, IN_BLOCK = 10, 20
console = Console(highlight=False)

Figures = Mapping[str, float]


def run(name: str, out: Path | None, state: Path | None) -> None:
    """Run one benchmark against the running system and print its table."""
    if name not in BENCHES:
        raise CommandFailed(f"no benchmark named {name}; there are {', '.join(BENCHES)}")
    gateway = urlsplit(running_at(state).gateway)
    figures = BENCHES[name](HTTPConnection(gateway.hostname or "", gateway.port, timeout=30))
    table = Table("figure", "value", title=name)
    for figure, value in figures.items():
        table.add_row(figure, f"{value:.3f}")
    console.print(table)
    if out is not None:
        out.write_text(json.dumps({"bench": name, **figures}, indent=1) + "\n")


def first_words(connection: HTTPConnection) -> Figures:
    """Time until advice is out against the whole recommendation, block by block in turn: call by
    call each would start in the caches that the other left cold."""
    advice: list[float] = []
    whole: list[float] = []
    for block in range(1 + BLOCKS):
        first = [_timed(connection, "/v1/triage", {"text": GRAVE}) for _ in range(IN_BLOCK)]
        body = {"text": GRAVE, **CITY_HALL}
        second = [_timed(connection, "/v1/recommendations", body) for _ in range(IN_BLOCK)]
        if block > 0:  # the first one warms up
            advice += first
            whole += second
    return {
        "advice p50 ms": statistics.median(advice),
        "recommendation p50 ms": statistics.median(whole),
        "ratio of medians": statistics.median(advice) / statistics.median(whole),
    }


def _timed(connection: HTTPConnection, path: str, body: Mapping[str, object]) -> float:
    """Milliseconds of one call, by the plainest client there is: it is not what is measured."""
    content = json.dumps(body).encode()
    began = time.perf_counter()
    connection.request("POST", path, body=content, headers={"content-type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise CommandFailed(f"{path} answered {answer.status}; start with the limits off")
    return (time.perf_counter() - began) * 1000


BENCHES: Mapping[str, Callable[[HTTPConnection], Figures]] = {"first-words": first_words}
