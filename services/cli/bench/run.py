"""`bench`: run one benchmark, print its tables, write its figures."""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from rich.console import Console

from services.cli.bench import BENCHES
from services.cli.bench.reports import Report, Wanted
from services.cli.errors import CommandFailed

console = Console(highlight=False)


def run(name: str, wanted: Wanted, out: Path | None) -> None:
    """Run the named benchmark."""
    if name not in BENCHES:
        raise CommandFailed(f"no benchmark named {name}; there are {', '.join(BENCHES)}")
    module = import_module(f"services.cli.bench.{name.replace('-', '_')}")
    bench: Callable[[Wanted], Report] = module.bench
    report = bench(wanted)
    for table in report.tables:
        console.print(table)
    if out is not None:
        figures = {"bench": name, **report.figures}
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
