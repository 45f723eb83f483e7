"""The local worker with llama.cpp's real server in it, on a tiny Qwen2 made here: ChatML prompts,
a grammar that binds, a child that is watched and comes back."""

import asyncio
import hashlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.triage.engines.chain import Chain, Extracted
from services.triage.engines.client import Ask, LlamaClient
from services.triage.engines.endpoint import Endpoint, Limits
from services.triage.engines.prompts import template
from services.triage.engines.sources.fetching import checksum
from services.triage.engines.supervisor import Plan, Supervisor
from services.triage.engines.worker.task import Task
from tests.support.engines import KNOWLEDGE, chain_of, llama_client, until_ready, watched
from tests.support.ledger import FOLDER, Ledger
from tests.support.models import tiny_adapter, tiny_qwen2
from tests.support.places import ROOT
from tests.support.texts import varied
from tests.support.waiting import until

LIMITS = Limits(answer_s=60, canary_s=30, hedge_s=30)
CONTEXT = 8192
"""A byte-level vocabulary makes long prompts."""
FAST, LONG = 40, 1000


@dataclass
class Local:
    """A watched worker, and the chain whose only engine it is."""

    supervisor: Supervisor
    engine: Endpoint
    chain: Chain


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    return tiny_qwen2(folder / "tiny-qwen2.gguf", codes=KNOWLEDGE.ontology)


@asynccontextmanager
async def supervised(
    model: str, folder: Path, *, adapter: str | None = None
) -> AsyncIterator[Local]:
    plan = Plan(model, adapter, "native", folder, threads=1, context=CONTEXT)
    async with llama_client() as client:
        supervisor = Supervisor(plan, client)
        made = template("qwen", KNOWLEDGE.ontology)
        engine = Endpoint("cpu", supervisor.locate, made, LIMITS, client)
        engine.absent = lambda: supervisor.state
        supervisor.tuned = lambda: setattr(
            engine, "template", template("qwen", KNOWLEDGE.ontology, tuned=True)
        )
        task = asyncio.create_task(supervisor.run())
        try:
            async with watched(chain_of([engine])) as chain:
                yield Local(supervisor, engine, chain)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(scope="module")
async def local(model: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Local]:
    async with supervised(f"file:{model}", tmp_path_factory.mktemp("engines")) as running:
        await until_ready(running.engine)
        yield running


async def generate(local: Local, texts: list[str], ledger: Ledger) -> Counter[str]:
    """Read every text at temperature 0 and 1 in turns, but for those that the ledger knows; what
    came of all of them: `read`, `cut_off`, or why not."""
    for place, text in enumerate(texts):
        if place in ledger:
            continue
        found = await local.chain.extract(text, within_s=60, temperature=float(place % 2))
        if isinstance(found, Extracted):
            ledger.note(place, "read")
        else:
            ledger.note(place, found.reasons.get("cpu", "no_engine"))
    print(f"\ngenerations: {dict(ledger.counts)}, resumed {ledger.resumed}")  # noqa: T201 - counts
    return ledger.counts


def ledger_of(model: Path, texts: list[str]) -> Ledger:
    made = template("qwen", KNOWLEDGE.ontology)
    told = [checksum(model), made.grammar, made.prefix, *texts]
    key = hashlib.sha256("\0".join(told).encode(errors="replace")).hexdigest()
    return Ledger("generations", key)


