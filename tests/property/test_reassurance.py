"""Reassurance never takes a red flag away: over every grave sentence of the development files."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli.evaluating.grave import PLAIN, expanded, material
from services.triage.domain import Assessment, StatedFacts, assess, case_of, extract
from services.triage.knowledge import load_knowledge

FILES = Path(__file__).parents[1] / "eval" / "dev"
KNOWLEDGE = load_knowledge()
LEAST_URGENT = 6
FLOORS = {flag.code: flag.floor for flag in KNOWLEDGE.flags}
GRAVEST = 2
# What counts weak words and not what is known of the body.
OF_ALARMS = frozenset({"many_alarms", "unclear_grave"})
# The screen weighs the whole text, of which a further clause is a part.
OF_SOUND = frozenset({"sounds_urgent", "sounds_immediate"})
# A convulsion of a child that "is fine now" is over: that is what the words say.
OF_NOW = frozenset({"seizure_pattern"})
REASSURING = [
    "지금은 괜찮아요",
    "금방 괜찮아졌어요",
    "아무렇지도 않아요",
    "밥도 잘 먹어요",
    "물도 잘 마셔요",
    "잘 놀아요",
    "웃고 있어요",
    "혼자 잘 걸어요",
    "말도 잘해요",
    "잠도 잘 자요",
    "원래 그래요",
    "병원에서 괜찮대요",
    "검색해 봤는데 별거 아니래요",
    "피곤해서 그런가 봐요",
    "커피를 많이 마셔서 그런가 봐요",
    "팔을 베고 자서 그런 거예요",
    "놀라서 그런 거였어요",
    "다른 데는 멀쩡해요",
]


@cache
def grave() -> tuple[tuple[str, int | None, str | None], ...]:
    """Text, age and sex."""
    return tuple(_grave())


def _grave() -> Iterator[tuple[str, int | None, str | None]]:
    for batch in sorted(FILES.glob("grave*.yaml")):
        for text in expanded(material(batch)):
            if text.form == PLAIN:
                yield text.text, None, None
    for path in sorted(FILES.glob("acuity*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if case["ktas"] <= GRAVEST:
                yield case["text"], case["age_years"], case["gender"]


def judged(text: str, years: int | None, gender: str | None) -> Assessment:
    found = extract(text, knowledge=KNOWLEDGE, this_year=2026)
    stated = StatedFacts(age_years=years, gender="F" if gender == "F" else "M" if gender else None)
    return assess(case_of(found, stated), knowledge=KNOWLEDGE)


def lowered(told: tuple[str, int | None, str | None], clause: str) -> str | None:
    """The sentence where the clause lowers it, None where it does not."""
    text, years, gender = told
    longer = f"{text.rstrip('. ')}. {clause}"
    before, after = floor(judged(text, years, gender)), floor(judged(longer, years, gender))
    return f"{before} -> {after}: {longer}" if after > before else None


def floor(assessment: Assessment) -> int:
    """The gravest floor of the flags that know something of the body."""
    left_out = OF_ALARMS | OF_SOUND | OF_NOW
    known = {flag.code for flag in assessment.red_flags} - left_out
    return min((FLOORS[code] for code in known), default=LEAST_URGENT)


@settings(max_examples=300, deadline=None)
@given(told=st.deferred(lambda: st.sampled_from(grave())), clause=st.sampled_from(REASSURING))
def test_a_reassuring_clause_never_lowers_a_red_flag(
    told: tuple[str, int | None, str | None], clause: str
) -> None:
    assert lowered(told, clause) is None


@pytest.mark.full
def test_no_reassuring_clause_lowers_any_red_flag() -> None:
    lower = [told for case in grave() for clause in REASSURING if (told := lowered(case, clause))]
    assert not lower, "\n".join(lower)


@settings(max_examples=300, deadline=None)
@given(told=st.deferred(lambda: st.sampled_from(grave())), clause=st.sampled_from(REASSURING))
def test_removing_a_reassuring_clause_never_lowers_urgency(
    told: tuple[str, int | None, str | None], clause: str
) -> None:
    text, years, gender = told
    longer = f"{text.rstrip('. ')}. {clause}"
    assert floor(judged(text, years, gender)) <= floor(judged(longer, years, gender))
