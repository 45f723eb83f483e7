"""How sure a model was of a symptom, from the tokens of its answer."""

import math

import pytest

from services.triage.engines.client import TokenChance
from services.triage.engines.sureness import sureness
from training.examples import Example

ANSWER = Example("", symptoms=("fever", "chest_pain"), negated=("cough",)).answer()
CODES = ["fever", "chest_pain"]


def tokens(*parts: tuple[str, float | None]) -> list[TokenChance]:
    """The answer cut at these parts, which have these chances; what is between them is certain."""
    told, rest = [], ANSWER
    for part, chance in parts:
        before, _, rest = rest.partition(part)
        logprob = None if chance is None else math.log(chance)
        told += [TokenChance(token=before, logprob=0.0), TokenChance(token=part, logprob=logprob)]
    return [*told, TokenChance(token=rest, logprob=0.0)]


def test_it_is_the_chance_that_the_list_goes_on_and_of_every_token_of_the_code() -> None:
    told = tokens(('["', 0.9), ("fever", 0.5), ('","', 0.8), ("chest", 0.5), ("_pain", 0.5))
    assert sureness(ANSWER, CODES, told) == pytest.approx({"fever": 0.45, "chest_pain": 0.2})


def test_what_stands_elsewhere_has_no_part_in_it() -> None:
    told = tokens(("symptoms", 0.1), ("cough", 0.1))
    assert sureness(ANSWER, CODES, told) == pytest.approx({"fever": 1.0, "chest_pain": 1.0})


def test_what_an_engine_does_not_tell_is_not_known() -> None:
    assert sureness(ANSWER, CODES, []) == {}
    assert sureness(ANSWER, CODES, tokens(("fever", None))) == pytest.approx({"chest_pain": 1.0})
    other = [TokenChance(token=ANSWER.replace("fever", "cough"), logprob=0.0)]
    assert sureness(ANSWER, CODES, other) == {}
    assert sureness("no answer", CODES, [TokenChance(token="no answer", logprob=0.0)]) == {}


def test_the_end_that_an_engine_tells_besides_does_not_matter() -> None:
    told = [*tokens(("fever", 0.5)), TokenChance(token="<end>", logprob=-3.0)]
    assert sureness(ANSWER, CODES, told)["fever"] == pytest.approx(0.5)
