"""What can come back from a model: a checked reply, or the reason why there is none."""

from dataclasses import dataclass

from services.triage.needs.question import Ordering

MOST_TOKENS = 400
"""Of one reply; a longer one is cut by the server and thrown away here."""


class ModelFailed(Exception):
    """No usable answer. `wait_s` is set where one more try after so many seconds may help;
    `unbilled` where the call cannot have cost anything."""

    def __init__(self, reason: str, *, wait_s: float | None = None, unbilled: bool = False) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.unbilled = unbilled


@dataclass(frozen=True, slots=True)
class Reply:
    """`tokens_in` and `tokens_out` are None where the server did not tell them."""

    ordering: Ordering
    tokens_in: int | None
    tokens_out: int | None
