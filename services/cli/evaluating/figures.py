"""What every evaluation shares: labelled cases in, rates with their intervals out."""

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from services.cli.errors import CommandFailed

RESAMPLES = 400
SEED = 20261126
Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its count and its 95 % interval after Wilson."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return (0.0, 1.0)
        z, n, p = 1.96, self.of, self.share
        middle = p + z * z / (2 * n)
        spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        whole = 1 + z * z / n
        return ((middle - spread) / whole, (middle + spread) / whole)

    def told(self) -> str:
        low, high = self.interval
        return f"{self.share:.3f} ({self.hits}/{self.of}; {low:.2f}–{high:.2f})"

    def plain(self) -> dict[str, object]:
        """For the JSON file."""
        return {
            "hits": self.hits,
            "n": self.of,
            "share": round(self.share, 4),
            "wilson": self.interval,
        }


@dataclass(frozen=True, slots=True)
class Mean:
    """A figure that is no share, with its 95 % bootstrap interval over `of` cases."""

    value: float
    interval: tuple[float, float]
    of: int

    def told(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} (n {self.of}; {low:.2f}–{high:.2f})"

    def plain(self) -> dict[str, object]:
        """For the JSON file."""
        return {"value": round(self.value, 4), "n": self.of, "bootstrap": self.interval}


def bootstrap(judged: Sequence[Case], figure: Callable[[Sequence[Case]], float]) -> Mean:
    """The figure over all cases and its spread over resamples; the same seed every time."""
    if not judged:
        return Mean(math.nan, (0.0, 1.0), 0)
    chance = random.Random(SEED)  # noqa: S311 no secret
    drawn = sorted(figure(chance.choices(judged, k=len(judged))) for _ in range(RESAMPLES))
    cut = round(RESAMPLES * 0.025)
    return Mean(figure(judged), (drawn[cut], drawn[-1 - cut]), len(judged))


def cases(path: Path) -> list[Mapping[str, Any]]:
    """The cases of a labelled file, one JSON object a line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{path} cannot be read as JSON lines: {error}") from error


def write_figures(out: Path, content: Mapping[str, object]) -> None:
    """The figures as JSON, for whoever compares runs."""
    out.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
