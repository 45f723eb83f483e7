"""Every string that the grammar admits is an answer that we can read, and nothing else is."""

import json
import random
from pathlib import Path

import pytest

from services.triage.engines.grammar import FILE, TUNED_FILE, extract_grammar
from services.triage.engines.output import ModelOutput, UnreadableOutput, read_output
from services.triage.knowledge import Knowledge, load_knowledge
from tests.support.gbnf import Sampler

KEYS = ["age", "gender", "symptoms", "negated", "is_self", "history", "special_note"]
GOOD = (
    '{"age":72,"gender":"M","symptoms":["chest_pain"],"negated":[],"is_self":false,'
    '"history":["고혈압"],"special_note":""}'
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def test_the_file_is_what_the_ontology_makes(knowledge: Knowledge) -> None:
    assert FILE.read_text() == extract_grammar(knowledge.ontology)
    assert TUNED_FILE.read_text() == extract_grammar(knowledge.ontology, with_words=False)


def parsed(count: int, knowledge: Knowledge, file: Path = FILE) -> list[ModelOutput]:
    sampler, chance = Sampler(file.read_text()), random.Random(8)
    outputs = []
    for _ in range(count):
        drawn = sampler.draw(chance)
        assert list(json.loads(drawn)) == KEYS
        outputs.append(read_output(drawn, knowledge.ontology))
    return outputs


def test_what_is_drawn_from_it_parses(knowledge: Knowledge) -> None:
    outputs = parsed(3_000, knowledge)
    # The sampler reached the far ends: the longest lists, the oldest, both words, silence.
    assert {len(output.symptoms) for output in outputs} == set(range(9))
    assert {len(output.history) for output in outputs} == set(range(9))
    assert {None, 130} <= {output.age for output in outputs}
    assert {code for o in outputs for code in o.symptoms} == set(knowledge.ontology)
    assert any(output.special_note == "" for output in outputs)


def test_what_a_tuned_model_writes_parses_and_holds_no_free_words(knowledge: Knowledge) -> None:
    outputs = parsed(1_000, knowledge, TUNED_FILE)
    assert {(tuple(output.history), output.special_note) for output in outputs} == {((), "")}
    assert {len(output.negated) for output in outputs} == set(range(9))


@pytest.mark.full
def test_a_hundred_thousand_parse(knowledge: Knowledge) -> None:
    outputs = parsed(100_000, knowledge)
    print(f"\ndrawn from the grammar: {len(outputs)}, unreadable: 0")  # noqa: T201 - counts
    assert len(outputs) == 100_000


def test_what_the_answer_means(knowledge: Knowledge) -> None:
    output = read_output(GOOD, knowledge.ontology)
    assert (output.age, output.gender, output.symptoms) == (72, "M", ["chest_pain"])
    assert (output.is_self, output.history, output.special_note) == (False, ["고혈압"], "")


@pytest.mark.parametrize(
    "content",
    [
        "",
        GOOD[:-1],
        GOOD[:40],
        GOOD + "}",
        "null",
        "[]",
        GOOD.replace("72", "131"),
        GOOD.replace("72", "-1"),
        GOOD.replace("72", '"72"'),
        GOOD.replace("72", "72.5"),
        GOOD.replace('"M"', '"male"'),
        GOOD.replace("false", '"no"'),
        GOOD.replace("chest_pain", "heart_attack"),
        GOOD.replace('["chest_pain"]', json.dumps(["chest_pain"] * 9)),
        GOOD.replace('"is_self":false,', ""),
        GOOD.replace('"age"', '"years"'),
        GOOD.replace('"special_note":""', f'"special_note":"{"가" * 200}"'),
    ],
)
def test_anything_else_is_refused_without_a_word_of_it(content: str, knowledge: Knowledge) -> None:
    with pytest.raises(UnreadableOutput) as refused:
        read_output(content, knowledge.ontology)
    assert "heart_attack" not in str(refused.value)
    assert "고혈압" not in str(refused.value)
