"""The plan of a request: the table's, with a caller's wishes or a model's order where lawful."""

from dataclasses import dataclass

from services.triage import cases
from services.triage.domain import NeedsPlan, plan_needs
from services.triage.domain.assessment import SEVERE
from services.triage.domain.overrides import overridden
from services.triage.knowledge.model import Knowledge
from services.triage.needs.adviser import Adviser
from services.triage.needs.question import question_of
from shared.context import Deadline, Language
from shared.contracts.triage import PlanRequest

KEPT_BACK_S = 0.15
"""For the way back to the caller."""


@dataclass(frozen=True, slots=True)
class Planned:
    """`by_model` tells whether a model's order is in the plan; the comment then is its too."""

    plan: NeedsPlan
    by_model: bool = False
    comment: str | None = None
    degraded: tuple[str, ...] = ()


async def planned(
    request: PlanRequest,
    *,
    knowledge: Knowledge,
    adviser: Adviser | None,
    deadline: Deadline,
    language: Language,
) -> Planned:
    """The table alone for red flags, for own wishes and without consent to external AI."""
    case = cases.of_needs(request, knowledge)
    table = plan_needs(case, knowledge=knowledge)
    if request.override is not None:
        return Planned(overridden(table, cases.wishes(request.override)))
    if adviser is None or not _may_leave(request, table):
        return Planned(table)
    advised = await adviser.advise(
        question_of(case, language), within_s=max(0.0, deadline.left() - KEPT_BACK_S)
    )
    if advised.ordering is None:
        return Planned(table, degraded=advised.degraded)
    ordered = plan_needs(case, knowledge=knowledge, preferred=advised.ordering.fields)
    return Planned(ordered, by_model=True, comment=advised.ordering.comment)


def _may_leave(request: PlanRequest, table: NeedsPlan) -> bool:
    consents = request.consent is not None and request.consent.external_ai
    grave = bool(table.red_flags) or (request.ktas is not None and request.ktas <= SEVERE)
    return consents and not grave and bool(request.symptoms)
