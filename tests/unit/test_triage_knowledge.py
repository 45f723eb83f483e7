"""The knowledge files: complete, consistent, and refused loudly when broken."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.triage.domain import extract
from services.triage.knowledge import KnowledgeError, load_knowledge
from services.triage.knowledge.load import FILES, FOLDER

REFERENCE = (
    Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "symptom_codes.json"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path)
    return tmp_path


def swap(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_version_and_digest(folder: Path) -> None:
    shipped = load_knowledge()
    assert shipped.ruleset == "2026.11.5"
    assert len(shipped.ontology) == 110
    assert load_knowledge(folder).digest == shipped.digest
    swap(folder, "advice", "벌침은", "벌의 침은")
    assert load_knowledge(folder).digest != shipped.digest


BROKEN = [
    ("ontology", 'ruleset: "2026.11.5"', 'ruleset: "soon"', "ruleset"),
    ("ontology", "near: [altered_mental_status]", "near: [no_such_code]", "no_such_code"),
    ("lexicon", "  chest_pain:\n", "  chest_pains:\n", "chest_pains"),
    ("lexicon", "{gap}", "{gup}", "gup"),
    ("lexicon", "흉통|", "흉통(|", "symptoms.chest_pain"),
    ("redflags", "- code: stroke_pattern", "- code: acs_pattern", "acs_pattern"),
    ("redflags", "{all: [cardiac_arrest]}", "{all: [heart_arrest]}", "heart_arrest"),
    ("redflags", "cues: [not_breathing]", "cues: [not_breething]", "not_breething"),
    ("redflags", "floor: 1", "floor: 4", "floor"),
    ("redflags", "{all: [cardiac_arrest]}", "{every: [cardiac_arrest]}", "every"),
    ("redflags", "{all: [cardiac_arrest]}", "{}", "empty pattern"),
    ("complaints", "  cough: {base: 4}", "  cough: {base: 1}", "cough"),
    ("complaints", "  cough: {base: 4}\n", "", "cough"),
    ("advice", "actions: [call_119, start_cpr, get_aed]", "actions: [dance]", "dance"),
    ("advice", '  "119": ', '  "112": ', "duplicate key"),
    ("presentations", "- id: hanging", "- id: cardiac_arrest", "cardiac_arrest"),
    ("presentations", "[{MKioskTy1: decisive}, hvangioayn", "[{hvangioayn: decisive}",
     "cannot be decisive"),
    ("presentations", "[{MKioskTy1: decisive}, hvangioayn", "[{MKioskTy28: decisive}",
     "MKioskTy28"),
    ("presentations", "  hvec: {", "  hvs01: {", "hvs01"),
    ("presentations", "needs: [hvec, hvventiayn, hvangioayn", "needs: [hvec, hvec, hvangioayn",
     "each once"),
    ("presentations", "needs: [hvec, hvventiayn, hvangioayn",
     "needs: [{MKioskTy1: decisive}, hvangioayn", "under nearest"),
    ("presentations", "flags: [acs_pattern]", "flags: [acs_patern]", "acs_patern"),
    ("presentations", "call: [urology]", "call: [astrology]", "astrology"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), BROKEN)
def test_broken_knowledge_is_refused(
    name: str, old: str, new: str, told: str, folder: Path
) -> None:
    swap(folder, name, old, new)
    with pytest.raises(KnowledgeError) as refusal:
        load_knowledge(folder)
    assert f"{name}.yaml" in str(refusal.value)
    assert told in str(refusal.value)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "advice.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"advice\.yaml"):
        load_knowledge(folder)


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, whatever else the machine does meanwhile."""
    best = float("inf")
    for _ in range(5):
        start = time.thread_time()
        work()
        best = min(best, time.thread_time() - start)
    return best


def test_reading_is_quick_and_linear() -> None:
    knowledge = load_knowledge()
    sentence = "아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세 "
    short = seconds(lambda: extract(sentence, knowledge=knowledge, this_year=2026))
    rant = (sentence * 60)[:2000]
    long = seconds(lambda: extract(rant, knowledge=knowledge, this_year=2026))
    assert long < 120 * short


if REFERENCE.is_file():

    def test_codes_and_names_are_those_of_the_reference() -> None:
        reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
        ontology = load_knowledge().ontology
        assert {
            code: (concept.ko, concept.en, concept.group, set(concept.near))
            for code, concept in ontology.items()
        } == {
            code: (entry["ko"], entry["en"], entry["group"], set(entry["near"]))
            for code, entry in reference.items()
        }
