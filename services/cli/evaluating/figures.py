"""What every evaluation shares: labelled cases in, rates with their intervals out."""

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from services.cli.errors import CommandFailed

RESAMPLES = 1000
SEED = 20261125
S = TypeVar("S")


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
class Estimate:
    """A figure that is no share, with its 95 % bootstrap interval."""

    value: float
    interval: tuple[float, float]
    of: int

    def told(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} (n {self.of}; bootstrap {low:.2f}–{high:.2f})"

    def plain(self) -> dict[str, object]:
        """For the JSON file."""
        return {"value": round(self.value, 4), "n": self.of, "bootstrap": self.interval}


def bootstrapped(sample: Sequence[S], figure: Callable[[Sequence[S]], float]) -> Estimate:
    """The figure of a sample and the middle 95 % of its resamples; the same at every run."""
    if not sample:
        return Estimate(math.nan, (math.nan, math.nan), 0)
    chance = random.Random(SEED)  # noqa: S311 - resampling wants repeatable chance, not a secret
    values = sorted(figure(chance.choices(sample, k=len(sample))) for _ in range(RESAMPLES))
    edges = (values[int(RESAMPLES * 0.025)], values[int(RESAMPLES * 0.975)])
    return Estimate(figure(sample), edges, len(sample))


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
