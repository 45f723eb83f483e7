"""What a model costs: grammar, back ends, the plain way, start, memory, callers at once.

Each figure is a ratio against a control of the same run. The order of the texts is the same for
all; constrained and unconstrained answers take turns, so that a noisy minute falls on both.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from services.cli.bench.latency import percentile
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.usage import usage
from services.cli.bench.workers import (
    BACKENDS,
    TEXTS,
    Model,
    Served,
    backend_of,
    body,
    environment,
    model_of,
    worker,
)
from services.cli.errors import CommandFailed
from services.cli.serving import say
from services.triage.engines.worker.task import BackendName

CALLERS = (1, 4, 16)
PLAIN: BackendName = "llama-cpp-python"
"""The back end by which the plain way works too."""
UNBOUND_TOKENS = 48
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many callers at once: whole extractions a second, milliseconds, refusals."""

    callers: int
    per_s: float
    p50_ms: float
    p95_ms: float
    refused: int


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine's figures. Tokens a second are those of decoding alone."""

    name: str
    start_s: float | None
    first_ms: float
    whole_ms: float
    bound_per_s: float
    free_per_s: float
    memory_mb: float | None
    crowds: tuple[Crowd, ...]

    @property
    def ratio(self) -> float:
        return self.bound_per_s / self.free_per_s


def bench(wanted: Wanted) -> Report:
    """Every back end of the worker that is here or can be brought in, the plain way where the one
    that it needs is among them, and a server outside where one is named."""
    model = model_of(wanted.model, wanted.state)
    absent = _absent(model)
    engines = []
    for name in BACKENDS:
        if name not in absent:
            with worker(model, name) as served:
                engines.append(_measured(served, model, wanted.rounds))
    if wanted.gpu_url:
        outside = Served("gpu", wanted.gpu_url, wanted.gpu_key)
        engines.append(_measured(outside, model, wanted.rounds))
    if not engines:
        raise CommandFailed("; ".join(absent.values()))
    plain_ms = None if PLAIN in absent else _plain_ms(model, wanted.rounds)
    return report(engines, plain_ms, absent)


def _absent(model: Model) -> dict[str, str]:
    """Back ends that cannot be had on this machine, each with the reason."""
    absent: dict[str, str] = {}
    for name in BACKENDS:
        try:
            backend_of(name, model.folder)
        except CommandFailed as reason:
            absent[name] = str(reason)
            say(f"{name} is absent: {reason}")
    return absent


def _measured(served: Served, model: Model, rounds: int) -> Engine:
    say(f"{served.name}: one caller")
    with served.client() as client:
        first_ms = _extract(client, model, TEXTS[0])[0]
        bound, free, whole = [], [], []
        for place in range(rounds * len(TEXTS)):
            text = TEXTS[place % len(TEXTS)]
            took, told = _extract(client, model, text)
            whole.append(took)
            bound.append(told["timings"])
            free.append(_ask(client, _unbound(model, text))["timings"])
    memory = usage(served.pid).resident / MEGABYTE if served.pid else None
    crowds = tuple(_crowd(served, model, callers, rounds) for callers in CALLERS)
    return Engine(
        served.name,
        served.start_s,
        first_ms,
        statistics.median(whole),
        _per_second(bound),
        _per_second(free),
        memory,
        crowds,
    )


def _extract(client: httpx.Client, model: Model, text: str) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    told = _ask(client, body(model, text))
    return (time.perf_counter() - began) * 1000, told


def _unbound(model: Model, text: str) -> dict[str, Any]:
    return body(model, text, grammar="", n_predict=UNBOUND_TOKENS, stop=[])


