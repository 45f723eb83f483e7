"""How far a report can still be trusted, by its kind and its age."""

from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.nmc import Kind, Status, read_status

BEDS_FRESH = timedelta(minutes=20)
BEDS_STALE = timedelta(minutes=120)
MACHINES_FRESH = timedelta(hours=2)
MACHINES_STALE = timedelta(hours=24)
HEARTBEAT_LIMIT = timedelta(hours=24)

HEARTBEAT_KINDS = (Kind.SEVERE, Kind.GATE)
HEARTBEAT_S = HEARTBEAT_LIMIT.total_seconds()
BEDS_S = (BEDS_FRESH.total_seconds(), BEDS_STALE.total_seconds())
MACHINES_S = (MACHINES_FRESH.total_seconds(), MACHINES_STALE.total_seconds())


class Freshness(StrEnum):
    """How far a report can still be trusted."""

    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def age_s(reported_at: datetime | None, now: datetime) -> int | None:
    """Seconds since the hospital's own report; a report from the near future is age 0."""
    if reported_at is None:
        return None
    return max(0, int((now - reported_at).total_seconds()))


def freshness(kind: Kind, reported_at: datetime | None, now: datetime) -> Freshness:
    """Freshness of one report. Severe acceptances carry no time of their own: they hold while
    the hospital's heartbeat (its bed report) is under a day old."""
    return freshness_at(kind, None if reported_at is None else (now - reported_at).total_seconds())


def freshness_at(kind: Kind, age: float | None) -> Freshness:
    """Freshness of a report so many seconds old; negative where clocks differ."""
    if age is None:
        return Freshness.UNKNOWN
    if kind in HEARTBEAT_KINDS:
        return Freshness.STALE if age < HEARTBEAT_S else Freshness.EXPIRED
    fresh, stale = BEDS_S if kind is Kind.COUNT else MACHINES_S
    if age <= fresh:
        return Freshness.FRESH
    return Freshness.STALE if age <= stale else Freshness.EXPIRED


def status_at(kind: Kind, raw: str | None, reported_at: datetime | None, now: datetime) -> Status:
    """Status of a raw value now: what expired or has no time is unknown, not a no."""
    if freshness(kind, reported_at, now) in (Freshness.EXPIRED, Freshness.UNKNOWN):
        return Status.UNKNOWN
    return read_status(kind, raw)
