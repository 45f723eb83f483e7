"""Training as an operator starts it: from a clean clone to an adapter that llama.cpp reads with.

What training needs is large. ER_TRAIN_STATE names a state folder that holds it already.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.triage.engines.sources import is_tuned
from services.triage.knowledge import load_knowledge
from tests.support.models import tiny_qwen2
from tests.support.places import ROOT

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("ER_TRAIN_STATE")
    return Path(kept) if kept else tmp_path_factory.mktemp("state")


def er(state: Path, *arguments: str) -> list[dict[str, Any]]:
    """The lines of JSON that a command told."""
    command = [sys.executable, "-m", "services.cli", *arguments, "--state", str(state)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def fresh(state: Path, recipe: str) -> Path:
    """The folder of a recipe's results, without those of a former run."""
    folder = state / "train" / recipe
    for name in ("checkpoint.pt", "adapter.gguf", "merged.gguf"):
        (folder / name).unlink(missing_ok=True)
    return folder


def test_twenty_steps_lead_to_an_adapter_that_llama_cpp_reads_with(state: Path) -> None:
    folder = fresh(state, "smoke")
    told = er(state, "train", "--smoke")
    steps = [line for line in told if "step" in line]
    assert [(line["stage"], line["step"]) for line in steps] == [("broad", 10), ("fine", 10)]
    assert steps[-1]["loss"] < steps[0]["loss"]
    score = told[-1]["held_out"]
    assert (score["n"], score["unreadable"]) == (8, 0)
    assert is_tuned(folder / "adapter.gguf")
    assert is_tuned(folder / "merged.gguf")


def test_the_recipe_of_qwen_runs_on_a_tiny_one(state: Path, tmp_path: Path) -> None:
    folder = fresh(state, "smoke-qwen")
    codes = load_knowledge().ontology
    base = tiny_qwen2(tmp_path / "tiny.gguf", codes=codes, terse=True, joined=("ab", "cd"))
    told = er(state, "train", "--recipe", "smoke-qwen", "--base", str(base))
    assert told[-1]["held_out"]["unreadable"] == 0
    assert is_tuned(folder / "adapter.gguf")


def test_what_needs_torch_holds(state: Path, tmp_path: Path) -> None:
    path = os.pathsep.join([str(ROOT), str(state / "train" / "site")])
    command = [sys.executable, "-m", "tests.system.training_checks", str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False)
    assert done.returncode == 0
