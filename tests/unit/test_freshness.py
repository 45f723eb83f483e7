"""Ages and readings of reports: unknown is unknown, an old yes is no yes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.nmc import Kind, Status, catalogue, read_status, severe_by_message_code
from shared.contracts.sync import Freshness, age_s, freshness, status_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDER = [Freshness.FRESH, Freshness.STALE, Freshness.EXPIRED]


@pytest.mark.parametrize(
    ("kind", "minutes", "expected"),
    [
        (Kind.COUNT, 0, "fresh"),
        (Kind.COUNT, 20, "fresh"),
        (Kind.COUNT, 21, "stale"),
        (Kind.COUNT, 120, "stale"),
        (Kind.COUNT, 121, "expired"),
        (Kind.FLAG, 120, "fresh"),
        (Kind.FLAG, 121, "stale"),
        (Kind.FLAG, 24 * 60, "stale"),
        (Kind.FLAG, 24 * 60 + 1, "expired"),
        (Kind.SEVERE, 5, "stale"),
        (Kind.SEVERE, 24 * 60 - 1, "stale"),
        (Kind.SEVERE, 24 * 60, "expired"),
    ],
)
def test_the_edges_of_freshness(kind: Kind, minutes: int, expected: str) -> None:
    assert freshness(kind, NOW - timedelta(minutes=minutes), NOW) == expected


def test_no_time_is_unknown() -> None:
    assert freshness(Kind.COUNT, None, NOW) is Freshness.UNKNOWN
    assert age_s(None, NOW) is None


def test_a_clock_ahead_of_ours_is_age_zero() -> None:
    assert age_s(NOW + timedelta(minutes=3), NOW) == 0
    assert freshness(Kind.COUNT, NOW + timedelta(minutes=3), NOW) is Freshness.FRESH


@given(
    st.sampled_from([Kind.COUNT, Kind.FLAG, Kind.SEVERE]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_an_older_report_is_never_fresher(kind: Kind, one: int, other: int) -> None:
    younger, older = sorted((one, other))
    states = [freshness(kind, NOW - timedelta(seconds=s), NOW) for s in (younger, older)]
    assert ORDER.index(states[0]) <= ORDER.index(states[1])


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (Kind.COUNT, "5", "available"),
        (Kind.COUNT, "0", "unavailable"),
        (Kind.COUNT, "-39", "unavailable"),
        (Kind.COUNT, "", "unknown"),
        (Kind.COUNT, None, "unknown"),
        (Kind.COUNT, "N", "unknown"),
        (Kind.FLAG, "Y", "available"),
        (Kind.FLAG, "N", "unavailable"),
        (Kind.FLAG, "N1", "unavailable"),
        (Kind.FLAG, None, "unknown"),
        (Kind.SEVERE, "Y         ", "available"),
        (Kind.SEVERE, "불가능", "unavailable"),
        (Kind.SEVERE, "정보미제공", "unknown"),
        (Kind.SEVERE, "?", "unknown"),
    ],
)
def test_raw_values(kind: Kind, raw: str | None, expected: str) -> None:
    assert read_status(kind, raw) == expected


def test_an_expired_yes_is_unknown_and_so_is_an_expired_no() -> None:
    old = NOW - timedelta(days=3)
    for raw in ("Y", "불가능"):
        assert status_at(Kind.SEVERE, raw, old, NOW) is Status.UNKNOWN


def test_the_catalogue_is_whole() -> None:
    fields = catalogue()
    severe = [field for field in fields.values() if field.kind is Kind.SEVERE]
    assert len(severe) == 27
    assert len(severe_by_message_code()) == 28
    assert not any(code.startswith("hvs") for code in fields)
    assert {code for code, field in fields.items() if field.may_be_decisive} == {
        *(f"MKioskTy{n}" for n in range(1, 28)),
        "hvoxyayn",
        *(code for code in fields if code.startswith("designation:")),
    }
