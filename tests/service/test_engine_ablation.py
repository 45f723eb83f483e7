"""The comparison of engines over a labelled file, with a tiny model that knows nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.cli.evaluating.ablation import Result, Wanted, differences, evaluate, regressions
from services.cli.evaluating.engines import Engine, Read
from services.cli.evaluating.understanding import Understood, judge
from services.triage.knowledge import load_knowledge
from tests.support.models import tiny_adapter, tiny_qwen2

CASE: dict[str, Any] = {
    "id": "a", "text": "배가 아파요", "age_years": None, "age_band": None, "gender": None,
    "is_self": True, "symptom_codes": ["abdominal_pain"], "optional_codes": [],
    "negated_codes": [], "history": [], "special": [], "category": "dialect_jeju",
}  # fmt: skip
BLANK = {**CASE, "id": "c", "text": "", "symptom_codes": [], "is_self": None}
CASES = [CASE, {**CASE, "id": "b", "category": "plain"}, BLANK]
RIGHT = Understood(is_self=True, symptoms=frozenset({"abdominal_pain"}))
INVENTED = replace(RIGHT, symptoms=frozenset({"abdominal_pain", "fever"}))


def result(*told: Understood) -> Result:
    cases = [{**CASE, "id": f"{n}", "category": f"plain{n}"} for n in range(len(told))]
    verdicts = tuple(judge(case, one) for case, one in zip(cases, told, strict=True))
    reads = tuple(Read(one, 0.1) for one in told)
    return Result(tuple(range(len(told))), reads, verdicts)


def test_a_difference_is_paired_and_told_by_category() -> None:
    told = differences(result(RIGHT, RIGHT), result(RIGHT, INVENTED))
    assert set(told) == {"all", "plain0", "plain1"}
    before, after, gain = told["all"]
    assert before == 1.0
    assert after == pytest.approx(0.8)
    assert gain.value == pytest.approx(-0.2)
    assert gain.interval[0] < gain.interval[1] <= 0
    assert told["plain0"][2].value == 0


def test_every_regression_is_told() -> None:
    worse = replace(RIGHT, is_self=False)
    assert regressions(result(RIGHT, RIGHT), result(INVENTED, worse)) == [
        "regression 0 [plain0]: fever",
        "regression 1 [plain1]: is_self",
    ]
    assert regressions(result(INVENTED), result(RIGHT)) == []


def test_an_engine_that_read_few_texts_is_compared_on_those() -> None:
    few = replace(result(INVENTED), places=(1,))
    before, after, gain = differences(result(INVENTED, RIGHT), few)["all"]
    assert before == 1.0
    assert after == pytest.approx(2 / 3)
    assert gain.of == 1


def test_a_file_is_read_by_every_engine(tmp_path: Path) -> None:
    model = tiny_qwen2(tmp_path / "qwen.gguf", codes=load_knowledge().ontology, terse=True)
    file, out = tmp_path / "cases.jsonl", tmp_path / "figures.json"
    file.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in CASES))
    adapter = tiny_adapter(tmp_path / "adapter.gguf", prompt="tuned")
    evaluate(
        Wanted(
            file,
            None,
            tuple(Engine),
            f"file:{model}",
            adapter,
            "native",
            "native",
            0,
            2,
            tmp_path / "er",
            out,
        )
    )
    told = json.loads(out.read_text())
    assert [told[name]["n"] for name in ("rules", "base", "model", "merged", "open")] == [
        3,
        2,
        3,
        3,
        3,
    ]
    assert told["rules"]["scores"]["symptoms: micro-F1"]["value"] == 1
    assert told["model"]["unparsable"] == 0
    assert told["model"]["worker_mb"] > 0
    assert set(told["merged"]["differences"]) >= {"all", "dialect, typo, rant, indirect", "plain"}
