"""A breaker: after failures in a row nobody is asked for a while, then one call tries."""

from collections.abc import Callable


class Circuit:
    """`clock` is monotonic, in seconds."""

    def __init__(self, *, failures: int, open_s: float, clock: Callable[[], float]) -> None:
        self._limit = failures
        self._open_s = open_s
        self._clock = clock
        self._failures = 0
        self._closed_from = 0.0

    def admits(self) -> bool:
        """Whether a call may go out now; the one that tries again holds back the others."""
        if self._failures < self._limit:
            return True
        now = self._clock()
        if now < self._closed_from:
            return False
        self._closed_from = now + self._open_s
        return True

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            self._closed_from = self._clock() + self._open_s
