"""What is kept of a match so that it can be made again: no identity, no words, no exact place."""

from collections.abc import Sequence
from typing import Any, Literal

from services.matching.board import Board
from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate, Ranked
from services.matching.store import Decision
from shared.contracts.matching import MatchRequest
from shared.contracts.model import Answer
from shared.contracts.place import Place
from shared.contracts.triage import Need, PatientFacts, Policy

RULES = "2026.11.3"
"""Version of the ranking's own rules: raised with every change of what a list may look like."""


class Inputs(Answer):
    """What was asked; of refusals only the hospital, for their reasons are somebody's words."""

    needs: list[Need]
    policy: Policy
    patient: PatientFacts
    ktas: int | None
    refused: list[str]
    radius_km: float
    limit: int
    sort: Literal["score", "distance"]


def recorded(
    request_id: str,
    request: MatchRequest,
    *,
    place: Place,
    board: Board,
    question: Question,
    ranked: Sequence[Ranked],
    shown: Sequence[Ranked],
) -> Decision:
    """The record of a match; holds are those of its candidates."""
    candidates = [entry.candidate for entry in ranked]
    here = {candidate.hospital.hpid for candidate in candidates}
    return Decision(
        request_id=request_id,
        decided_at=question.now,
        snapshot=board.version,
        ruleset=request.ruleset,
        rules=RULES,
        longitude=place.longitude,
        latitude=place.latitude,
        inputs=_inputs(request).model_dump_json(),
        ranking=listed(shown),
        reach={candidate.hospital.hpid: _reach(candidate) for candidate in candidates},
        holds={hpid: beds for hpid, beds in question.holds.items() if hpid in here},
    )


def listed(shown: Sequence[Ranked]) -> list[dict[str, Any]]:
    """The list in its barest form."""
    return [{"hpid": entry.hpid, "tier": entry.tier, "score": entry.score} for entry in shown]


def _inputs(request: MatchRequest) -> Inputs:
    return Inputs.model_construct(
        needs=request.needs,
        policy=request.policy,
        patient=request.patient,
        ktas=request.ktas,
        refused=[refusal.hpid for refusal in request.refused],
        radius_km=request.radius_km,
        limit=request.limit,
        sort=request.sort,
    )


def _reach(candidate: Candidate) -> list[Any]:
    eta = candidate.eta
    return [candidate.distance_m, eta.seconds, eta.low, eta.high, eta.source, eta.by_car]
