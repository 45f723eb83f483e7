"""What is told of a hospital's report: without what cannot be true, with the operator's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.sync.domain.bounds import flagged, number
from services.sync.domain.records import Override
from shared.contracts.nmc import Kind, Status, catalogue


@dataclass(frozen=True, slots=True)
class Told:
    """`values` hold no flagged ones and what the overrides in force say instead of the feed."""

    values: Mapping[str, str]
    flagged: Mapping[str, str]
    overrides: Mapping[str, Override]


def told(values: Mapping[str, str], words: Mapping[str, Override], now: datetime) -> Told:
    """The report as it is told now."""
    wrong = flagged(values)
    shown = {code: raw for code, raw in values.items() if code not in wrong}
    spoken = {code: word for code, word in words.items() if word.holds(now)}
    for code, word in spoken.items():
        raw = _overridden(code, shown.get(code), word.status)
        shown.pop(code, None)
        if raw is not None:
            shown[code] = raw
    return Told(shown, wrong, spoken)


def _overridden(code: str, raw: str | None, status: Status | None) -> str | None:
    """A value that says the status. A free count stays the feed's where that is one, and is one
    bed otherwise: the operator knows that there is a place, not how many."""
    if status is Status.UNKNOWN:
        return None
    kind = catalogue()[code].kind
    if kind is not Kind.COUNT:
        no = "N" if kind is Kind.FLAG else "불가능"
        return "Y" if status is Status.AVAILABLE else no
    count = number(raw)
    if status is Status.UNAVAILABLE:
        return raw if count is not None and count <= 0 else "0"
    return raw if count is not None and count > 0 else "1"
