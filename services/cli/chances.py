"""`chances`: how often each class of hospital reports each yes, counted in captures of the feed.

The counts are what `services/matching/domain/chances.csv` holds; ranking makes of them what an
unknown is worth.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from services.cli.errors import CommandFailed
from shared.contracts.nmc import Kind, Level, Status, catalogue, read_status

CLASSES = {
    "권역응급의료센터": Level.REGIONAL_CENTER,
    "지역응급의료센터": Level.LOCAL_CENTER,
    "지역응급의료기관": Level.LOCAL_INSTITUTION,
}
COUNTED = (Kind.SEVERE, Kind.FLAG)
TABLE = Path(__file__).resolve().parents[1] / "matching" / "domain" / "chances.csv"
HEADS = ("code", "level", "yes", "no", "silent")
console = Console(stderr=True, highlight=False, soft_wrap=True)

Counts = Mapping[tuple[str, Level], Counter[Status]]


def count(folder: Path, out: Path) -> None:
    """Count the captures of a folder (`er_master*.csv` for the classes, `severe_*.csv` and
    `beds_*.csv` for the reports) and write the table."""
    levels = {row["hpid"]: _level(row) for row in _rows(folder, "er_master*.csv")}
    reports = [*_rows(folder, "severe_*.csv"), *_rows(folder, "beds_*.csv")]
    if not levels or not reports:
        raise CommandFailed(f"no captures in {folder}")
    found = counted(levels, reports)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADS)
        writer.writerows(
            (code, level, *(counts[status] for status in Status))
            for (code, level), counts in found.items()
        )
    console.print(f"er: {len(found)} rates of {len(levels)} hospitals in {out}", markup=False)


def counted(levels: Mapping[str, Level], reports: Sequence[Mapping[str, str]]) -> Counts:
    """Reports by field and class. A row that lacks the field's column says nothing of it; an empty
    value is a silent one."""
    found: dict[tuple[str, Level], Counter[Status]] = {
        (field.code, level): Counter()
        for field in catalogue().values()
        if field.kind in COUNTED
        for level in Level
    }
    for row in reports:
        for field in catalogue().values():
            if field.kind in COUNTED and field.code in row and row["hpid"] in levels:
                status = read_status(field.kind, row[field.code])
                found[field.code, levels[row["hpid"]]][status] += 1
    return found


def _level(row: Mapping[str, str]) -> Level:
    return CLASSES.get(row["dutyEmclsName"], Level.REGISTERED)


def _rows(folder: Path, pattern: str) -> Iterator[dict[str, str]]:
    for path in sorted(folder.rglob(pattern)):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
