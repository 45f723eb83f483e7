"""Counts that cannot be true: test values are flagged and never shown as free beds."""

from collections.abc import Mapping

from shared.contracts.nmc import Kind, catalogue

# Nationwide on 2026-05-23 no count was above three times its capacity and twenty, no capacity but
# that of a whole hospital's wards was above 100, and those were 2,118 at most.
TIMES_CAPACITY = 3
ROOM = 20
IMPOSSIBLE = 1000
WARDS = "hvs38"
WARDS_IMPOSSIBLE = 10_000


def flagged(values: Mapping[str, str]) -> dict[str, str]:
    """The raw values, by code, of counts and capacities that are no reports of this hospital."""
    capacities = {code: raw for code, raw in values.items() if code.startswith("hvs")}
    wrong = {code: raw for code, raw in capacities.items() if _is_impossible(code, raw)}
    for code, field in catalogue().items():
        count = number(values.get(code)) if field.kind is Kind.COUNT else None
        if count is None:
            continue
        pair = field.pair or ""
        capacity = None if pair in wrong else number(values.get(pair))
        if _is_test_value(count, capacity):
            wrong[code] = values[code]
    return wrong


def number(raw: str | None) -> int | None:
    """A count as the source writes it; None where it is none."""
    try:
        return int(raw) if raw is not None else None
    except ValueError:
        return None


def _is_impossible(code: str, raw: str) -> bool:
    limit = WARDS_IMPOSSIBLE if code == WARDS else IMPOSSIBLE
    capacity = number(raw)
    return capacity is not None and abs(capacity) >= limit


def _is_test_value(count: int, capacity: int | None) -> bool:
    if capacity is None:
        return abs(count) >= IMPOSSIBLE
    return count > capacity * TIMES_CAPACITY + ROOM or (
        abs(count) >= IMPOSSIBLE and abs(count) > capacity
    )
