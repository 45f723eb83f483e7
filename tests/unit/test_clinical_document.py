"""docs/clinical.md is what the data say now, and its hazards name tests that exist."""

import ast
from pathlib import Path

import pytest

from services.cli import documenting
from services.cli.errors import CommandFailed
from services.triage.knowledge import load_knowledge
from tests.support.places import ROOT


def test_the_document_is_fresh() -> None:
    assert documenting.DOCUMENT.read_text(encoding="utf-8") == documenting.rendered(), (
        "docs/clinical.md is stale: write it anew with ./er document"
    )


def test_it_says_first_that_no_physician_reviewed_it() -> None:
    top = documenting.rendered()[:200]
    assert "NOT REVIEWED BY A PHYSICIAN" in top


def test_everything_is_in_it() -> None:
    text, knowledge = documenting.rendered(), load_knowledge()
    assert knowledge.ruleset in text
    for rule in knowledge.flags:
        assert f"`{rule.code}` · {rule.reason} · source: {rule.source}" in text
    for row in knowledge.presentations:
        assert f"| {row.name.ko} ({row.name.en}) |" in text
    for code in knowledge.complaints:
        assert f"| {knowledge.ontology[code].ko} ({knowledge.ontology[code].en}) |" in text
    for line in (*knowledge.advice.actions.values(), *knowledge.advice.do_not.values()):
        assert line.text.ko in text


def test_hazards_name_tests_that_exist() -> None:
    hazards = documenting.hazards()
    assert len(hazards) >= 15
    assert [one.id for one in hazards] == [f"H{number}" for number in range(1, len(hazards) + 1)]
    for one in hazards:
        for named in one.tests:
            file, _, function = named.partition("::")
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            names = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
            assert function in names, named


def test_a_broken_hazard_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "hazards.yaml").write_text("hazards: [{id: X}]")
    with pytest.raises(CommandFailed, match=r"hazards\.yaml"):
        documenting.hazards(tmp_path / "hazards.yaml")
