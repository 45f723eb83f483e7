"""Inner addresses of triage."""

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response

from services.triage import answers, cases, domain
from services.triage.domain.merging import never_milder
from services.triage.engines import telling
from services.triage.engines.assembly import Engines, Understood
from services.triage.knowledge import Knowledge
from services.triage.needs.adviser import Adviser
from services.triage.needs.planning import planned
from shared.app import require_service
from shared.context import TIME_LEFT_HEADER, Deadline, language
from shared.contracts.triage import (
    CaseAnswer,
    CaseRequest,
    EnginesAnswer,
    NeedsAnswer,
    PatientInput,
    PlanRequest,
    StatedFacts,
    TriageAnswer,
    TriageRequest,
)

KOREA = ZoneInfo("Asia/Seoul")
ANSWERING_S = 0.2
"""Kept for what comes after the model."""

LONGEST_S = 60.0
"""Of a caller that does not say how long it waits."""

router = APIRouter(prefix="/v1", tags=["triage"], dependencies=[Depends(require_service)])


async def knowledge_of(request: Request) -> Knowledge:
    knowledge: Knowledge = request.state.knowledge
    return knowledge


KnowledgeDep = Annotated[Knowledge, Depends(knowledge_of)]


async def engines_of(request: Request) -> Engines:
    engines: Engines = request.state.engines
    return engines


EnginesDep = Annotated[Engines, Depends(engines_of)]


async def seconds_left(request: Request, engines: EnginesDep) -> float:
    """What a model may take: the setting's share, or what the caller has left for all of it."""
    share = engines.settings.deadline_ms / 1000
    told = request.headers.get(TIME_LEFT_HEADER, "")
    return max(0.0, min(share, int(told) / 1000 if told.isdecimal() else share) - ANSWERING_S)


SecondsDep = Annotated[float, Depends(seconds_left)]


async def adviser_of(request: Request) -> Adviser | None:
    adviser: Adviser | None = request.state.adviser
    return adviser


@dataclass(frozen=True, slots=True)
class OrderTime:
    """Seconds that a model may take for its order, and when the caller waits no longer."""

    most_s: float
    caller: Deadline

    def begun(self) -> Deadline:
        """When a model that is asked now must have answered."""
        return self.caller.step(at_most=self.most_s)


async def order_time_of(request: Request) -> OrderTime:
    most_s: float = request.state.model_ms / 1000
    told = request.headers.get(TIME_LEFT_HEADER, "")
    known = told.isascii() and told.isdigit()
    return OrderTime(most_s, Deadline.after(int(told) / 1000 if known else LONGEST_S))


AdviserDep = Annotated[Adviser | None, Depends(adviser_of)]
OrderTimeDep = Annotated[OrderTime, Depends(order_time_of)]


@router.post("/extract")
async def extract(
    body: TriageRequest, knowledge: KnowledgeDep, engines: EnginesDep, within_s: SecondsDep
) -> TriageAnswer:
    """What a text tells, how urgent it is, and first words."""
    return await _extracted(body, knowledge, engines, within_s)


@router.post("/assess")
async def assess(body: PatientInput, knowledge: KnowledgeDep) -> TriageAnswer:
    """The same for facts that are coded already."""
    return _judged(body, knowledge)


@router.post("/needs")
async def needs(
    body: PlanRequest, knowledge: KnowledgeDep, adviser: AdviserDep, time: OrderTimeDep
) -> NeedsAnswer:
    """What a condition needs of a hospital, and how far it may travel for it."""
    return await _planned(body, knowledge, adviser, time.begun())


@router.post("/case", response_model=CaseAnswer)
async def case(
    body: CaseRequest,
    knowledge: KnowledgeDep,
    engines: EnginesDep,
    within_s: SecondsDep,
    adviser: AdviserDep,
    time: OrderTimeDep,
) -> Response:
    """A text or a patient understood, and what it needs: one call for what belongs together."""
    if body.patient is not None:
        told = _judged(body.patient, knowledge)
    else:
        facts = body.model_dump(include=set(StatedFacts.model_fields), exclude_unset=True)
        request = TriageRequest(text=body.text or "", **facts)
        told = await _extracted(request, knowledge, engines, within_s)
    wanted = PlanRequest.of(told, consent=body.consent, override=body.override)
    plan = await _planned(wanted, knowledge, adviser, time.begun())
    # Made by us from what was validated: serialised once, not validated again.
    answer = CaseAnswer.model_construct(triage=told, plan=plan)
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/engines")
async def engines(knowledge: KnowledgeDep, engines: EnginesDep) -> EnginesAnswer:
    """The engines of understanding, their states and what they did."""
    return telling.engines(engines, knowledge)


async def _extracted(
    body: TriageRequest, knowledge: Knowledge, engines: Engines, within_s: float
) -> TriageAnswer:
    began = perf_counter()
    year = datetime.now(KOREA).year
    found = domain.extract(body.text, knowledge=knowledge, this_year=year)
    case = domain.case_of(found, cases.stated(body))
    understood = await engines.understand(body.text, found, within_s=within_s)
    if understood.extraction is not found:
        rules = domain.assess(case, knowledge=knowledge)
        case = never_milder(domain.case_of(understood.extraction, cases.stated(body)), rules)
    return _assessed(case, understood.extraction.symptoms, knowledge, began, by=understood)


def _judged(body: PatientInput, knowledge: Knowledge) -> TriageAnswer:
    began = perf_counter()
    case = cases.of_patient(body, knowledge)
    told = {symptom.code: symptom.quote or "" for symptom in body.symptoms}
    quotes = [domain.Symptom(code, told[code]) for code in case.symptoms]
    return _assessed(case, quotes, knowledge, began)


async def _planned(
    body: PlanRequest, knowledge: Knowledge, adviser: Adviser | None, deadline: Deadline
) -> NeedsAnswer:
    told = language()
    plan = await planned(
        body, knowledge=knowledge, adviser=adviser, deadline=deadline, language=told
    )
    return answers.needs(plan, knowledge=knowledge, language=told)


def _assessed(
    case: domain.Case,
    quotes: list[domain.Symptom] | tuple[domain.Symptom, ...],
    knowledge: Knowledge,
    began: float,
    by: Understood | None = None,
) -> TriageAnswer:
    answer = answers.triage(
        case,
        domain.assess(case, knowledge=knowledge),
        quotes=quotes,
        knowledge=knowledge,
        language=language(),
        elapsed_ms=round((perf_counter() - began) * 1000),
    )
    return answer if by is None else telling.credited(answer, by)
