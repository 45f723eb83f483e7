"""The main job: understand, advise, find what is needed, rank; each step once, within its share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.gateway.clients import Peers
from shared.context import Deadline
from shared.contracts.gateway import Recommendation, RecommendationRequest
from shared.contracts.matching import MatchAnswer, MatchRequest
from shared.contracts.triage import (
    CaseAnswer,
    CaseRequest,
    NeedsAnswer,
    NeedsRequest,
    PlanRequest,
    StatedFacts,
    TriageAnswer,
    TriageRequest,
)
from shared.problems import InvalidRequest, ProblemError

WHOLE_S, EXTRACT_S, NEEDS_S, MATCH_S = 8.0, 3.5, 1.5, 1.0


@dataclass(frozen=True, slots=True)
class Flow:
    """Asks the services in their order."""

    peers: Peers

    async def triage(
        self, request: TriageRequest, deadline: Deadline | None = None
    ) -> TriageAnswer:
        """What a text tells, and first words."""
        within = deadline or Deadline.after(EXTRACT_S)
        return await self.peers.triage.call(
            "POST", "/v1/extract", TriageAnswer, body=request, deadline=within
        )

    async def needs(self, request: NeedsRequest) -> NeedsAnswer:
        """What coded facts need."""
        plan = PlanRequest(**request.model_dump(exclude_unset=True))
        return await self._plan(plan, Deadline.after(NEEDS_S))

    async def recommend(self, request: RecommendationRequest) -> Recommendation:
        """Advice, needs and hospitals of a text or a patient."""
        whole = Deadline.after(WHOLE_S)
        case = await self._case(request, whole)
        with _advising(case.triage):
            return await self._listed(request, case, whole)

    async def list_for(
        self, request: RecommendationRequest, triage: TriageAnswer, whole: Deadline
    ) -> Recommendation:
        """Needs and hospitals of what was understood before."""
        with _advising(triage):
            wanted = PlanRequest.of(triage, consent=request.consent, override=request.needs)
            plan = await self._plan(wanted, whole.step(at_most=NEEDS_S, keep=MATCH_S))
            return await self._listed(request, CaseAnswer(triage=triage, plan=plan), whole)

    async def _case(self, request: RecommendationRequest, whole: Deadline) -> CaseAnswer:
        facts = request.model_dump(include=set(StatedFacts.model_fields), exclude_unset=True)
        body = CaseRequest(
            **facts, text=request.text, patient=request.patient, override=request.needs
        )
        return await self.peers.triage.call(
            "POST",
            "/v1/case",
            CaseAnswer,
            body=body,
            deadline=whole.step(at_most=EXTRACT_S + NEEDS_S, keep=MATCH_S),
            passes=(InvalidRequest,),
        )

    async def _listed(
        self, request: RecommendationRequest, case: CaseAnswer, whole: Deadline
    ) -> Recommendation:
        match = await self.peers.matching.call(
            "POST",
            "/v1/match",
            MatchAnswer,
            body=_match_request(request, case.triage, case.plan),
            deadline=whole.step(at_most=MATCH_S),
        )
        return _assemble(case.triage, case.plan, match)

    async def _plan(self, request: PlanRequest, deadline: Deadline) -> NeedsAnswer:
        return await self.peers.triage.call(
            "POST",
            "/v1/needs",
            NeedsAnswer,
            body=request,
            deadline=deadline,
            passes=(InvalidRequest,),
        )


@contextmanager
def _advising(triage: TriageAnswer) -> Iterator[None]:
    """Where the list fails, the problem carries the advice."""
    try:
        yield
    except ProblemError as problem:
        problem.extra = {**problem.extra, "advice": triage.advice.model_dump()}
        raise


def _match_request(
    request: RecommendationRequest, triage: TriageAnswer, plan: NeedsAnswer
) -> MatchRequest:
    return MatchRequest(
        latitude=request.latitude,
        longitude=request.longitude,
        radius_km=request.radius_km,
        limit=request.limit,
        sort=request.sort,
        needs=plan.needs,
        policy=plan.policy,
        patient=triage.patient,
        ktas=triage.ktas,
        refused=request.refused,
        ruleset=plan.ruleset,
    )


def _assemble(triage: TriageAnswer, plan: NeedsAnswer, match: MatchAnswer) -> Recommendation:
    return Recommendation(
        request_id=match.request_id,
        generated_at=match.generated_at,
        data_as_of=match.data_as_of,
        ruleset=plan.ruleset,
        snapshot=match.snapshot,
        simulated=match.simulated,
        triage=triage,
        needs=plan.needs,
        policy=plan.policy,
        comment=plan.comment,
        ai_generated=plan.ai_generated,
        advice=triage.advice,
        search=match.search,
        hospitals=match.hospitals,
        compare=match.compare,
        notices=match.notices,
        degraded=sorted({*triage.degraded, *plan.degraded, *match.degraded}),
    )
