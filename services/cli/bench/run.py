"""`bench`: run one benchmark, print its tables, write its figures."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from services.cli.bench import (
    alive,
    auth,
    chat,
    engines,
    events,
    failover,
    first_words,
    growth,
    holds,
    places,
    recommend,
    rules,
    sync,
)
from services.cli.bench.reports import Report, Wanted
from services.cli.errors import CommandFailed

BENCHES: Mapping[str, Callable[[Wanted], Report]] = {
    "alive": alive.bench,
    "chat": chat.bench,
    "auth": auth.bench,
    "events": events.bench,
    "engines": engines.bench,
    "failover": failover.bench,
    "first-words": first_words.bench,
    "rules": rules.bench,
    "sync": sync.bench,
    "recommend": recommend.bench,
    "growth": growth.bench,
    "holds": holds.bench,
    "places": places.bench,
}
console = Console(highlight=False)


def run(name: str, wanted: Wanted, out: Path | None) -> None:
    """Run the named benchmark."""
    if name not in BENCHES:
        raise CommandFailed(f"no benchmark named {name}; there are {', '.join(BENCHES)}")
    report = BENCHES[name](wanted)
    for table in report.tables:
        console.print(table)
    if out is not None:
        figures = {"bench": name, **report.figures}
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
