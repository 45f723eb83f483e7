"""Triage: understanding of a text, first words, urgency, and what the condition needs."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.model import Answer, Request
from shared.contracts.nmc import Care, catalogue

AgeYears = Annotated[int, Field(ge=0, le=130)]
AgeDays = Annotated[int, Field(ge=0, le=730)]
PregnancyWeeks = Annotated[int, Field(ge=0, le=45)]
OnsetMinutes = Annotated[int, Field(ge=0, le=60 * 24 * 365)]
Ktas = Annotated[int, Field(ge=1, le=5, description="KTAS, 1 gravest; a rough estimate by rules")]
Gender = Literal["M", "F"]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]
Fact = Annotated[str, Field(min_length=1, max_length=100)]


def _in_catalogue(code: str) -> str:
    if code not in catalogue():
        raise ValueError("not a field of the catalogue")
    return code


NeedField = Annotated[str, Field(max_length=40), AfterValidator(_in_catalogue)]
TEXT_LIMIT = 2000


class Consent(Request):
    """What the person agreed to; without it the legal basis is the emergency itself."""

    sensitive: bool = False
    location: bool = False
    external_ai: bool = False


class Vitals(Request):
    """Measured signs: mmHg, beats and breaths per minute, %, °C, AVPU letter, mg/dL."""

    sbp: Annotated[int, Field(ge=0, le=350)] | None = None
    hr: Annotated[int, Field(ge=0, le=350)] | None = None
    rr: Annotated[int, Field(ge=0, le=120)] | None = None
    spo2: Annotated[int, Field(ge=0, le=100)] | None = None
    temp_c: Annotated[float, Field(ge=15, le=46)] | None = None
    avpu: Literal["A", "V", "P", "U"] | None = None
    glucose: Annotated[int, Field(ge=0, le=2000)] | None = None


class StatedFacts(Request):
    """Facts that a caller may state beside a text; they beat what the text seems to say."""

    age_years: AgeYears | None = None
    age_days: AgeDays | None = None
    gender: Gender | None = None
    pregnancy_weeks: PregnancyWeeks | None = None
    vitals: Vitals | None = None
    onset_minutes: OnsetMinutes | None = None
    consent: Consent | None = None


class TriageRequest(StatedFacts):
    """A text of at most 2,000 code points; blank text is answered with nothing found."""

    text: Annotated[str, Field(max_length=TEXT_LIMIT)]


class PatientFacts(Request):
    """Who the patient is, as far as it is known."""

    age_years: AgeYears | None = None
    age_days: AgeDays | None = None
    age_band: Annotated[str, Field(max_length=20)] | None = None
    gender: Gender | None = None
    is_self: bool | None = None
    pregnancy_weeks: PregnancyWeeks | None = None


class Symptom(Answer):
    """A symptom of the ontology, with the words that told it."""

    code: str
    name: str
    quote: str


class RedFlag(Answer):
    """A pattern that sets a floor under the urgency."""

    code: str
    name: str


class Action(Answer):
    """One fixed, versioned piece of advice."""

    code: str
    text: str


class Phone(Answer):
    """A number to call, and why."""

    number: str
    reason: str


class Advice(Answer):
    """First words, chosen by rules from a fixed list; never made by a model."""

    call_119: bool
    message: str
    actions: list[Action]
    do_not: list[Action]
    phones: list[Phone]


class TriageAnswer(Answer):
    """What was understood, how urgent it seems, and what to do now. `cues` are the codes of words
    that weigh (sudden, worst ever, …)."""

    patient: PatientFacts
    symptoms: list[Symptom]
    negated: list[str]
    history: list[str]
    special: list[str]
    cues: list[str]
    vitals: Vitals
    onset_minutes: int | None
    ktas: int | None
    red_flags: list[RedFlag]
    advice: Advice
    engine: str
    model: str | None
    ruleset: str
    degraded: list[str]
    elapsed_ms: int
    ai_generated: bool


class Coded(Request):
    """An object of an earlier answer, of which only the code counts when it is sent back."""

    code: Code
    name: str | None = None
    quote: Annotated[str, Field(max_length=TEXT_LIMIT)] | None = None


class PatientInput(Request):
    """An earlier triage answer sent back, every key optional; what is only output is ignored."""

    patient: PatientFacts = PatientFacts()
    symptoms: Annotated[list[Coded], Field(max_length=60)] = []
    negated: Annotated[list[Code], Field(max_length=60)] = []
    history: Annotated[list[Fact], Field(max_length=40)] = []
    special: Annotated[list[Fact], Field(max_length=40)] = []
    cues: Annotated[list[Code], Field(max_length=40)] = []
    vitals: Vitals = Vitals()
    onset_minutes: OnsetMinutes | None = None
    ktas: Ktas | None = None
    red_flags: Annotated[list[Coded], Field(max_length=40)] = []
    advice: object = None
    engine: object = None
    model: object = None
    ruleset: object = None
    degraded: object = None
    elapsed_ms: object = None
    ai_generated: object = None


class NeedsRequest(Request):
    """Coded facts of one patient; no free text, no place, no name."""

    symptoms: Annotated[list[Code], Field(max_length=60)]
    negated: Annotated[list[Code], Field(max_length=60)] = []
    red_flags: Annotated[list[Code], Field(max_length=40)] = []
    history: Annotated[list[Fact], Field(max_length=40)] = []
    special: Annotated[list[Fact], Field(max_length=40)] = []
    cues: Annotated[list[Code], Field(max_length=40)] = []
    age_years: AgeYears | None = None
    age_days: AgeDays | None = None
    gender: Gender | None = None
    pregnancy_weeks: PregnancyWeeks | None = None
    ktas: Ktas | None = None
    consent: Consent | None = None


class NeedOverride(Request):
    """A need in the caller's own order; the rules about roles and weights still hold."""

    field: NeedField
    weight: Annotated[int, Field(ge=0, le=30)] | None = None
    role: Literal["decisive", "supporting"] | None = None