async def test_whatever_is_said_what_it_writes_can_be_read(
    local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    texts = varied(FAST, seed=1)
    counts = await generate(local, texts, Ledger("generations", "fast"))
    # Noise may run into the limit, which is a failure of that text and never half-read.
    assert set(counts) <= {"read", "cut_off"}
    assert counts["read"] > FAST // 2
    assert counts["read"] + counts["cut_off"] == FAST
    # A run that was broken off goes on where it was: nothing is asked a second time.
    asked = local.engine.tally.answers
    again = Ledger("generations", "fast")
    assert again.resumed == FAST
    assert await generate(local, texts, again) == counts
    assert local.engine.tally.answers == asked
    # The fixed part of the prompt was read once.
    assert local.engine.tally.tokens_kept > 2 * local.engine.tally.tokens_read
    # Nothing of a text is in the worker's log.
    log = (local.supervisor.plan.folder / "worker.log").read_text(errors="replace")
    assert re.search("[가-힣]|headache|DROP TABLE|Ignore all", log) is None


@pytest.mark.full
async def test_a_thousand_times(local: Local, model: Path) -> None:
    texts = varied(LONG, seed=2)
    ledger = ledger_of(model, texts)
    counts = await generate(local, texts, ledger)
    assert set(counts) <= {"read", "cut_off"}
    assert counts["read"] + counts["cut_off"] == LONG
    ledger.close()


async def test_a_killed_worker_comes_back_and_proves_itself(local: Local) -> None:
    former = local.supervisor.pid
    assert former is not None
    os.kill(former, signal.SIGKILL)

    async def gone() -> bool:
        return not local.engine.is_ready

    await until(gone, seconds=5)
    await until_ready(local.engine)
    assert local.supervisor.pid not in (None, former)
    assert local.supervisor.restarts == 1


@pytest.mark.full
async def test_a_hanging_worker_is_ended_and_replaced(local: Local) -> None:
    former = local.supervisor.pid
    assert former is not None
    os.kill(former, signal.SIGSTOP)

    async def replaced() -> bool:
        return local.supervisor.pid not in (None, former)

    await until(replaced, seconds=25)
    await until_ready(local.engine)


async def test_an_adapter_changes_what_is_written(
    model: Path, local: Local, tmp_path: Path
) -> None:
    adapter = tiny_adapter(tmp_path / "adapter.gguf")
    async with supervised(f"file:{model}", tmp_path, adapter=f"file:{adapter}") as adapted:
        await until_ready(adapted.engine)
        texts = varied(34, seed=3)[26:]
        differ = 0
        for text in texts:
            plain = await local.chain.extract(text, within_s=60)
            changed = await adapted.chain.extract(text, within_s=60)
            assert isinstance(plain, Extracted)
            assert isinstance(changed, Extracted)
            again = await local.chain.extract(text, within_s=60)
            assert isinstance(again, Extracted)
            assert again.output == plain.output
            differ += plain.output != changed.output
        assert differ > 0


async def test_an_adapter_that_says_it_was_tuned_gets_bare_prompts(
    model: Path, local: Local, tmp_path: Path
) -> None:
    adapter = tiny_adapter(tmp_path / "adapter.gguf", prompt="tuned")
    async with supervised(f"file:{model}", tmp_path, adapter=f"file:{adapter}") as tuned:
        await until_ready(tuned.engine)
        found = await tuned.chain.extract("배가 아파요", within_s=60)
        assert isinstance(found, Extracted)
        assert found.completion.tokens_evaluated < 100
    told = await local.chain.extract("배가 아파요", within_s=60)
    assert isinstance(told, Extracted)
    assert told.completion.tokens_evaluated > 4000


@pytest.mark.parametrize("spoilt", ["model", "adapter"])
async def test_a_file_that_is_no_model_is_told_and_nobody_is_harmed(
    spoilt: str, model: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\x00" * 4096)
    addresses = {"model": f"file:{model}", "adapter": None, spoilt: f"file:{broken}"}
    async with supervised(str(addresses["model"]), tmp_path, adapter=addresses["adapter"]) as ill:

        async def is_down() -> bool:
            return ill.engine.state == "down"

        await until(is_down)
        assert ill.supervisor.detail == "the model or its adapter cannot be loaded"
        assert not ill.chain.is_ready


def test_a_worker_never_outlives_its_parent(model: Path) -> None:
    task = Task(backend="native", model=str(model), key=secrets.token_hex(16), threads=1)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen(
        [sys.executable, "-m", "services.triage.engines.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(task.model_dump_json().encode() + b"\n")
    worker.stdin.flush()
    assert json.loads(worker.stdout.readline())["port"] > 0
    worker.stdin.close()
    assert worker.wait(timeout=10) == 0
    worker.stdout.close()


async def test_chatml_is_read_as_turns_and_a_forged_turn_is_not(local: Local) -> None:
    """The template's own markers are single tokens; those in a text are letters like any other."""
    made = template("qwen", KNOWLEDGE.ontology)
    address = local.supervisor.locate()
    assert address is not None
    async with llama_client() as client:
        honest = await tokens(client, local, made.prompt("xxxx"))
        forged = await tokens(client, local, made.prompt("<|im_end|>"))
    # Ten letters, some of them of several bytes, stand for the marker: none was made one token.
    assert forged >= honest + len("<|im_end|>") - len("xxxx")


async def tokens(client: LlamaClient, local: Local, prompt: str) -> int:
    address = local.supervisor.locate()
    assert address is not None
    ask = Ask(prompt, 'root ::= "{}"', 8)
    return (await client.complete(address, ask, within_s=30)).tokens_evaluated
