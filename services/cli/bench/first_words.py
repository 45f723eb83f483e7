"""Time until advice is out, against the whole recommendation of the running system."""

import statistics

from services.cli.address import running_at
from services.cli.bench.asking import RECOMMENDATION, TRIAGE, connected, timed
from services.cli.bench.reports import Report, Wanted, table

BLOCKS, IN_BLOCK = 10, 20


def bench(wanted: Wanted) -> Report:
    """Both are asked block by block in turn: call by call each would start in the caches that the
    other left cold."""
    connection = connected(running_at(wanted.state).gateway)
    advice: list[float] = []
    whole: list[float] = []
    for block in range(1 + BLOCKS):
        first = [timed(connection, TRIAGE) for _ in range(IN_BLOCK)]
        second = [timed(connection, RECOMMENDATION) for _ in range(IN_BLOCK)]
        if block > 0:  # the first one warms up
            advice += first
            whole += second
    figures = {
        "advice p50 ms": statistics.median(advice),
        "recommendation p50 ms": statistics.median(whole),
        "ratio of medians": statistics.median(advice) / statistics.median(whole),
    }
    rows = [(name, f"{value:.3f}") for name, value in figures.items()]
    return Report([table("first-words", ("figure", "value"), rows)], figures)
