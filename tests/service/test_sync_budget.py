"""Calls are counted for all replicas, spread over the day, and refusals are waited out."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.sync.budget import Budget, BudgetSpent
from services.sync.domain.normalise import KST
from services.sync.domain.pacing import held, quota_day, reset_at, spread
from shared import db
from tests.service.sync_process import replica
from tests.service.sync_service import Stores
from tests.support.fakes.nmc import BEDS, DIRECTORY, MESSAGES, SEVERE, FakeNmc, Fault
from tests.support.nmc_rows import bed_row, directory_row, severe_row
from tests.support.running import running
from tests.support.waiting import until

SEOUL = "A1100001"
EVENING = datetime(2026, 11, 23, 20, tzinfo=KST)  # four hours before the reset


@pytest.fixture
def stores(database: str, redis_url: str) -> Stores:
    return Stores(database, redis_url)


@pytest.fixture
def fake() -> FakeNmc:
    return FakeNmc(
        rows={
            DIRECTORY: [directory_row(SEOUL)],
            BEDS: [bed_row(SEOUL, at=datetime.now(UTC))],
            SEVERE: [severe_row(SEOUL)],
        }
    )


def test_the_day_of_the_quota_is_korean() -> None:
    assert quota_day(datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)).day == 23
    assert quota_day(datetime(2026, 11, 23, 15, tzinfo=UTC)).day == 24
    assert reset_at(EVENING) == datetime(2026, 11, 24, tzinfo=KST)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (None, 300),
        (1000, 300),
        (144, 300),  # 48 rounds of three in four hours
        (72, 600),
        (3, 4 * 3600),
        (2, 4 * 3600),
        (0, 4 * 3600),
    ],
)
def test_what_is_left_is_spread(left: int | None, expected: float) -> None:
    assert spread(300, left=left, cost=3, now=EVENING) == expected


@given(
    limit=some.integers(4, 3000),
    cost=some.integers(1, 12),
    interval_s=some.integers(1, 3600),
    second=some.integers(0, 86_399),
)
def test_a_day_never_runs_dry_before_its_end(
    limit: int, cost: int, interval_s: int, second: int
) -> None:
    now = datetime(2026, 11, 23, tzinfo=KST) + timedelta(seconds=second)
    end, spent = reset_at(now), 0
    moments: list[datetime] = []
    while now < end and len(moments) < 4000:
        assert spent + cost <= limit or spent == 0
        spent, moments = spent + cost, [*moments, now]
        wait_s = spread(interval_s, left=max(0, limit - spent), cost=cost, now=now)
        assert wait_s >= min(interval_s, (end - now).total_seconds())
        now += timedelta(seconds=wait_s)
    gaps = [later - former for former, later in pairwise(moments)]
    assert spent <= max(limit, cost)
    assert max(gaps, default=timedelta()) <= max(
        timedelta(seconds=interval_s), 2 * min(gaps, default=timedelta()) + timedelta(seconds=1)
    )


def test_a_refusal_is_waited_out_by_operation() -> None:
    now = EVENING
    first = held({}, answered=["beds"], failures={"severe": "quota-spent"}, now=now)
    assert first == {"severe": reset_at(now)}
    second = held(first, answered=["beds"], failures={"messages": "key-refused"}, now=now)
    assert second == {"severe": reset_at(now), "messages": now + timedelta(hours=1)}
    later = now + timedelta(hours=1)
    assert held(second, answered=[], failures={}, now=later) == {"severe": reset_at(now)}
    assert held(second, answered=["severe"], failures={"messages": "empty"}, now=now) == {}


async def test_the_store_counts_for_everybody(database: str) -> None:
    engine = db.connect(database, "sync")
    first, second = Budget(engine, 10), Budget(engine, 10)
    now = datetime.now(UTC)
    counted = await asyncio.gather(*(one.reserve(3, now) for one in (first, second, first)))
    assert sorted(counted) == [3, 6, 9]
    with pytest.raises(BudgetSpent):
        await second.reserve(2, now)
    assert await second.reserve(1, now) == 10
    assert await first.add(4, now) == 14
    assert (await first.spent(now), first.left(14)) == (14, 0)
    assert await first.reserve(4, now + timedelta(days=1)) == 4
    assert await Budget(engine, None).reserve(100, now) == 114
    await engine.dispose()


async def test_rounds_slow_down_and_a_spent_budget_asks_nothing(
    fake: FakeNmc, stores: Stores
) -> None:
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores, interval_s=1, daily_calls=10) as sync,
    ):

        async def is_planned() -> bool:
            return (await sync.state()).next_due is not None

        await until(is_planned)
        state = await sync.state()
        assert (state.calls_today, state.daily_calls) == (4, 10)
        assert state.next_due is not None
        left_s = (reset_at(datetime.now(UTC)) - datetime.now(UTC)).total_seconds()
        assert (state.next_due - datetime.now(UTC)).total_seconds() == pytest.approx(
            left_s / 2, abs=60
        )
        await sync.refresh()
        asked = len(fake.calls)
        refused = await sync.client.post("/v1/refresh")
        assert (refused.status_code, refused.json()["cause"]) == (502, "budget-spent")
        assert len(fake.calls) == asked == 8
        error = (await sync.state()).last_error
        assert error is not None
        assert (error.kind, await sync.is_ready()) == ("budget-spent", True)


async def test_further_pages_are_counted(fake: FakeNmc, stores: Stores) -> None:
    fake.rows[BEDS] = [bed_row(f"A11{n:05d}", at=datetime.now(UTC)) for n in range(2500)]
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores, daily_calls=100) as sync,
    ):
        assert (await sync.state()).calls_today == len(fake.calls) == 6


@pytest.mark.parametrize(
    ("fault", "least_s"),
    [(Fault(401, "Unauthorized"), 3500), (Fault(429, "API token quota exceeded"), 0)],
    ids=["key", "quota"],
)
async def test_a_refusing_source_is_left_alone(
    fault: Fault, least_s: float, fake: FakeNmc, stores: Stores
) -> None:
    async with running(fake.app) as url, replica(url + fake.base, stores, interval_s=1) as sync:
        fake.fail(fault)

        async def is_held() -> bool:
            due = (await sync.state()).next_due
            return due is not None and due - datetime.now(UTC) > timedelta(seconds=10)

        await until(is_held)
        asked = len(fake.calls)
        due = (await sync.state()).next_due
        assert due is not None
        wait_s = (due - datetime.now(UTC)).total_seconds()
        until_reset_s = (reset_at(datetime.now(UTC)) - datetime.now(UTC)).total_seconds()
        assert wait_s == pytest.approx(least_s or until_reset_s, abs=120)
        await asyncio.sleep(2)
        assert len(fake.calls) == asked
        fake.heal()
        await sync.refresh()  # an operator who mended the key asks at once
        assert (await sync.state()).consecutive_failures == 0


async def test_one_refused_operation_leaves_the_others(fake: FakeNmc, stores: Stores) -> None:
    fake.fail(Fault(429, "API token quota exceeded"), MESSAGES)
    async with running(fake.app) as url, replica(url + fake.base, stores, interval_s=1):

        async def goes_on() -> bool:
            return [call.operation for call in fake.calls].count(BEDS) >= 3

        await until(goes_on)
        assert [call.operation for call in fake.calls].count(MESSAGES) == 1