def _ask(client: httpx.Client, asked: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/completion", json=asked)
    if answer.status_code != httpx.codes.OK:
        raise CommandFailed(f"the engine answered {answer.status_code}")
    told: dict[str, Any] = answer.json()
    return told


def _per_second(timings: Sequence[dict[str, float]]) -> float:
    tokens = sum(told["predicted_n"] for told in timings)
    return 1000 * tokens / sum(told["predicted_ms"] for told in timings)


def _crowd(served: Served, model: Model, callers: int, rounds: int) -> Crowd:
    say(f"{served.name}: {callers} at once")
    calls = callers * rounds
    times: list[float] = []
    refused: list[int] = []

    def one(place: int) -> None:
        with served.client() as client:
            began = time.perf_counter()
            asked = body(model, TEXTS[place % len(TEXTS)])
            answer = client.post("/completion", json=asked)
            if answer.status_code == httpx.codes.OK:
                times.append((time.perf_counter() - began) * 1000)
            else:
                refused.append(answer.status_code)

    began = time.perf_counter()
    with ThreadPoolExecutor(callers) as threads:
        list(threads.map(one, range(calls)))
    elapsed = time.perf_counter() - began
    if not times:
        raise CommandFailed(f"{served.name} refused all of {callers} callers")
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    return Crowd(callers, len(times) / elapsed, p50, p95, len(refused))


def _plain_ms(model: Model, rounds: int) -> float:
    return 1000 * statistics.median(plain_seconds(model, TEXTS[: max(2, rounds)]))


def plain_seconds(model: Model, texts: Sequence[str]) -> list[float]:
    """How long each text takes in the plain way; raises CommandFailed where it cannot be had."""
    say("the plain way")
    backend = backend_of(PLAIN, model.folder)
    asked = [json.dumps(body(model, text)) for text in texts]
    done = subprocess.run(
        [sys.executable, "-m", "services.cli.bench.plain_way", str(model.path)],
        env=environment(backend),
        input="\n".join(asked) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandFailed("the plain way failed")
    return [float(line) for line in done.stdout.split()]


def ratios_of(engines: Sequence[Engine], plain_ms: float | None) -> dict[str, float]:
    """Those whose two sides were measured."""
    whole = {engine.name: engine.whole_ms for engine in engines}
    ratios = {}
    if "native" in whole and PLAIN in whole:
        ratios[f"{PLAIN} against native, end to end (>= 0.8)"] = whole["native"] / whole[PLAIN]
    if plain_ms is not None:
        for name in BACKENDS:
            if name in whole:
                ratios[f"{name} against the plain way (<= 0.4)"] = whole[name] / plain_ms
    return ratios


def report(engines: Sequence[Engine], plain_ms: float | None, absent: Mapping[str, str]) -> Report:
    """The tables; what was not measured stands as absent and is compared with nothing."""
    ratios = ratios_of(engines, plain_ms)
    heads = [
        "engine", "cold start s", "first ms", "whole ms", "bound tok/s", "free tok/s",
        "bound / free", "memory MB",
    ]  # fmt: skip
    rows = [
        [
            engine.name,
            "-" if engine.start_s is None else number(engine.start_s),
            number(engine.first_ms),
            number(engine.whole_ms),
            number(engine.bound_per_s),
            number(engine.free_per_s),
            number(engine.ratio),
            "-" if engine.memory_mb is None else number(engine.memory_mb),
        ]
        for engine in engines
    ]
    if plain_ms is not None:
        rows.append(["the plain way", "-", "-", number(plain_ms), "-", "-", "-", "-"])
    rows += [[f"{name}: absent", *"-------"] for name in absent]
    crowds = [
        [
            f"{engine.name}, {crowd.callers}",
            number(crowd.per_s),
            number(crowd.p50_ms),
            number(crowd.p95_ms),
            str(crowd.refused),
        ]
        for engine in engines
        for crowd in engine.crowds
    ]
    tables = [
        table("One extraction", heads, rows),
        table("Ratios", ["", "ratio"], [[name, number(value)] for name, value in ratios.items()]),
        table("Callers at once", ["engine", "per s", "p50 ms", "p95 ms", "refused"], crowds),
    ]
    figures = {
        "engines": [asdict(e) for e in engines],
        "absent": dict(absent),
        "plain_ms": plain_ms,
        "ratios": ratios,
    }
    return Report(tables, figures)
