"""Urgency and red flags of a case, and the first words that follow from them."""

from dataclasses import dataclass

from services.triage.domain.advice import Advice, advise
from services.triage.domain.cases import Case, Facts, facts_of_case
from services.triage.domain.patterns import holds, holds_any
from services.triage.knowledge.model import Knowledge

SEVERE = 2
"""KTAS 1 and 2: nobody drives, 119 first."""


@dataclass(frozen=True, slots=True)
class RedFlag:
    code: str
    name_ko: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """`ktas` is 1 (gravest) to 5, or None where nothing medical was said."""

    ktas: int | None
    red_flags: tuple[RedFlag, ...]
    advice: Advice


def assess(case: Case, *, knowledge: Knowledge) -> Assessment:
    """The gravest of red flags and complaints; more findings never lower it."""
    facts = facts_of_case(case, flags=frozenset(), ktas=None)
    rules = sorted(
        (r for r in knowledge.flags if r.code in case.red_flags or holds_any(r.when, facts)),
        key=lambda rule: rule.floor,
    )
    levels = [rule.floor for rule in rules] + _complaint_levels(facts, knowledge)
    if case.ktas is not None:
        levels.append(case.ktas)
    ktas = min(levels, default=None)
    flagged = facts_of_case(case, flags=frozenset(rule.code for rule in rules), ktas=ktas)
    return Assessment(
        ktas=ktas,
        red_flags=tuple(RedFlag(rule.code, rule.name.ko, rule.name.en) for rule in rules),
        advice=advise(
            flagged,
            urgent=bool(rules) or (ktas is not None and ktas <= SEVERE),
            cry_for_help=case.cry_for_help,
            book=knowledge.advice,
        ),
    )


def _complaint_levels(facts: Facts, knowledge: Knowledge) -> list[int]:
    levels = []
    named = [knowledge.complaints.get(code) for code in facts.codes]
    told = [knowledge.told.get(cue) for cue in facts.cues]
    for complaint in filter(None, named + told):
        raised = [level for pattern, level in complaint.raised if holds(pattern, facts)]
        levels.append(min([complaint.base, *raised]))
    return levels
