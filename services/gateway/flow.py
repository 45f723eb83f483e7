"""The main job: understand, advise, find what is needed, rank; each step once, within its share."""

from dataclasses import dataclass

from services.gateway.clients import Peers
from shared.context import Deadline
from shared.contracts.gateway import Recommendation, RecommendationRequest
from shared.contracts.matching import MatchAnswer, MatchRequest
from shared.contracts.triage import (
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
        return await self.list_for(request, await self._understand(request, whole), whole)

    async def list_for(
        self, request: RecommendationRequest, triage: TriageAnswer, whole: Deadline
    ) -> Recommendation:
        """Needs and hospitals of what was understood; where the list fails, the problem carries
        the advice."""
        try:
            plan_within = whole.step(at_most=NEEDS_S, keep=MATCH_S)
            plan = await self._plan(_plan_request(request, triage), plan_within)
            match = await self.peers.matching.call(
                "POST",
                "/v1/match",
                MatchAnswer,
                body=_match_request(request, triage, plan),
                deadline=whole.step(at_most=MATCH_S),
            )
        except ProblemError as problem:
            problem.extra = {**problem.extra, "advice": triage.advice.model_dump()}
            raise
        return _assemble(triage, plan, match)

    async def _understand(self, request: RecommendationRequest, whole: Deadline) -> TriageAnswer:
        within = whole.step(at_most=EXTRACT_S, keep=NEEDS_S + MATCH_S)
        if request.patient is not None:
            return await self.peers.triage.call(
                "POST",
                "/v1/assess",
                TriageAnswer,
                body=request.patient,
                deadline=within,
                passes=(InvalidRequest,),
            )
        facts = request.model_dump(include=set(StatedFacts.model_fields), exclude_unset=True)
        return await self.triage(TriageRequest(text=request.text or "", **facts), within)

    async def _plan(self, request: PlanRequest, deadline: Deadline) -> NeedsAnswer:
        return await self.peers.triage.call(
            "POST",
            "/v1/needs",
            NeedsAnswer,
            body=request,
            deadline=deadline,
            passes=(InvalidRequest,),
        )


def _plan_request(request: RecommendationRequest, triage: TriageAnswer) -> PlanRequest:
    return PlanRequest(
        symptoms=[symptom.code for symptom in triage.symptoms],
        negated=triage.negated,
        red_flags=[flag.code for flag in triage.red_flags],
        history=triage.history,
        special=triage.special,
        cues=triage.cues,
        age_years=triage.patient.age_years,
        age_days=triage.patient.age_days,
        gender=triage.patient.gender,
        pregnancy_weeks=triage.patient.pregnancy_weeks,
        ktas=triage.ktas,
        consent=request.consent,
        override=request.needs,
    )


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
