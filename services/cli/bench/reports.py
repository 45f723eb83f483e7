"""What a benchmark is asked for and what it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

SIZES = (1, 10, 100)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked of `bench`. All but `state` is for benches that start a system of
    their own: `feed` is the base address of theirs, `sizes` how many times the country is taken,
    `rounds` the steady rounds per size (of engines: over the texts), `seconds` the length of each
    half of a latency figure, `streams` how many are open at once. `model` is an engine's,
    `gpu_url` a llama.cpp server outside."""

    state: Path | None = None
    feed: str | None = None
    sizes: Sequence[int] = SIZES
    rounds: int = 5
    seconds: float = 40
    processes: bool = False
    streams: int = 1000
    model: str | None = None
    gpu_url: str = ""
    gpu_key: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Tables for the terminal and the same figures for a file."""

    tables: Sequence[Table]
    figures: Mapping[str, Any] = field(default_factory=dict)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table whose first column names and whose others hold numbers."""
    made = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        made.add_column(head, justify="right" if place else "left")
    for row in rows:
        made.add_row(*row)
    return made


def number(value: float) -> str:
    """About three digits, whole numbers from a hundred on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
