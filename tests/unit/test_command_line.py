"""The command line: what it imports, and what `ask` says of a sentence."""

import io
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from services.cli.__main__ import app, main
from services.cli.asking import Question, _print_advice
from services.cli.bench import BENCHES
from shared.contracts.triage import TriageAnswer

HEAVY = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "redis", "openai")
ROOT = Path(__file__).parents[2]
IMPORTED = f"""
import sys
import services.cli.__main__, services.cli.asking
print(*sorted(set({HEAVY}) & set(sys.modules)))
"""
NOT_MEDICAL: dict[str, Any] = {
    "patient": {},
    "symptoms": [],
    "negated": [],
    "history": [],
    "special": [],
    "cues": [],
    "ruleset": "1",
    "vitals": {},
    "onset_minutes": None,
    "ktas": None,
    "red_flags": [],
    "advice": {"call_119": False, "message": "말씀해 주세요.", "actions": [], "do_not": [],
               "phones": []},
    "engine": "rules",
    "model": None,
    "degraded": [],
    "elapsed_ms": 1,
    "ai_generated": False,
}  # fmt: skip


def test_asking_imports_no_server() -> None:
    """Its first words came two seconds later with them."""
    told = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert told.stdout.split() == []


@pytest.mark.parametrize("group", ["eval", "auth"])
def test_the_groups_that_are_imported_late_are_told_and_work(group: str) -> None:
    assert f" {group} " in CliRunner().invoke(app, ["--help"]).stdout
    told = CliRunner().invoke(app, [group, "--help"])
    assert told.exit_code == 0
    assert f" {group} " in told.stdout


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_is_there(name: str) -> None:
    assert callable(import_module(f"services.cli.bench.{name.replace('-', '_')}").bench)


def test_what_an_operator_can_mend_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["er", "status", "--state", str(tmp_path)])
    assert main() == 1
    told = capsys.readouterr().err
    assert told.startswith("er: nothing runs on ")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "알아들은 증상이 없습니다. 어디가 어떻게 아픈지 조금 더 적어 주세요."),
        ({"symptoms": [{"code": "fever", "name": "열", "quote": "열"}], "ktas": 4},
         "열 · KTAS 4 (참고용 추정)"),
    ],
)  # fmt: skip
def test_what_was_understood_is_told_in_words(changed: dict[str, Any], line: str) -> None:
    out = io.StringIO()
    answer = TriageAnswer.model_validate({**NOT_MEDICAL, **changed})
    question = Question("", 37.5, 127.0, (), english=False)
    _print_advice(Console(file=out, width=120), question, answer)
    assert out.getvalue().splitlines()[-1].strip() == line
