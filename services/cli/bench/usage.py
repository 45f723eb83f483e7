"""What a process and its descendants use, read from /proc."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli.errors import CommandFailed
from services.cli.processes import HAS_PROC, PROC

SAMPLE_S = 0.02
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# Fields of /proc/PID/stat after the name, which ends at the last bracket.
PARENT, USER, SYSTEM, ENDED_USER, ENDED_SYSTEM, RESIDENT = 1, 11, 12, 13, 14, 21


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU since its start, that of ended children included, and resident memory now."""

    cpu_s: float
    resident: int


@dataclass(slots=True)
class Peak:
    """The most memory that was seen."""

    resident: int = 0


def usage(pid: int) -> Usage:
    """Of the process with all that descend from it."""
    if not HAS_PROC:
        raise CommandFailed("this benchmark reads /proc, which this machine does not have")
    found = dict(_stats())
    family = [pid]
    for member in family:
        family += [other for other, fields in found.items() if int(fields[PARENT]) == member]
    own = [found[member] for member in family if member in found]
    ticks = (
        int(fields[place]) for fields in own for place in (USER, SYSTEM, ENDED_USER, ENDED_SYSTEM)
    )
    return Usage(
        sum(ticks) / TICKS_PER_S,
        sum(int(fields[RESIDENT]) for fields in own) * PAGE_BYTES,
    )


@contextmanager
def peak_of(pid: int) -> Iterator[Peak]:
    """Look at the memory every few milliseconds while the block runs."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(SAMPLE_S):
            peak.resident = max(peak.resident, usage(pid).resident)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _stats() -> Iterator[tuple[int, list[str]]]:
    for entry in PROC.glob("[0-9]*"):
        try:
            told = Path(entry, "stat").read_text()
        except OSError:
            continue
        yield int(entry.name), told.rpartition(")")[2].split()
