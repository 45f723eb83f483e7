"""The client of the NMC against its fake, over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from services.sync.failures import (
    DatasetMismatch,
    EmptyAnswer,
    KeyRefused,
    SourceFailure,
    Unreachable,
    Unreadable,
)
from services.sync.source import Operation, Source
from tests.support.fakes.nmc import BEDS, DIRECTORY, FakeNmc, Fault
from tests.support.nmc_rows import bed_row, directory_row
from tests.support.running import running

NOW = datetime.now(UTC)
KEY = "secret+key/with=signs"


@asynccontextmanager
async def served(
    fake: FakeNmc, *, simulated: bool = False, key: str = KEY
) -> AsyncIterator[Source]:
    async with running(fake.app) as url, httpx.AsyncClient() as client:
        yield Source(client, url + fake.base, key, simulated, total_timeout_s=1.0)


async def test_one_call_brings_the_country() -> None:
    fake = FakeNmc(rows={BEDS: [bed_row(f"A11{n:05d}", at=NOW) for n in range(418)]})
    async with served(fake) as source:
        rows = await source.fetch(Operation.BEDS)
    assert len(rows) == 418
    (call,) = fake.calls
    assert call.parameters == {"serviceKey": KEY, "pageNo": "1", "numOfRows": "1000"}
    assert call.user_agent.startswith("smart-er-match-sync/")


async def test_further_pages_while_the_total_says_so() -> None:
    fake = FakeNmc(rows={DIRECTORY: [directory_row(f"A11{n:05d}") for n in range(2300)]})
    async with served(fake) as source:
        rows = await source.fetch(Operation.DIRECTORY)
    assert len({row["hpid"] for row in rows}) == 2300
    assert [call.parameters["pageNo"] for call in fake.calls] == ["1", "2", "3"]


async def test_an_encoded_key_is_sent_as_the_decoded_one() -> None:
    fake = FakeNmc(rows={BEDS: [bed_row(at=NOW)]})
    async with served(fake, key="secret%2Bkey%2Fwith%3Dsigns") as source:
        await source.fetch(Operation.BEDS)
    assert fake.calls[0].parameters["serviceKey"] == KEY


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(401, "Unauthorized"), KeyRefused),
        (Fault(502, "Error forwarding request to backend server"), Unreachable),
        (Fault(delay_s=3), Unreachable),
        (Fault(cut=True), Unreachable),
        (Fault(200, "<response><header>"), Unreadable),
    ],
    ids=["refused", "platform down", "slow", "cut", "broken"],
)
async def test_failures_are_typed_and_hold_neither_key_nor_address(
    fault: Fault, kind: type[SourceFailure]
) -> None:
    fake = FakeNmc(rows={BEDS: [bed_row(at=NOW)]})
    fake.fail(fault, BEDS)
    async with served(fake) as source:
        with pytest.raises(SourceFailure) as caught:
            await source.fetch(Operation.BEDS)
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


async def test_nobody_listens() -> None:
    async with httpx.AsyncClient() as client:
        source = Source(client, "http://127.0.0.1:9/x", KEY, False, total_timeout_s=1.0)
        with pytest.raises(Unreachable):
            await source.fetch(Operation.BEDS)


async def test_no_hospitals_at_all_is_suspicious_and_no_messages_are_not() -> None:
    async with served(FakeNmc()) as source:
        with pytest.raises(EmptyAnswer):
            await source.fetch(Operation.BEDS)
        assert await source.fetch(Operation.MESSAGES) == []


@pytest.mark.parametrize("simulated", [True, False])
async def test_live_and_simulated_never_meet(simulated: bool) -> None:
    fake = FakeNmc(simulated=simulated, rows={BEDS: [bed_row(at=NOW)]})
    async with served(fake, simulated=not simulated) as source:
        with pytest.raises(DatasetMismatch):
            await source.fetch(Operation.BEDS)
    async with served(fake, simulated=simulated) as source:
        assert await source.fetch(Operation.BEDS)
