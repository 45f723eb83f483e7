"""Laws of the understanding that hold for every text."""

import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain import Extraction, extract
from services.triage.domain.reading import read
from services.triage.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
EVERYDAY = (Path(__file__).parents[1] / "data" / "everyday.txt").read_text(encoding="utf-8")
# Sentences that say nothing about one another: no list, correction or change of person.
STATEMENTS = (
    "가슴이 답답해요.", "머리가 깨질 것 같아요.", "열이 39도예요.", "기침은 안 해요.", "토했어요.",
    "숨이 차요.", "오른쪽 발목을 삐었어요.", "소변이 안 나와요.", "어지러워요.",
    "두드러기가 났어요.",
    "눈이 잘 안 보여요.", "코피가 안 멈춰요.", "설사는 없어요.", "허리가 아파요.", "손이 저려요.",
    "불안해요.", "I have a headache.", "no fever.", "배가 아파요.", "귀에서 소리가 나요.",
)  # fmt: skip

texts = st.one_of(
    st.text(max_size=2000),
    st.text(alphabet="가슴배머리아파요안못없는데고ㅋㅠ .,!?\n0123456789살세남여", max_size=300),
    st.lists(st.sampled_from([*STATEMENTS, *EVERYDAY.splitlines()]), max_size=12).map(" ".join),
)


def understood(text: str) -> Extraction:
    return extract(text, knowledge=KNOWLEDGE, this_year=2026)


def codes(text: str) -> set[str]:
    return {symptom.code for symptom in understood(text).symptoms}


@settings(max_examples=50, deadline=None)
@given(text=texts)
def test_quotes_stand_in_the_text_and_nothing_is_both(text: str) -> None:
    found = understood(text)
    assert all(symptom.quote in text for symptom in found.symptoms)
    said = {symptom.code for symptom in found.symptoms}
    assert said.isdisjoint(found.negated)
    assert said | set(found.negated) <= set(KNOWLEDGE.ontology)


@settings(max_examples=30, deadline=None)
@given(chosen=st.permutations(STATEMENTS), count=st.integers(1, 8))
def test_order_and_repetition_do_not_change_the_codes(chosen: list[str], count: int) -> None:
    some = chosen[:count]
    once = codes(" ".join(some))
    assert codes(" ".join(reversed(some))) == once
    assert codes(" ".join([*some, *some])) == once


@settings(max_examples=30, deadline=None)
@given(text=texts)
def test_a_text_in_other_clothes_is_the_same_text(text: str) -> None:
    assert understood(text) == understood(text)
    assert codes(text + "\n") == codes(text)


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=400))
def test_places_lead_back_to_what_was_sent(text: str) -> None:
    reading = read(text)
    assert len(reading.origin) == len(reading.squeezed) == len(reading.words)
    assert list(reading.raw) == sorted(reading.raw)
    assert reading.raw[-1] == len(text)


def test_decomposed_text_is_read_and_quoted_as_it_was_sent() -> None:
    text = unicodedata.normalize("NFD", "가슴이 답답해요")
    (symptom,) = understood(text).symptoms
    assert symptom.code == "chest_pain"
    assert symptom.quote in text


def test_everyday_talk_is_not_taken_for_an_illness() -> None:
    lines = EVERYDAY.splitlines()
    taken = [line for line in lines if codes(line)]
    assert len(taken) <= 0.01 * len(lines), taken
