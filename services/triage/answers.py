"""From the domain to the contract, in the language of the caller."""

from collections.abc import Sequence
from dataclasses import asdict

from services.triage import domain
from services.triage.knowledge.model import AdviceText, Knowledge
from services.triage.needs.planning import Planned
from shared.context import Language
from shared.contracts.triage import (
    Action,
    Advice,
    Need,
    NeedsAnswer,
    PatientFacts,
    Phone,
    Policy,
    RedFlag,
    Symptom,
    TriageAnswer,
    Vitals,
)

ENGINE = "rules"


def triage(
    case: domain.Case,
    assessment: domain.Assessment,
    *,
    quotes: Sequence[domain.Symptom],
    knowledge: Knowledge,
    language: Language,
    elapsed_ms: int,
) -> TriageAnswer:
    """The whole answer; a quote is what the patient wrote, given back to them alone."""
    english = language == "en"
    return TriageAnswer(
        patient=PatientFacts(**asdict(case.patient)),
        symptoms=[
            Symptom(code=s.code, name=symptom_name(s.code, knowledge, language), quote=s.quote)
            for s in quotes
        ],
        negated=list(case.negated),
        history=list(case.history),
        special=list(case.special),
        cues=sorted(case.severity),
        vitals=Vitals(**asdict(case.vitals)),
        onset_minutes=case.onset_minutes,
        ktas=assessment.ktas,
        red_flags=[
            RedFlag(code=flag.code, name=flag.name_en if english else flag.name_ko)
            for flag in assessment.red_flags
        ],
        advice=_advice(assessment.advice, language),
        engine=ENGINE,
        model=None,
        ruleset=knowledge.ruleset,
        degraded=[],
        elapsed_ms=elapsed_ms,
        ai_generated=False,
    )


def symptom_name(code: str, knowledge: Knowledge, language: Language) -> str:
    """The ontology's name of a code."""
    concept = knowledge.ontology[code]
    return concept.en if language == "en" else concept.ko


def needs(planned: Planned, *, knowledge: Knowledge, language: Language) -> NeedsAnswer:
    """A plan with reasons in words, and the calls that no code can replace."""
    english = language == "en"
    plan = planned.plan
    calls = [knowledge.call_names[name] for name in plan.policy.call]
    return NeedsAnswer(
        needs=[
            Need(
                field=need.field,
                weight=need.weight,
                role=need.role,
                reason=need.reason_en if english else need.reason_ko,
            )
            for need in plan.needs
        ],
        policy=Policy(
            transport=plan.policy.transport,
            bypass_minutes=plan.policy.bypass_minutes,
            window_minutes=plan.policy.window_minutes,
            call=[call.en if english else call.ko for call in calls],
            care=list(plan.policy.care),
        ),
        comment=planned.comment,
        source="openai" if planned.by_model else "rules",
        ruleset=knowledge.ruleset,
        ai_generated=planned.by_model,
        degraded=list(planned.degraded),
    )


def _advice(advice: domain.Advice, language: Language) -> Advice:
    english = language == "en"

    def actions(texts: Sequence[AdviceText]) -> list[Action]:
        return [Action(code=t.code, text=t.text.en if english else t.text.ko) for t in texts]

    return Advice(
        call_119=advice.call_119,
        message=advice.message.en if english else advice.message.ko,
        actions=actions(advice.actions),
        do_not=actions(advice.do_not),
        phones=[
            Phone(number=phone.number, reason=phone.reason.en if english else phone.reason.ko)
            for phone in advice.phones
        ],
    )