class PlanRequest(NeedsRequest):
    """The inner form: a caller's own needs may stand beside the facts."""

    override: Annotated[list[NeedOverride], Field(max_length=10)] | None = None

    @classmethod
    def of(
        cls,
        told: "TriageAnswer",
        *,
        consent: Consent | None,
        override: list[NeedOverride] | None,
    ) -> "PlanRequest":
        """What to ask for somebody who was understood."""
        return cls(
            symptoms=[symptom.code for symptom in told.symptoms],
            negated=told.negated,
            red_flags=[flag.code for flag in told.red_flags],
            history=told.history,
            special=told.special,
            cues=told.cues,
            age_years=told.patient.age_years,
            age_days=told.patient.age_days,
            gender=told.patient.gender,
            pregnancy_weeks=told.patient.pregnancy_weeks,
            ktas=told.ktas,
            consent=consent,
            override=override,
        )


class CaseRequest(StatedFacts):
    """Exactly one of a text, with facts beside it, and an earlier answer; a caller's own needs may
    stand beside either."""

    text: Annotated[str, Field(max_length=TEXT_LIMIT)] | None = None
    patient: PatientInput | None = None
    override: Annotated[list[NeedOverride], Field(max_length=10)] | None = None

    @model_validator(mode="after")
    def exactly_one_source(self) -> Self:
        if (self.text is None) is (self.patient is None):
            raise ValueError("give exactly one of text and patient")
        return self


class Need(Answer):
    """One field of the NMC catalogue that this patient needs; weights go 30, 28, … 12 by rank."""

    field: NeedField
    weight: Annotated[int, Field(ge=0, le=30)]
    role: Literal["decisive", "supporting"]
    reason: str


class Policy(Answer):
    """How far a capable hospital may lie beyond the nearest one, in minutes of travel. `call` is to
    be asked by telephone; `care` is needed and told by messages alone."""

    transport: Literal["nearest", "capable"]
    bypass_minutes: Annotated[int, Field(ge=0)]
    window_minutes: Annotated[int, Field(gt=0)] | None
    call: list[str]
    care: list[Care] = []


class NeedsAnswer(Answer):
    """What the condition needs, in order, and how far it may travel for it. `ai_generated` is
    whether the order and the comment are a model's; it never decides a role."""

    needs: list[Need]
    policy: Policy
    comment: str | None
    source: Literal["rules", "openai"]
    ruleset: str
    ai_generated: bool
    degraded: list[str] = []


class CaseAnswer(Answer):
    """What was understood and what it needs, in one answer."""

    triage: TriageAnswer
    plan: NeedsAnswer


class EngineMeasures(Answer):
    """What an engine did since the start; milliseconds are those of its recent answers.
    `agreement` is the share of recent texts on which it and the rules said the same, by field."""

    answers: int
    fallbacks: dict[str, int]
    tokens_read: int
    tokens_kept: int
    tokens_written: int
    p50_ms: int | None
    p95_ms: int | None
    agreement: dict[str, float]


class Engine(Answer):
    """One engine of understanding and its state. `detail` says what it is doing or why it is not
    there; `role` is decides, shadow or merge."""

    name: str
    state: Literal["ready", "building", "cooling", "down", "off"]
    model: str | None
    role: str
    detail: str | None = None
    measures: EngineMeasures | None = None


class EnginesAnswer(Answer):
    """The chain of engines, best first."""

    engines: list[Engine]
    ruleset: str
