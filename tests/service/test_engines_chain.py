"""The chain over scriptable servers: whatever the first does, the next one answers, or none does
and the caller is told why. None of it needs a model."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from services.triage.engines.chain import Chain, Extracted, NotExtracted
from services.triage.engines.client import Address, EngineFailed
from services.triage.engines.endpoint import CANARY, Endpoint
from tests.support.engines import chain_of, endpoint, llama_client, until_ready, watched
from tests.support.fakes.llama import GOOD, FakeLlama, Mode
from tests.support.running import running
from tests.support.waiting import until

TEXT = "아버지가 가슴이 아파요 72세"
NOWHERE = Address("http://127.0.0.1:9", "")


@dataclass
class Two:
    """Two engines with a scriptable server each."""

    gpu: FakeLlama
    cpu: FakeLlama
    first: Endpoint
    second: Endpoint
    chain: Chain


@asynccontextmanager
async def two() -> AsyncIterator[Two]:
    gpu, cpu = FakeLlama(), FakeLlama(key="another-key")
    async with running(gpu.app) as one, running(cpu.app) as other, llama_client() as client:
        first = endpoint("gpu", client, Address(one, gpu.key))
        second = endpoint("cpu", client, Address(other, cpu.key))
        chain = chain_of([first, second])
        await first.watch()
        await second.watch()
        assert (first.state, second.state) == ("ready", "ready")
        yield Two(gpu, cpu, first, second, chain)


def endpoint_state(engine: Endpoint) -> str:
    return engine.state


async def read(chain: Chain, *, within_s: float = 3.0) -> Extracted:
    found = await chain.extract(TEXT, within_s=within_s)
    assert isinstance(found, Extracted), found
    return found


async def test_the_first_answers_while_it_is_well() -> None:
    async with two() as engines:
        found = await read(engines.chain)
        assert (found.engine, found.output.age, found.reasons) == ("gpu", 72, {})
        # Of a server's folders nothing is told.
        assert found.model == "fake-model.gguf"
        assert engines.cpu.texts == []
        (asked,) = engines.gpu.texts
        assert asked["prompt"].endswith(f"{TEXT}\nJSON: ")
        assert asked["cache_prompt"] is True
        assert 0 < asked["n_predict"] <= 400


@pytest.mark.parametrize(
    ("mode", "reason", "state"),
    [
        ("failing", "failed", "cooling"),
        ("garbage", "malformed", "cooling"),
        ("endless", "malformed", "cooling"),
        ("free", "grammar_ignored", "cooling"),
        ("loading", "loading", "building"),
        ("busy", "busy", "ready"),
        ("cut", "cut_off", "ready"),
    ],
)
async def test_the_next_answers_at_once_when_the_first_fails(
    mode: Mode, reason: str, state: str
) -> None:
    async with two() as engines:
        engines.gpu.mode = mode
        began = time.monotonic()
        found = await read(engines.chain)
        assert (found.engine, found.reasons) == ("cpu", {"gpu": reason})
        assert time.monotonic() - began < 0.25
        assert engines.first.state == state
        assert engines.first.tally.fallbacks == {reason: 1}
        # One that is sick is not asked a second time.
        asked = len(engines.gpu.texts)
        await read(engines.chain)
        assert len(engines.gpu.texts) == asked + (state == "ready")


async def test_a_closed_port_costs_nothing_after_the_first() -> None:
    async with two() as engines:
        engines.first.locate = lambda: NOWHERE
        await engines.first.watch()
        assert engines.first.state == "cooling"
        began = time.monotonic()
        assert (await read(engines.chain)).engine == "cpu"
        assert time.monotonic() - began < 0.1


async def test_a_hanging_engine_costs_the_hedge_delay_and_then_nothing() -> None:
    async with two() as engines:
        for _ in range(6):
            await read(engines.chain)
        assert engines.first.hedge_s == pytest.approx(0.15)
        engines.gpu.mode = "hanging"
        began = time.monotonic()
        assert (await read(engines.chain)).engine == "cpu"
        assert 0.14 < time.monotonic() - began < 0.5
        for _ in range(2):
            await read(engines.chain)
        assert engines.first.state == "cooling"
        began = time.monotonic()
        await read(engines.chain)
        assert time.monotonic() - began < 0.1

        async def all_left() -> bool:
            return engines.gpu.left == 3

        # The losers were told to stop: their connections are closed.
        await until(all_left, seconds=3)


async def test_a_slow_engine_may_still_win_its_race() -> None:
    async with two() as engines:
        engines.gpu.mode = engines.cpu.mode = "slow"
        engines.gpu.slow_s, engines.cpu.slow_s = 0.5, 5.0
        assert (await read(engines.chain)).engine == "gpu"
        assert len(engines.cpu.texts) == 1


async def test_where_none_answers_the_reasons_are_told() -> None:
    async with two() as engines:
        engines.gpu.mode, engines.cpu.mode = "failing", "cut"
        found = await engines.chain.extract(TEXT, within_s=3)
        assert found == NotExtracted({"gpu": "failed", "cpu": "cut_off"})
        engines.cpu.mode = "failing"
        await engines.chain.extract(TEXT, within_s=3)
        assert not engines.chain.is_ready
        assert await engines.chain.extract(TEXT, within_s=3) == NotExtracted({})


async def test_nothing_outlives_the_deadline() -> None:
    async with two() as engines:
        engines.gpu.mode = engines.cpu.mode = "hanging"
        began = time.monotonic()
        found = await engines.chain.extract(TEXT, within_s=0.6)
        assert time.monotonic() - began < 0.9
        assert found == NotExtracted({"gpu": "late", "cpu": "late"})


async def test_an_engine_that_ignores_the_grammar_is_never_asked_about_a_patient() -> None:
    fake = FakeLlama(mode="free")
    async with running(fake.app) as url, llama_client() as client:
        engine = endpoint("gpu", client, Address(url, fake.key))
        await engine.watch()
        assert (engine.state, engine.last_reason) == ("cooling", "grammar_ignored")
        assert await chain_of([engine]).extract(TEXT, within_s=1) == NotExtracted({})
        assert fake.texts == []
        assert [body["grammar"] for body in fake.asked] == [CANARY.grammar]


async def test_it_returns_after_growing_pauses_and_only_past_the_canary() -> None:
    now = 1000.0
    fake = FakeLlama(mode="failing")
    async with running(fake.app) as url, llama_client() as client:
        engine = endpoint("gpu", client, Address(url, fake.key))
        engine.clock, engine.chance = lambda: now, lambda: 0.0
        probes = []
        for second in range(40):
            now = 1000.0 + second
            before = len(fake.asked)
            await engine.watch()
            if len(fake.asked) > before:
                probes.append(second)
        assert probes == [0, 1, 3, 7, 15, 31]
        assert not engine.is_ready
        assert endpoint_state(engine) == "down"
        fake.mode = "well"
        now = 1063.0
        await engine.watch()
        assert endpoint_state(engine) == "ready"


async def test_a_new_address_is_proven_before_it_is_used() -> None:
    old, new = FakeLlama(), FakeLlama(mode="free")
    async with running(old.app) as one, running(new.app) as other, llama_client() as client:
        address = Address(one, old.key)
        engine = endpoint("gpu", client, None)
        engine.locate = lambda: address
        await engine.watch()
        assert engine.is_ready
        address = Address(other, new.key, epoch=2)
        assert not engine.is_ready
        await engine.watch()
        assert engine.last_reason == "grammar_ignored"
        new.mode = "well"
        address = Address(other, new.key, epoch=3)
        await engine.watch()
        assert engine.is_ready


@pytest.mark.parametrize("url", ["", "gpu:8080", "http://", "http://[::1", "ftp://127.0.0.1"])
async def test_an_address_that_is_none_is_an_engine_that_is_not_there(url: str) -> None:
    async with llama_client() as client:
        engine = endpoint("gpu", client, Address(url, ""))
        await engine.watch()
        assert (engine.state, engine.last_reason) == ("cooling", "unreachable")


async def test_a_wrong_key_is_told_as_refused() -> None:
    fake = FakeLlama()
    async with running(fake.app) as url, llama_client() as client:
        engine = endpoint("gpu", client, Address(url, "wrong"))
        await engine.watch()
        assert (engine.state, engine.last_reason) == ("cooling", "refused")


async def test_eight_callers_lose_nothing_while_the_first_dies_and_returns() -> None:
    async with two() as engines, watched(engines.chain):
        answered: list[str] = []
        over = asyncio.Event()

        async def ask() -> None:
            while not over.is_set():
                answered.append((await read(engines.chain)).engine)
                await asyncio.sleep(0.01)

        callers = [asyncio.create_task(ask()) for _ in range(8)]
        await asyncio.sleep(0.3)
        engines.gpu.mode = "failing"
        await asyncio.sleep(0.3)
        engines.gpu.mode = "well"
        await until_ready(engines.first, seconds=10)
        await asyncio.sleep(0.2)
        over.set()
        await asyncio.gather(*callers)
        turns = [e for place, e in enumerate(answered) if place == 0 or answered[place - 1] != e]
        assert turns[0] == turns[-1] == "gpu"
        assert "cpu" in turns


async def test_the_client_reads_the_fake_as_it_reads_a_server() -> None:
    fake = FakeLlama(content=GOOD)
    async with running(fake.app) as url, llama_client() as client:
        answer = await client.complete(Address(url, fake.key), CANARY, within_s=1)
        assert answer.content == '{"canary":7}'
        assert (answer.tokens_read, answer.tokens_predicted) == (10, 20)
        with pytest.raises(EngineFailed, match="unreachable"):
            await client.healthy(NOWHERE)
