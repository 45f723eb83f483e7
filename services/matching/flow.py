"""One match: candidates from PostGIS, state from the snapshot, ranked, kept, told."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching.board import Board
from services.matching.domain import ranking, wording
from services.matching.domain.question import NO_HOLDS, Question
from services.matching.domain.ranking import Ranked
from services.matching.errors import NotReady
from services.matching.finding import Found, Search
from services.matching.keeping import HoldBook, Keeper
from services.matching.osrm import Router
from services.matching.recording import recorded
from services.matching.snapshot import NoSnapshot, SnapshotReader
from services.matching.telling import told
from shared.context import Deadline, Language
from shared.contracts.matching import MatchAnswer, MatchRequest
from shared.contracts.matching import Search as Searched
from shared.contracts.place import Place

SYNC_LATE = timedelta(minutes=15)
"""Three rounds of the usual interval without news."""

KEEP_S = 0.3


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a match needs; opened in the lifespan. `holds` is None where they are switched off, and
    `router` where none is set."""

    engine: AsyncEngine
    snapshots: SnapshotReader
    keeper: Keeper
    holds: HoldBook | None
    router: Router | None

    async def match(
        self, request: MatchRequest, *, now: datetime, language: Language, deadline: Deadline
    ) -> MatchAnswer:
        """The ranked list for one request."""
        board = self._board()
        place = Place(longitude=request.longitude, latitude=request.latitude).rounded()
        question = self._question(request, now)
        search = Search(self.engine, board, place, question, request.sort, self.router, deadline)
        found = await search.find(request.radius_km)
        shown = ranking.shortlist(found.ranked, request.limit)
        request_id = secrets.token_urlsafe(16)
        record = recorded(
            request_id,
            request,
            place=place,
            board=board,
            question=question,
            ranked=found.ranked,
            shown=shown,
        )
        within_s = min(KEEP_S, deadline.left())
        kept = await self.keeper.keep(record, board, within_s=within_s)
        return MatchAnswer(
            request_id=request_id,
            generated_at=now,
            data_as_of=board.data_as_of,
            snapshot=board.version,
            simulated=board.simulated,
            search=_searched(found),
            hospitals=[
                told(rank, entry, question, language) for rank, entry in enumerate(shown, 1)
            ],
            compare=_compared(shown, question, language),
            notices=wording.notices(found.ranked, shown, question, language),
            degraded=self._degraded(board, found, now, kept=kept),
        )

    def _board(self) -> Board:
        try:
            return self.snapshots.board
        except NoSnapshot as error:
            raise NotReady(str(error)) from error

    def _question(self, request: MatchRequest, now: datetime) -> Question:
        return Question(
            request.needs,
            request.policy,
            request.ktas,
            frozenset(refusal.hpid for refusal in request.refused),
            now,
            request.patient,
            self.holds.now(now) if self.holds else NO_HOLDS,
        )

    def _degraded(self, board: Board, found: Found, now: datetime, *, kept: bool) -> list[str]:
        said = {
            "osrm": found.lost.osrm,
            "postgres": found.lost.postgres or not kept,
            "redis": self.snapshots.redis_lost,
            "sync": board.data_as_of is None or now - board.data_as_of > SYNC_LATE,
        }
        return sorted(part for part, is_lost in said.items() if is_lost)


def _searched(found: Found) -> Searched:
    return Searched(
        radius_km=found.radius_km,
        widened=found.widened,
        candidates=len(found.ranked),
        reported_able=sum(entry.able for entry in found.ranked),
    )


def _compared(shown: Sequence[Ranked], question: Question, language: Language) -> str | None:
    return wording.compare(shown[0], shown[1], question, language) if len(shown) > 1 else None
