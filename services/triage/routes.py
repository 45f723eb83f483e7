"""Inner addresses of triage."""

import time
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request

from services.triage import answers, cases, domain
from services.triage.domain.overrides import overridden
from services.triage.knowledge import Knowledge
from shared.app import require_service
from shared.context import language
from shared.contracts.triage import (
    EnginesAnswer,
    NeedsAnswer,
    PatientInput,
    PlanRequest,
    TriageAnswer,
    TriageRequest,
)

KOREA = ZoneInfo("Asia/Seoul")

router = APIRouter(prefix="/v1", tags=["triage"], dependencies=[Depends(require_service)])


async def knowledge_of(request: Request) -> Knowledge:
    knowledge: Knowledge = request.state.knowledge
    return knowledge


KnowledgeDep = Annotated[Knowledge, Depends(knowledge_of)]


@router.post("/extract")
async def extract(body: TriageRequest, knowledge: KnowledgeDep) -> TriageAnswer:
    """What a text tells, how urgent it is, and first words."""
    began = time.perf_counter()
    year = datetime.now(KOREA).year
    found = domain.extract(body.text, knowledge=knowledge, this_year=year)
    case = domain.case_of(found, cases.stated(body))
    return _assessed(case, found.symptoms, knowledge, began)


@router.post("/assess")
async def assess(body: PatientInput, knowledge: KnowledgeDep) -> TriageAnswer:
    """The same for facts that are coded already."""
    began = time.perf_counter()
    case = cases.of_patient(body, knowledge)
    told = {symptom.code: symptom.quote or "" for symptom in body.symptoms}
    quotes = [domain.Symptom(code, told[code]) for code in case.symptoms]
    return _assessed(case, quotes, knowledge, began)


@router.post("/needs")
async def needs(body: PlanRequest, knowledge: KnowledgeDep) -> NeedsAnswer:
    """What a condition needs of a hospital, and how far it may travel for it."""
    plan = domain.plan_needs(cases.of_needs(body, knowledge), knowledge=knowledge)
    if body.override is not None:
        plan = overridden(plan, answers.wishes(body.override))
    return answers.needs(plan, knowledge=knowledge, language=language())


@router.get("/engines")
async def engines(knowledge: KnowledgeDep) -> EnginesAnswer:
    """The engines of understanding and their states."""
    return answers.engines(knowledge)


def _assessed(
    case: domain.Case,
    quotes: list[domain.Symptom] | tuple[domain.Symptom, ...],
    knowledge: Knowledge,
    began: float,
) -> TriageAnswer:
    return answers.triage(
        case,
        domain.assess(case, knowledge=knowledge),
        quotes=quotes,
        knowledge=knowledge,
        language=language(),
        elapsed_ms=round((time.perf_counter() - began) * 1000),
    )
