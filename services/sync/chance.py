"""Time and randomness, given from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Chance:
    """The clock, a number from 0 to 1, a new id."""

    now: Callable[[], datetime]
    random: Callable[[], float]
    new_id: Callable[[], str]
