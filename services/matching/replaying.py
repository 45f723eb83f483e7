"""A kept decision made again, from what was kept of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching import store
from services.matching.board import Board
from services.matching.domain import ranking
from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate, Ranked
from services.matching.domain.travel import Eta
from services.matching.recording import RULES, Inputs, listed
from shared.contracts.matching import ReplayAnswer, ReplayedHospital


async def replay(engine: AsyncEngine, request_id: str) -> ReplayAnswer:
    """The kept list and the same made again; RequestNotFound where nobody was given that id."""
    kept = await store.decision(engine, request_id)
    inputs = Inputs.model_validate(kept["inputs"])
    again = await _again(engine, kept, inputs)
    before = [ReplayedHospital(**{"score": None, **entry}) for entry in kept["ranking"]]
    return ReplayAnswer(
        request_id=request_id,
        decided_at=kept["decided_at"],
        snapshot=kept["snapshot"],
        ruleset=kept["ruleset"],
        rules=kept["rules"],
        rules_now=RULES,
        needs=inputs.needs,
        policy=inputs.policy,
        ktas=inputs.ktas,
        holds=kept["holds"],
        kept=before,
        again=again,
        same=None if again is None else again == before,
    )


async def _again(
    engine: AsyncEngine, kept: sa.RowMapping, inputs: Inputs
) -> list[ReplayedHospital] | None:
    packed = await store.snapshot(engine, kept["snapshot"])
    if packed is None or kept["reach"] is None:
        return None
    question = Question(
        inputs.needs,
        inputs.policy,
        inputs.ktas,
        frozenset(inputs.refused),
        kept["decided_at"],
        inputs.patient,
        kept["holds"],
    )
    candidates = reached(Board.decoded(packed), kept["reach"])
    ranked = ranking.rank(candidates, question, sort=inputs.sort)
    return _told(ranking.shortlist(ranked, inputs.limit))


def reached(board: Board, reach: Mapping[str, Sequence[Any]]) -> list[Candidate]:
    """The candidates with the minutes that they had."""
    return [
        Candidate(board.cards[hpid], metres, Eta(*eta)) for hpid, (metres, *eta) in reach.items()
    ]


def _told(ranked: Sequence[Ranked]) -> list[ReplayedHospital]:
    return [ReplayedHospital.model_validate(entry) for entry in listed(ranked)]
