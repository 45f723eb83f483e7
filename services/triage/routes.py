"""Inner addresses of triage."""

import time
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request

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
    EnginesAnswer,
    NeedsAnswer,
    PatientInput,
    PlanRequest,
    TriageAnswer,
    TriageRequest,
)

KOREA = ZoneInfo("Asia/Seoul")
ANSWERING_S = 0.2
"""Kept for what comes after the model."""

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


async def model_deadline_of(request: Request) -> Deadline:
    """When a model must have answered: its own limit, or the caller's where that is sooner."""
    most: int = request.state.model_ms
    told = request.headers.get(TIME_LEFT_HEADER, "")
    left = min(most, int(told)) if told.isascii() and told.isdigit() else most
    return Deadline.after(left / 1000)


AdviserDep = Annotated[Adviser | None, Depends(adviser_of)]
ModelDeadlineDep = Annotated[Deadline, Depends(model_deadline_of)]


@router.post("/extract")
async def extract(
    body: TriageRequest, knowledge: KnowledgeDep, engines: EnginesDep, within_s: SecondsDep
) -> TriageAnswer:
    """What a text tells, how urgent it is, and first words."""
    began = time.perf_counter()
    year = datetime.now(KOREA).year
    found = domain.extract(body.text, knowledge=knowledge, this_year=year)
    case = domain.case_of(found, cases.stated(body))
    understood = await engines.understand(body.text, found, within_s=within_s)
    if understood.extraction is not found:
        rules = domain.assess(case, knowledge=knowledge)
        case = never_milder(domain.case_of(understood.extraction, cases.stated(body)), rules)
    return _assessed(case, understood.extraction.symptoms, knowledge, began, by=understood)


@router.post("/assess")
async def assess(body: PatientInput, knowledge: KnowledgeDep) -> TriageAnswer:
    """The same for facts that are coded already."""
    began = time.perf_counter()
    case = cases.of_patient(body, knowledge)
    told = {symptom.code: symptom.quote or "" for symptom in body.symptoms}
    quotes = [domain.Symptom(code, told[code]) for code in case.symptoms]
    return _assessed(case, quotes, knowledge, began)


@router.post("/needs")
async def needs(
    body: PlanRequest, knowledge: KnowledgeDep, adviser: AdviserDep, deadline: ModelDeadlineDep
) -> NeedsAnswer:
    """What a condition needs of a hospital, and how far it may travel for it."""
    told = language()
    plan = await planned(
        body, knowledge=knowledge, adviser=adviser, deadline=deadline, language=told
    )
    return answers.needs(plan, knowledge=knowledge, language=told)


@router.get("/engines")
async def engines(knowledge: KnowledgeDep, engines: EnginesDep) -> EnginesAnswer:
    """The engines of understanding, their states and what they did."""
    return telling.engines(engines, knowledge)


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
        elapsed_ms=round((time.perf_counter() - began) * 1000),
    )
    return answer if by is None else telling.credited(answer, by)
