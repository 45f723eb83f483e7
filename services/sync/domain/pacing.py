"""When to ask the source again: the daily quota spread over the day, and refusals waited out."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from services.sync.domain.normalise import KST

KEY_REFUSED_WAIT = timedelta(hours=1)


def quota_day(now: datetime) -> date:
    """The day that a call counts for. UNCONFIRMED: data.go.kr does not say when its quota starts
    anew; midnight in Korea is the common reading, and this is the one place that holds it."""
    return now.astimezone(KST).date()


def reset_at(now: datetime) -> datetime:
    """When the quota starts anew."""
    return datetime.combine(quota_day(now) + timedelta(days=1), time(), KST)


def spread(interval_s: float, *, left: int | None, cost: int, now: datetime) -> float:
    """Seconds between rounds of `cost` calls with which the calls that are left last until the
    reset: never less than the interval, and the reset itself where not one round is left."""
    if left is None:
        return interval_s
    remaining_s = (reset_at(now) - now).total_seconds()
    rounds = left // max(1, cost)
    return max(interval_s, remaining_s / rounds) if rounds > 0 else remaining_s


def held(
    former: Mapping[str, datetime],
    *,
    answered: Collection[str],
    failures: Mapping[str, str],
    now: datetime,
) -> dict[str, datetime]:
    """Operations that are not asked for a while, each with its end: of a spent quota until the
    reset, of a refused key an hour. What answered, or failed otherwise, is asked in the next
    round; what was not asked stays as it was."""
    ends = {"quota-spent": reset_at(now), "key-refused": now + KEY_REFUSED_WAIT}
    asked = {*answered, *failures}
    kept = {name: end for name, end in former.items() if name not in asked and end > now}
    return kept | {name: ends[kind] for name, kind in failures.items() if kind in ends}
