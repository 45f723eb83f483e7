"""The weights of the screen, one piece of letters a line; `training.screening` makes them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from services.triage.knowledge import files
from services.triage.knowledge.model import Screen, ScreenLimits, Weight
from services.triage.knowledge.reading import KnowledgeError, read_file

WEIGHTS = "screen.tsv"
_ZERO = "(none)"


def read_screen(folder: Path) -> Screen:
    """The weights and the limits; raises KnowledgeError naming the file and the line."""
    limits = read_file(folder / "screen.yaml", files.ScreenFile).limits
    weights = dict(_weights((folder / WEIGHTS).read_text(encoding="utf-8").splitlines()))
    zero = weights.pop(_ZERO, None)
    if zero is None:
        raise KnowledgeError(f"{WEIGHTS}: no line {_ZERO}")
    return Screen(
        MappingProxyType(weights),
        zero,
        ScreenLimits(urgent=limits.urgent, immediate=limits.immediate, calm=limits.calm),
    )


def write_weights(path: Path, weights: Mapping[str, Weight], zero: Weight) -> None:
    """As `read_screen` reads them, in the order of the pieces."""
    rows = [(_ZERO, zero), *sorted(weights.items())]
    lines = (f"{p}\t{w.rarity:.2f}\t{w.urgent:.3f}\t{w.immediate:.3f}\n" for p, w in rows)
    path.write_text("".join(lines), encoding="utf-8")


def _weights(lines: Iterable[str]) -> Iterable[tuple[str, Weight]]:
    for number, line in enumerate(lines, 1):
        try:
            piece, rarity, urgent, immediate = line.split("\t")
            yield piece, Weight(float(rarity), float(urgent), float(immediate))
        except ValueError as fault:
            raise KnowledgeError(f"{WEIGHTS}: line {number}: {fault}") from fault
