"""Fail-over with real llama.cpp servers: eight callers, nine faults, nobody goes without."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from services.cli.bench.failover import measure, report
from services.cli.bench.workers import Model
from services.triage.engines.prompts import template
from tests.support.engines import KNOWLEDGE
from tests.support.models import tiny_qwen2


@pytest.mark.full
async def test_eight_callers_lose_nothing_whatever_fails(tmp_path: Path) -> None:
    path = tiny_qwen2(tmp_path / "tiny-qwen2.gguf", codes=KNOWLEDGE.ontology, terse=True)
    # In a byte-level vocabulary the whole prompt has 4,300 tokens, which no GPU would notice and
    # one thread does, and noise runs to its limit: what is measured here is the chain, so the fixed
    # part is left out and the model is terse. One slot then serves eight callers.
    made = replace(template("qwen", KNOWLEDGE.ontology), prefix="<|im_start|>user\n")
    model = Model(path, tmp_path, made)
    outcomes = await measure(model, calm_s=3)
    for table in report(outcomes).tables:
        Console(width=140).print(table)
    assert len(outcomes) == 9
    assert {outcome.fault: outcome.failed for outcome in outcomes if outcome.failed} == {}
    assert [o.fault for o in outcomes if o.next_engine == "-" or o.back is None] == []
    gpu = [outcome for outcome in outcomes if outcome.fault.startswith("GPU")]
    assert {outcome.next_engine for outcome in gpu} <= {"cpu", "rules"}
    assert all(outcome.broken_max < 4 for outcome in outcomes)
