"""A country ten times as large, with as many institutions within reach: what a request costs."""

import json
import os
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
from rich.console import Console
from rich.table import Table

from services.cli.bench.alone import HERE, asked, institution, matching_alone, question
from services.cli.bench.load import Target, put_on
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.usage import usage
from services.cli.errors import CommandFailed
from services.cli.state import exit_on_signals
from shared.app import service_token
from shared.contracts.sync import HospitalState

SIZES = (5_000, 50_000)
WITHIN = 120
ELSEWHERE = ((127.6, 129.2), (34.6, 36.6))
"""Longitudes and latitudes of the others: more than 90 km away."""

RARE = "MKioskTy24"
"""Nobody within reach reports it, so that the search has to widen."""

WARM_UP_S = 1.0
GOAL = 2.0
MB = 1_000_000
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Size:
    """Figures of one size; CPU of the service alone, memory in bytes."""

    institutions: int
    candidates: int
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    widened_candidates: int
    widened_p50_ms: float
    widened_cpu_ms: float
    resident: int


def bench(wanted: Wanted) -> Report:
    """Matching alone at each size, in a temporary folder, on loopback."""
    began, before = datetime.now(UTC), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="er-bench-") as folder, exit_on_signals():
        state = Path(folder)
        state.chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        sizes = [_measure(state / str(size), size, wanted.seconds) for size in SIZES]
    figures = {
        "began_at": began.isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "load_before": before,
        "sizes": [asdict(size) for size in sizes],
        "ratios": dict(ratios(sizes)),
    }
    return Report([_costs(sizes), _ratios(sizes)], figures)


def country(size: int, now: datetime) -> list[HospitalState]:
    """So many institutions, always as many of them within reach."""
    rng = Random(size)  # noqa: S311 - reproducible, not secret
    near = [
        institution(
            n,
            HERE[0] + rng.uniform(-0.35, 0.35),
            HERE[1] + rng.uniform(-0.28, 0.28),
            rng,
            now,
            **{RARE: "불가능"},
        )
        for n in range(WITHIN)
    ]
    (west, east), (south, north) = ELSEWHERE
    far = [
        institution(n, rng.uniform(west, east), rng.uniform(south, north), rng, now)
        for n in range(WITHIN, size)
    ]
    return near + far


def ratios(sizes: Sequence[Size]) -> list[tuple[str, float]]:
    """The largest over the smallest."""
    first, last = sizes[0], sizes[-1]
    return [
        ("p50", last.p50_ms / first.p50_ms),
        ("CPU of a request", last.cpu_ms / first.cpu_ms),
        ("widened: p50", last.widened_p50_ms / first.widened_p50_ms),
        ("widened: CPU of a request", last.widened_cpu_ms / first.widened_cpu_ms),
    ]


def _measure(state: Path, size: int, seconds: float) -> Size:
    console.print(f"er: {size} institutions")
    with matching_alone(state, country(size, datetime.now(UTC))) as house:
        token = {"authorization": f"Bearer {service_token(house.key, 'matching')}"}

        def target(field: str) -> Target:
            body = json.dumps(question(*HERE, field)).encode()
            return Target(field, "POST", house.matching.url + "/v1/match", body, token)

        near, wide = target("MKioskTy1"), target(RARE)
        with house.client() as client:
            searches = [_search(client, field) for field in ("MKioskTy1", RARE)]
        if searches[0]["widened"] or not searches[1]["widened"]:
            raise CommandFailed("the synthetic country is not what it should be")
        figures = [_cost(house.matching.pid, one, seconds / 2) for one in (near, wide)]
        return Size(
            size,
            int(str(searches[0]["candidates"])),
            *figures[0],
            int(str(searches[1]["candidates"])),
            figures[1][0],
            figures[1][2],
            usage(house.matching.pid).resident,
        )


def _search(client: httpx.Client, field: str) -> dict[str, object]:
    found: dict[str, object] = asked(client, question(*HERE, field))["search"]  # type: ignore[assignment]
    return found


def _cost(pid: int, target: Target, seconds: float) -> tuple[float, float, float]:
    """p50 and p99 of one call after the other, and the mean CPU of the service for one."""
    put_on(target, WARM_UP_S, 1)
    before = usage(pid).cpu_s
    found = put_on(target, seconds, 1)
    spent_ms = (usage(pid).cpu_s - before) * 1000 / len(found.milliseconds)
    return statistics.median(found.milliseconds), found.at(0.99), spent_ms


def _costs(sizes: Sequence[Size]) -> Table:
    rows = [
        ["candidates", *(str(size.candidates) for size in sizes)],
        ["p50 ms", *(number(size.p50_ms) for size in sizes)],
        ["p99 ms", *(number(size.p99_ms) for size in sizes)],
        ["CPU ms of a request", *(number(size.cpu_ms) for size in sizes)],
        ["widened: candidates", *(str(size.widened_candidates) for size in sizes)],
        ["widened: p50 ms", *(number(size.widened_p50_ms) for size in sizes)],
        ["widened: CPU ms", *(number(size.widened_cpu_ms) for size in sizes)],
        ["memory MB", *(number(size.resident / MB) for size in sizes)],
    ]
    heads = ["institutions", *(f"{size.institutions:,}" for size in sizes)]
    return table("matching alone, one connection", heads, rows)


def _ratios(sizes: Sequence[Size]) -> Table:
    rows = [
        [name, f"{ratio:.2f}", "met" if ratio <= GOAL else "MISSED"]
        for name, ratio in ratios(sizes)
    ]
    return table(f"largest over smallest (goal: at most {GOAL:g})", ("", "ratio", ""), rows)
