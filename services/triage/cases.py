"""From the requests of the contract to the cases of the domain."""

from collections.abc import Sequence

from services.triage import domain
from services.triage.domain.overrides import Wish
from services.triage.knowledge.model import Knowledge
from shared.contracts.nmc import catalogue
from shared.contracts.triage import (
    NeedOverride,
    NeedsRequest,
    PatientInput,
    StatedFacts,
    Vitals,
)
from shared.problems import InvalidRequest


def stated(facts: StatedFacts) -> domain.StatedFacts:
    """What a caller stated beside a text."""
    return domain.StatedFacts(
        age_years=facts.age_years,
        age_days=facts.age_days,
        gender=facts.gender,
        pregnancy_weeks=facts.pregnancy_weeks,
        vitals=_vitals(facts.vitals or Vitals()),
        onset_minutes=facts.onset_minutes,
    )


def of_patient(told: PatientInput, knowledge: Knowledge) -> domain.Case:
    """The case of an earlier answer that was sent back; what it had found still stands."""
    codes = [symptom.code for symptom in told.symptoms]
    require_known(codes, knowledge, pointer="/patient/symptoms")
    return domain.Case(
        symptoms=tuple(dict.fromkeys(codes)),
        negated=tuple(code for code in told.negated if code not in codes),
        patient=domain.Patient(**told.patient.model_dump()),
        history=tuple(told.history),
        special=tuple(told.special),
        vitals=_vitals(told.vitals),
        onset_minutes=told.onset_minutes,
        severity=frozenset(told.cues),
        red_flags=tuple(flag.code for flag in told.red_flags),
        ktas=told.ktas,
    )


def of_needs(request: NeedsRequest, knowledge: Knowledge) -> domain.NeedsCase:
    """The facts for which needs are asked."""
    require_known(request.symptoms, knowledge, pointer="/symptoms")
    return domain.NeedsCase(
        symptoms=tuple(request.symptoms),
        red_flags=tuple(request.red_flags),
        age_years=request.age_years,
        age_days=request.age_days,
        gender=request.gender,
        pregnancy_weeks=request.pregnancy_weeks,
        history=tuple(request.history),
        special=tuple(request.special),
        severity=frozenset(request.cues),
        ktas=request.ktas,
    )


def wishes(overrides: Sequence[NeedOverride]) -> list[Wish]:
    """A caller's needs with the catalogue's word on which fields may decide."""
    return [
        Wish(o.field, o.weight, o.role, lawful=catalogue()[o.field].may_be_decisive)
        for o in overrides
    ]


def require_known(codes: list[str], knowledge: Knowledge, *, pointer: str) -> None:
    """InvalidRequest that names every code outside the ontology by its place."""
    unknown = [place for place, code in enumerate(codes) if code not in knowledge.ontology]
    if unknown:
        message = "not a code of the ontology"
        errors = [{"pointer": f"{pointer}/{place}", "message": message} for place in unknown]
        raise InvalidRequest("the request does not fit", errors=errors)


def _vitals(vitals: Vitals) -> domain.Vitals:
    return domain.Vitals(**vitals.model_dump())
