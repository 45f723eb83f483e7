"""Which tokens of an answer are learnt: those that the grammar leaves open."""

import pytest

from training.choices import TUNED_GRAMMAR, Choices
from training.examples import Example

CHOICES = Choices(TUNED_GRAMMAR.read_text(encoding="utf-8"))


def cut(answer: str, *pieces: str) -> list[str]:
    """The answer as these pieces, and what is left between them as one piece each."""
    found = []
    for piece in pieces:
        before, _, answer = answer.partition(piece)
        found += [before, piece] if before else [piece]
    return [*found, answer]


def test_keys_and_the_rest_of_a_code_are_not_learnt() -> None:
    answer = Example("", age=5, symptoms=("chest_pain",), is_self=True).answer()
    pieces = cut(
        answer, "5", "gender", '":', "null", "sy", '":["', "chest", "_pain", '"],"', "neg",
        '":[],"', "is_self", "true",
    )  # fmt: skip
    places = CHOICES.places(answer, [len(piece) for piece in pieces])
    learnt = [pieces[place] for place in places]
    assert {"5", '":["', "chest", '"],"', '":[],"', "true"} <= set(learnt)
    assert not {"gender", "_pain", "neg", "is_self", pieces[-1]} & set(learnt)
    # Another token could reach over the end of this one into a choice, so that it is one itself.
    assert '":' in learnt


def test_what_is_no_answer_is_refused() -> None:
    answer = Example("").answer()
    with pytest.raises(ValueError, match="grammar"):
        CHOICES.places(answer.replace("null", "none"), [len(answer)])
    with pytest.raises(ValueError, match="tokens"):
        CHOICES.places(answer, [1, 2])
