"""What an unknown is worth: the chance that it is a yes, by field and class of hospital.

`chances.csv` holds what `./er chances` counted in captures of the feed. Two steps lead from a count
to a chance. Small classes lean on their mean over all fields (`PRIOR` reports of it). And who is
silent is less often able than who reports (`SILENT`, an estimate: no capture can tell it).
"""

import csv
from functools import cache
from importlib import resources

from shared.contracts.nmc import Kind, Level, catalogue

PRIOR = 10
SILENT = 0.6
FEW = (Level.REGISTERED,)
"""Seven registered rooms report acceptances at all: a class of its own would be counted from those
who have something to report."""

PROXY = 0.5
"""Of a designation that nobody told us, where the rooms for it are installed."""

REGIONAL_UNTOLD = 0.1
DESIGNATION_UNTOLD = 0.02


@cache
def chance_of_yes(field: str, level: Level | None) -> float:
    """Chance, 0 to 1, that a hospital of this class that says nothing of a field could say yes."""
    level = Level.LOCAL_INSTITUTION if level is None or level in FEW else level
    yes, of, mean = *_counts().get((field, level), (0, 0)), _mean(level)
    return round(SILENT * (yes + PRIOR * mean) / (of + PRIOR), 3)


def chance_of_designation(level: Level | None, *, proxy: bool) -> float:
    """Chance that a hospital holds a designation that our list does not give it."""
    if proxy:
        return PROXY
    return REGIONAL_UNTOLD if level is Level.REGIONAL_CENTER else DESIGNATION_UNTOLD


@cache
def _counts() -> dict[tuple[str, Level], tuple[int, int]]:
    text = resources.files(__package__).joinpath("chances.csv").read_text(encoding="utf-8")
    return {
        (row["code"], Level(row["level"])): (
            int(row["yes"]),
            sum(int(row[name]) for name in ("yes", "no", "silent")),
        )
        for row in csv.DictReader(text.splitlines())
    }


@cache
def _mean(level: Level) -> float:
    """Share of yes among all severe acceptances of a class."""
    found = [
        counts
        for (code, of), counts in _counts().items()
        if of is level and catalogue()[code].kind is Kind.SEVERE
    ]
    return sum(yes for yes, _ in found) / (sum(of for _, of in found) or 1)
