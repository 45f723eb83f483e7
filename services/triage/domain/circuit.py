"""When an engine that failed may be tried again, and how long a healthy one is waited for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
JITTER = 0.2
STEADY_S = 30.0
"""Seconds of good work after which an engine is forgiven what it did before."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """Closed while `opened_until` is None. The pauses double with every failure in a row; a return
    that does not last counts as in the row. Times are seconds of a monotonic clock."""

    failures: int = 0
    opened_until: float | None = None
    closed_at: float = -math.inf

    def failed(self, now: float, *, chance: float) -> "Circuit":
        """Open from now on. `chance` from 0 to 1 spreads the returns of many callers. Failures of
        calls that began before it opened change nothing."""
        if self.opened_until is not None and now < self.opened_until:
            return self
        in_row = 0 if self.opened_until is None and self._is_steady(now) else self.failures
        pause = min(FIRST_PAUSE_S * 2.0**in_row, LONGEST_PAUSE_S)
        return Circuit(in_row + 1, now + pause * (1 + JITTER * chance))

    def returned(self, now: float) -> "Circuit":
        """Closed after a probe that went well."""
        return Circuit(self.failures, None, now)

    def may_probe(self, now: float) -> bool:
        return self.opened_until is None or now >= self.opened_until

    def _is_steady(self, now: float) -> bool:
        return now - self.closed_at >= STEADY_S


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


FEW = 5
"""Fewer answers tell nothing of their tail."""


def hedge_delay(recent: Sequence[float], *, least: float, most: float) -> float:
    """Seconds after which the next engine is asked too: the 95th percentile of recent answers, and
    `most` where too few are known."""
    if len(recent) < FEW:
        return most
    return min(max(percentile(recent, 0.95), least), most)
