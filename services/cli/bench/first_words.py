"""Time until advice is out, against the whole recommendation of the running system."""

import statistics

from services.cli.address import running_at
from services.cli.bench.asking import RECOMMENDATION, TRIAGE, connected, timed
from services.cli.bench.reports import Report, Wanted, table

ROUNDS = 200
WARM_UP = 20


def bench(wanted: Wanted) -> Report:
    """Both are asked in turn, so that what else the machine does falls on both."""
    connection = connected(running_at(wanted.state).gateway)
    advice, whole = [], []
    for place in range(WARM_UP + ROUNDS):
        first, second = timed(connection, TRIAGE), timed(connection, RECOMMENDATION)
        if place >= WARM_UP:
            advice.append(first)
            whole.append(second)
    figures = {
        "advice p50 ms": statistics.median(advice),
        "recommendation p50 ms": statistics.median(whole),
        "ratio of medians": statistics.median(advice) / statistics.median(whole),
        "median of ratios": statistics.median(a / w for a, w in zip(advice, whole, strict=True)),
    }
    rows = [(name, f"{value:.3f}") for name, value in figures.items()]
    return Report([table("first-words", ("figure", "value"), rows)], figures)
