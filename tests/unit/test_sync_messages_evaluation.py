"""The scoring of messages: what counts as a hit, and the development cases that are read right."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import app
from services.cli.errors import CommandFailed
from services.cli.evaluating.figures import Rate
from services.cli.evaluating.messages import Judged, Said, scored

DEV = Path(__file__).parents[1] / "eval" / "dev" / "messages.jsonl"


def case(expected: Said, given: Said, optional: frozenset[str] = frozenset()) -> Judged:
    return Judged("one", "알림", expected, given, optional)


def said(effect: str, *fields: str) -> Said:
    return Said(effect, frozenset(fields), {})


def test_wilson_keeps_inside_nought_and_one() -> None:
    assert Rate(9, 10).interval == pytest.approx((0.5958, 0.9821), abs=1e-3)
    low, high = Rate(10, 10).interval
    assert low == pytest.approx(0.7225, abs=1e-3)
    assert high == pytest.approx(1.0)


def test_optional_fields_count_for_neither_side() -> None:
    rates = scored(
        [case(said("blocks", "hvec"), said("blocks", "hvec", "hv28"), frozenset({"hv28"}))]
    )
    assert (rates["pairs: precision"].hits, rates["pairs: precision"].of) == (1, 1)


def test_a_wrong_field_costs_both_and_a_wrong_effect_everything() -> None:
    field = scored([case(said("blocks", "hvec"), said("blocks", "hvoc"))])
    assert (field["effect right"].hits, field["pairs: precision"].hits) == (1, 0)
    effect = scored([case(said("blocks", "hvec"), said("call", "hvec"))])
    assert (effect["effect right"].hits, effect["pairs: recall"].hits) == (0, 0)
    assert effect["effect blocks: recall"].of == effect["effect call: precision"].of == 1


def test_a_restriction_without_a_field_is_one_of_its_own() -> None:
    rates = scored([case(said("blocks"), said("blocks"))])
    assert (rates["pairs: recall"].hits, rates["pairs: recall"].of) == (1, 1)


def test_the_development_cases_are_read_right(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = CliRunner().invoke(app, ["eval", "messages", str(DEV), "--out", str(out)])
    assert result.exit_code == 0, result.output
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["n"] >= 60
    assert figures["misses"] == []


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    result = CliRunner().invoke(app, ["eval", "messages", str(broken)])
    assert isinstance(result.exception, CommandFailed)
