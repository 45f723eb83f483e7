"""What a model is taught: labels that the ontology knows, answers that the grammar admits."""

import json

import pytest

from services.triage.engines.output import read_output
from services.triage.knowledge import load_knowledge
from tests.support.places import ROOT
from training.ages import native, sino
from training.composing import composed, material
from training.dataset import dataset
from training.examples import MATERIAL, handwritten, labelled, levels_and_rest
from training.screening import judged

SCREEN = {path.stem for path in MATERIAL.glob("urgency/*.txt")}
CODES = set(load_knowledge().ontology)


def test_every_answer_is_one_that_the_engines_can_read() -> None:
    for example in [*labelled(), *composed(500, 7)]:
        told = read_output(example.answer(), CODES)
        assert told.age == example.age
        assert set(told.symptoms) <= set(example.symptoms)


def test_every_code_is_said_by_hand() -> None:
    said = {code for example in handwritten() for code in example.symptoms}
    assert said == CODES
    assert set(material().clauses) == CODES


def test_the_texts_of_the_screen_are_labelled_as_well() -> None:
    texts = {example.text for example in labelled()}
    screen = [one.text for one in judged() if one.source in SCREEN]
    assert len(screen) > 3_500
    assert set(screen) <= texts
    for line in ("머리가 아파요", "머리가 아파요 | - | - | s | headache | -", "5 | "):
        with pytest.raises(ValueError, match="levels"):
            levels_and_rest(line)


def test_the_same_seed_composes_the_same() -> None:
    assert composed(50, 3) == composed(50, 3)
    assert composed(50, 3) != composed(50, 4)


def test_nothing_held_out_is_trained_on() -> None:
    made = dataset(count=10, seed=1)
    assert made.held_out
    assert not {one.text for one in made.held_out} & {one.text for one in made.train}


def test_what_is_near_to_an_evaluated_text_is_left_out() -> None:
    text = "가슴이 조이듯이 아프고 식은땀이 줄줄 나요"
    made = dataset(count=0, seed=1, evaluated=[text + " 빨리요"])
    assert made.too_near >= 1
    assert text not in {one.text for one in made.train}


@pytest.mark.parametrize(
    ("age", "counted", "said"), [(72, "일흔두", "칠십이"), (20, "스무", "이십"), (5, "다섯", "오")]
)
def test_ages_are_said_as_people_say_them(age: int, counted: str, said: str) -> None:
    assert native(age, counting=True) == counted
    assert sino(age) == said


def test_the_keys_stand_in_the_order_of_the_grammar() -> None:
    keys = list(json.loads(handwritten()[0].answer()))
    grammar = (ROOT / "grammars" / "extract-tuned.gbnf").read_text(encoding="utf-8")
    places = [grammar.index(f'{key}\\"') for key in keys]
    assert places == sorted(places)
