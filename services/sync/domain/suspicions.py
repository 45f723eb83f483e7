"""Answers that come with code 00 and cannot be right: what is told of them to operators.

Nothing here changes what is stored; `plan` keeps its laws whatever is suspected.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.sync.domain.records import BedRow, Mark, Received, SevereRow
from shared.contracts.sync import BEDS_STALE

EMPTY, SHORT, SWOLLEN, ODD, OLD = "empty", "short", "swollen", "odd", "old"
ODD_SHARE = 0.25
OLD_SHARE = 0.5


def suspicions(
    received: Received, sizes: Mapping[str, int], marks: Mapping[str, Mark], now: datetime
) -> dict[str, list[str]]:
    """Names of operations by what is wrong with their answers; `sizes` are as they came."""
    found = [(_size(sizes[name], mark), name) for name, mark in marks.items()]
    found += [(ODD, name) for name in _odd(received)]
    if _is_most(_is_old(row, now) for row in received.beds or ()):
        found.append((OLD, "beds"))
    told: dict[str, list[str]] = {}
    for kind, name in found:
        if kind:
            told.setdefault(kind, []).append(name)
    return told


def _size(rows: int, mark: Mark) -> str:
    if not mark.short_in_a_row:
        return ""
    if not rows:
        return EMPTY
    return SHORT if rows < mark.good_rows else SWOLLEN


def _odd(received: Received) -> Iterable[str]:
    """Operations of whose rows too many tell nothing that can be read."""
    judged: dict[str, Sequence[bool]] = {
        "directory": [r.level is None and r.longitude is None for r in received.directory or ()],
        "beds": [_tells_nothing(row) for row in received.beds or ()],
        "severe": [_tells_nothing(row) for row in received.severe or ()],
        "messages": [note.begins_at is None for note in received.messages or ()],
    }
    return [name for name, rows in judged.items() if rows and sum(rows) > len(rows) * ODD_SHARE]


def _tells_nothing(row: BedRow | SevereRow) -> bool:
    return not row.values or (isinstance(row, BedRow) and row.reported_at is None)


def _is_old(row: BedRow, now: datetime) -> bool:
    return row.reported_at is not None and now - row.reported_at > BEDS_STALE


def _is_most(judged: Iterable[bool]) -> bool:
    rows = list(judged)
    return bool(rows) and sum(rows) > len(rows) * OLD_SHARE
