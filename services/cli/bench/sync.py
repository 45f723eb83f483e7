"""What a nationwide round costs, how that grows, and what people feel of it meanwhile."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.cli.bench import house, latency, sizes
from services.cli.bench.latency import Latency
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.sizes import Round, Size
from services.cli.state import exit_on_signals

MB = 1_000_000
GOAL = 1.5
console = Console(stderr=True, highlight=False)

Figure = Callable[[Size], float]


def bench(wanted: Wanted) -> Report:
    """Everything in a temporary folder, on loopback, ended before this returns."""
    began, load = datetime.now(UTC), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="er-bench-") as folder, exit_on_signals():
        state = Path(folder)
        state.chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        with house.source(state, wanted.feed) as feed_url:
            measured = [_sized(state, feed_url, times, wanted) for times in wanted.sizes]
            felt = [
                _felt(state, feed_url, wanted, processes=processes)
                for processes in ([False, True] if wanted.processes else [False])
            ]
    figures = {
        "began_at": began.isoformat(timespec="seconds"),
        "feed": "named" if wanted.feed else "simulator",
        "cpus": os.cpu_count(),
        "load_before": load,
        "sizes": [asdict(size) for size in measured],
        "latency": [{**asdict(way), "ratios": {f.call: f.ratio for f in way.felt}} for way in felt],
    }
    return Report(tables(measured, felt), figures)


def tables(measured: Sequence[Size], felt: Sequence[Latency]) -> list[Table]:
    """Costs by size, how they grow, and what was felt."""
    return [_costs(measured), _growth(measured), _latencies(felt)]


def _sized(state: Path, feed_url: str, times: int, wanted: Wanted) -> Size:
    console.print(f"er: sync alone over {times} × the country")
    return sizes.measure(state, feed_url, times, wanted.rounds)


def _felt(state: Path, feed_url: str, wanted: Wanted, *, processes: bool) -> Latency:
    console.print(f"er: calls during rounds, {'five processes' if processes else 'one process'}")
    return latency.measure(state, feed_url, wanted.seconds, processes=processes)


def _costs(measured: Sequence[Size]) -> Table:
    rows = [
        _row("institutions", measured, lambda size: size.institutions),
        *_round_rows("first round", measured, lambda size: size.first),
        *_round_rows("steady round", measured, lambda size: size.steady),
        *_round_rows("round without news", measured, lambda size: size.quiet),
        _row("rows received", measured, lambda size: size.steady.rows_received),
        _row("payload MB", measured, lambda size: size.payload_bytes / MB),
        _row("snapshot packed MB", measured, lambda size: size.snapshot_bytes / MB),
        _row("memory idle MB", measured, lambda size: size.idle / MB),
        _row("memory above idle, held MB", measured, lambda size: size.held / MB),
        _row("memory above idle, peak MB", measured, lambda size: size.peak / MB),
    ]
    return table("sync alone", _heads(measured), rows)


def _round_rows(
    name: str, measured: Sequence[Size], part: Callable[[Size], Round]
) -> list[list[str]]:
    return [
        _row(f"{name}: wall s", measured, lambda size: part(size).wall_s),
        _row(f"{name}: CPU s", measured, lambda size: part(size).cpu_s),
        _row(f"{name}: rows written", measured, lambda size: part(size).rows_written),
        _row(f"{name}: commit to visible s", measured, lambda size: part(size).visible_s),
    ]


def _growth(measured: Sequence[Size]) -> Table:
    """Cost per institution over that of the first size: 1 is linear, less is better."""
    costs: dict[str, Figure] = {
        "first round: wall": lambda size: size.first.wall_s,
        "first round: CPU": lambda size: size.first.cpu_s,
        "steady round: wall": lambda size: size.steady.wall_s,
        "steady round: CPU": lambda size: size.steady.cpu_s,
        "commit to visible": lambda size: size.steady.visible_s,
        "payload": lambda size: size.payload_bytes,
        "snapshot packed": lambda size: size.snapshot_bytes,
        "memory above idle, peak": lambda size: size.peak,
    }
    rows = [_growth_row(name, measured, figure) for name, figure in costs.items()]
    return table("per institution, against the first size", _heads(measured), rows)


def _growth_row(name: str, measured: Sequence[Size], figure: Figure) -> list[str]:
    unit = figure(measured[0]) / measured[0].institutions
    return _row(name, measured, lambda size: figure(size) / size.institutions / unit)


def _latencies(felt: Sequence[Latency]) -> Table:
    rows = [
        (
            f"{way.system}: {call.call}",
            *(f"{ms:.1f}" for ms in (call.quiet_p50, call.rounds_p50)),
            *(f"{ms:.1f}" for ms in (call.quiet_p99, call.rounds_p99)),
            f"{call.ratio:.2f}",
            f"{call.calls}",
            f"{way.rounds}",
        )
        for way in felt
        for call in way.felt
    ]
    heads = ("milliseconds", "p50", "in rounds", "p99", "in rounds", "ratio", "calls", "rounds")
    return table(f"during continuous rounds (goal: p99 ratio at most {GOAL})", heads, rows)


def _heads(measured: Sequence[Size]) -> list[str]:
    return ["", *(f"{size.times} ×" for size in measured)]


def _row(name: str, measured: Sequence[Size], figure: Figure) -> list[str]:
    return [name, *(number(figure(size)) for size in measured)]
