"""Grave sentences in many forms: none may be taken lightly."""

from collections import Counter
from pathlib import Path

import pytest

from services.cli.errors import CommandFailed
from services.cli.evaluating.figures import Rate
from services.cli.evaluating.grave import PLAIN, Form, Material, expanded, is_missed, material
from services.triage.domain import StatedFacts, assess, case_of, extract
from services.triage.knowledge import load_knowledge

FILE = Path(__file__).parents[1] / "eval" / "dev" / "grave.yaml"
BATCHES = sorted(FILE.parent.glob("grave*.yaml"))
MOST_MISSED = 0.0065
FEWEST = 500


def test_grave_texts_are_not_taken_lightly() -> None:
    knowledge = load_knowledge()
    texts = [text for batch in BATCHES for text in expanded(material(batch))]
    missed = []
    for text in texts:
        found = extract(text.text, knowledge=knowledge, this_year=2026)
        if is_missed(assess(case_of(found, StatedFacts()), knowledge=knowledge).ktas):
            missed.append(f"{text.presentation} ({text.form}): {text.text}")
    assert len(texts) >= FEWEST
    assert Rate(len(missed), len(texts)).share <= MOST_MISSED, "\n".join(missed)


def test_the_same_texts_come_every_time_and_each_once() -> None:
    texts = list(expanded(material(FILE)))
    assert texts == list(expanded(material(FILE)))
    assert len({text.text for text in texts}) == len(texts)
    forms = Counter(text.form for text in texts)
    assert forms[PLAIN] == sum(len(lines) for lines in material(FILE).sentences.values())
    assert min(forms.values()) > 20


def test_forms() -> None:
    said = Form(swap=[("아파요", "아프당께요")], before="저기요 ", after=" ㅠㅠ", unspaced=True)
    assert said.of("배가 아파요") == "저기요 배가아프당께요 ㅠㅠ"
    assert Form(unpunctuated=True).of("배가, 아파요!") == "배가 아파요"


@pytest.mark.parametrize(("ktas", "missed"), [(1, False), (2, False), (3, True), (None, True)])
def test_what_counts_as_missed(ktas: int | None, missed: bool) -> None:
    assert is_missed(ktas) is missed


def test_a_form_that_changes_nothing_adds_nothing() -> None:
    told = Material(each_also=1, forms={"same": Form()}, sentences={"a": ["배가 아파요"]})
    assert [text.form for text in expanded(told)] == [PLAIN]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("forms: 1")
    with pytest.raises(CommandFailed, match=r"x\.yaml"):
        material(tmp_path / "x.yaml")
