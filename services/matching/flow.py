"""One match: candidates from PostGIS, state from the snapshot, ranked, kept, told."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching import queries, store
from services.matching.domain import ranking, score, wording
from services.matching.domain.ranking import Candidate, Question, Ranked
from services.matching.domain.reading import in_force
from services.matching.domain.travel import eta_by_detour, straight_line_m
from services.matching.errors import NotReady
from services.matching.snapshot import Board, NoSnapshot, SnapshotReader
from shared import db, logs
from shared.context import Language
from shared.contracts.matching import (
    MatchAnswer,
    MatchRequest,
    RankedHospital,
    Resource,
    Search,
)
from shared.contracts.nmc import Kind, catalogue
from shared.contracts.place import Place
from shared.contracts.sync import Beds, age_s, freshness

SYNC_LATE = timedelta(minutes=15)
"""Three rounds of the usual interval without news."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a match needs; opened in the lifespan."""

    engine: AsyncEngine
    snapshots: SnapshotReader

    async def match(
        self, request: MatchRequest, *, now: datetime, language: Language
    ) -> MatchAnswer:
        """The ranked list for one request."""
        board = self._board()
        place = Place(longitude=request.longitude, latitude=request.latitude).rounded()
        question = _question(request, now)
        found = await _find(self.engine, board, place, request.radius_km, question)
        ranked = ranking.rank(found.candidates, question, sort=request.sort)
        listed = ranking.shortlist(ranked, request.limit)
        request_id = secrets.token_urlsafe(16)
        kept = await self._keep(request_id, request, place, board, listed, now)
        degraded = {"postgres"} if not (found.by_database and kept) else set()
        degraded |= {"redis"} if self.snapshots.redis_lost else set()
        degraded |= {"sync"} if _is_late(board, now) else set()
        return MatchAnswer(
            request_id=request_id,
            generated_at=now,
            data_as_of=board.data_as_of,
            snapshot=board.version,
            simulated=board.simulated,
            search=Search(
                radius_km=found.radius_km,
                widened=found.widened,
                candidates=len(ranked),
                reported_able=sum(entry.able for entry in ranked),
            ),
            hospitals=[
                _told(place, entry, question, language) for place, entry in enumerate(listed, 1)
            ],
            compare=wording.compare(listed[0], listed[1], question, language)
            if len(listed) > 1
            else None,
            degraded=sorted(degraded),
        )

    def _board(self) -> Board:
        try:
            return self.snapshots.board
        except NoSnapshot as error:
            raise NotReady(str(error)) from error

    async def _keep(
        self,
        request_id: str,
        request: MatchRequest,
        place: Place,
        board: Board,
        listed: Sequence[Ranked],
        now: datetime,
    ) -> bool:
        rows = [
            {"hpid": e.candidate.hospital.hpid, "tier": e.tier, "score": e.score} for e in listed
        ]
        try:
            await store.keep_decision(
                self.engine,
                request_id,
                request,
                place=place,
                snapshot=board.version,
                ranking=rows,
                now=now,
            )
        except db.LOST as error:
            logs.logger("matching").warning("decision not kept", error=type(error).__name__)
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Found:
    candidates: Sequence[Candidate]
    radius_km: float
    widened: bool
    by_database: bool


def _is_late(board: Board, now: datetime) -> bool:
    return board.data_as_of is None or now - board.data_as_of > SYNC_LATE


def _question(request: MatchRequest, now: datetime) -> Question:
    refused = frozenset(refusal.hpid for refusal in request.refused)
    return Question(
        request.needs, request.policy, request.ktas, refused, now, patient=request.patient
    )


async def _find(
    engine: AsyncEngine, board: Board, place: Place, radius_km: float, question: Question
) -> _Found:
    """The circle, or the nearest of the country that are enough where the circle is not."""
    try:
        circle = _candidates(board, await queries.within(engine, place, radius_km * 1000))
        if _is_enough(circle, question):
            return _Found(circle, radius_km, widened=False, by_database=True)
        country, by_database = _candidates(board, await queries.everywhere(engine, place)), True
    except db.LOST as error:
        logs.logger("matching").warning("places from the snapshot", error=type(error).__name__)
        country, by_database = _candidates(board, _from_snapshot(board, place)), False
        circle = [c for c in country if c.distance_m <= radius_km * 1000]
        if _is_enough(circle, question):
            return _Found(circle, radius_km, widened=False, by_database=False)
    nearest = ranking.nearest_enough(country, question)
    reached_km = max((c.distance_m for c in nearest), default=0) / 1000
    if reached_km <= radius_km:
        # The whole country was looked through and the circle holds all that there is.
        return _Found(circle, radius_km, widened=False, by_database=by_database)
    return _Found(nearest, round(reached_km, 1), widened=True, by_database=by_database)


def _is_enough(candidates: Sequence[Candidate], question: Question) -> bool:
    return ranking.enough(ranking.rank(candidates, question, sort="score"))


def _candidates(board: Board, reach: queries.Reach) -> list[Candidate]:
    return [
        Candidate(board.hospitals[hpid], round(distance_m), eta_by_detour(distance_m))
        for hpid, distance_m in reach
        if hpid in board.hospitals and board.hospitals[hpid].longitude is not None
    ]


def _from_snapshot(board: Board, place: Place) -> queries.Reach:
    return [
        (
            hospital.hpid,
            straight_line_m(place.longitude, place.latitude, hospital.longitude, hospital.latitude),
        )
        for hospital in board.hospitals.values()
        if hospital.operating and hospital.longitude is not None and hospital.latitude is not None
    ]


def _told(rank: int, ranked: Ranked, question: Question, language: Language) -> RankedHospital:
    hospital, now = ranked.candidate.hospital, question.now
    free, installed = score.bed_counts(hospital)
    return RankedHospital(
        rank=rank,
        **hospital.model_dump(
            include={"hpid", "name", "level", "address", "phone", "er_phone"}
            | {"longitude", "latitude", "reported_at", "changed_at", "fetched_at"}
        ),
        distance_m=ranked.candidate.distance_m,
        eta_s=ranked.candidate.eta.seconds,
        eta_range_s=(ranked.candidate.eta.low, ranked.candidate.eta.high),
        eta_source=ranked.candidate.eta.source,
        tier=ranked.tier,
        score=ranked.score,
        beds=Beds(available=free, total=installed),
        age_s=age_s(hospital.reported_at, now),
        freshness=freshness(Kind.COUNT, hospital.reported_at, now),
        resources=_resources(ranked, question, language),
        messages=in_force(hospital.messages, now),
        reasons=wording.reasons(ranked, question, language),
        stabilise_first=ranked.stabilise_first,
    )


def _resources(ranked: Ranked, question: Question, language: Language) -> list[Resource]:
    return [
        Resource(
            field=need.field,
            name=catalogue()[need.field].name(language),
            role=need.role,
            status=reading.status,
            reported=reading.reported,
            weight=need.weight,
            points=points,
        )
        for need, reading, points in zip(
            question.needs, ranked.readings, ranked.resource_points, strict=True
        )
    ]
