"""Who comes into question: the circle, and what lies beyond where the circle is not enough."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.matching import queries
from services.matching.board import Board
from services.matching.domain import ranking
from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate, Ranked, Sort
from services.matching.domain.reading import OPEN_GATE
from services.matching.domain.travel import eta_of, straight_line_m, way_between
from services.matching.osrm import Router
from services.matching.queries import Reach
from shared import logs
from shared.context import Deadline
from shared.contracts.place import Place

NEIGHBOURS = 40
"""Of the nearest ones, where a circle is not enough."""

ABLE = 8
"""Of the nearest ones that report what decides, where none of the neighbours is able."""

MORE, STEPS = 8, 3
"""How many times as many are taken where these are too few (known missing, or with notices that
take their report back), and how often: the third step holds the whole country."""

QUERY_S = 0.4
SHARE = 0.5
"""Of the time that is left, the most that one query may take."""


@dataclass(slots=True)
class Lost:
    """Parts that were tried for this request and failed."""

    postgres: bool = False
    osrm: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Ranked candidates, and how far was looked."""

    ranked: Sequence[Ranked]
    radius_km: float
    widened: bool
    lost: Lost


@dataclass(slots=True)
class Search:
    """One search from one place."""

    engine: AsyncEngine
    board: Board
    place: Place
    question: Question
    sort: Sort
    router: Router | None
    deadline: Deadline
    lost: Lost = field(default_factory=Lost)

    async def find(self, radius_km: float) -> Found:
        """The circle where it is enough, judged once; else with neighbours and reported able ones
        from as far as it takes."""
        reach = await self._asked(
            queries.within(self.engine, self.place, radius_km * 1000),
            lambda: _inside(self._everywhere(), radius_km * 1000),
        )
        candidates = await self._candidates(reach)
        ranked = ranking.rank(candidates, self.question, sort=self.sort)
        if ranking.enough(ranked):
            return Found(ranked, radius_km, widened=False, lost=self.lost)
        ranked = await self._widened(candidates)
        reached_km = max((entry.candidate.distance_m for entry in ranked), default=0) / 1000
        if reached_km <= radius_km:
            # Nothing lies beyond: the circle holds all that there is.
            return Found(ranked, radius_km, widened=False, lost=self.lost)
        return Found(ranked, round(reached_km, 1), widened=True, lost=self.lost)

    async def _widened(self, circle: Sequence[Candidate]) -> list[Ranked]:
        """The neighbours and, as long as none is able, the nearest reported able; more of those
        that are still too few, until there are enough or no more."""
        known = {candidate.hospital.hpid: candidate for candidate in circle}
        neighbours, able = NEIGHBOURS, ABLE
        ranked: list[Ranked] = []
        for _ in range(STEPS):
            near = await self._neighbours(neighbours)
            ranked = await self._with(known, near)
            far: Reach = []
            if not any(entry.able for entry in ranked):
                far = await self._reported_able(able)
                ranked = await self._with(known, far)
            if ranking.enough(ranked):
                break
            no_more_near = len(near) < neighbours or ranking.has_choices(ranked)
            if no_more_near and len(far) < able:
                break
            neighbours, able = neighbours * MORE, able * MORE
        return ranked

    async def _with(self, known: dict[str, Candidate], reach: Reach) -> list[Ranked]:
        """The known ones and those within another reach, which become known."""
        fresh = await self._candidates([near for near in reach if near[0] not in known])
        known |= {candidate.hospital.hpid: candidate for candidate in fresh}
        return ranking.rank(list(known.values()), self.question, sort=self.sort)

    async def _neighbours(self, count: int) -> Reach:
        return await self._asked(
            queries.nearest(self.engine, self.place, count),
            lambda: _nearest(self._everywhere(), count),
        )

    async def _reported_able(self, count: int) -> Reach:
        decisive = tuple(self.question.needs[n].field for n in self.question.decisive)
        here = self.place.longitude, self.place.latitude
        hpids = self.board.nearest_reported(decisive or (OPEN_GATE,), *here, count)
        return await self._asked(
            queries.nearest_of(self.engine, self.place, count, hpids),
            lambda: _nearest([near for near in self._everywhere() if near[0] in hpids], count),
        )

    async def _candidates(self, reach: Reach) -> list[Candidate]:
        candidates = self._estimated(reach)
        if self.router is None or self.lost.osrm:
            return candidates
        candidates, answered = await self.router.refined(self.place, candidates)
        self.lost.osrm = not answered
        return candidates

    def _estimated(self, reach: Reach) -> list[Candidate]:
        here = self.place.longitude, self.place.latitude
        setting = self.board.setting_at(*here)
        cards, settings = self.board.cards, self.board.settings
        found = []
        for hpid, metres in reach:
            card = cards.get(hpid)
            if card is None or card.longitude is None or card.latitude is None:
                continue
            way = way_between(*here, card.longitude, card.latitude)
            eta = eta_of(metres, setting, settings[hpid], way)
            found.append(Candidate(card, round(metres), eta))
        return found

    async def _asked(
        self, query: Coroutine[Any, Any, Reach], otherwise: Callable[[], Reach]
    ) -> Reach:
        """The answer of the database in its share of the time, or the places of the snapshot."""
        if not self.lost.postgres:
            try:
                async with asyncio.timeout(min(QUERY_S, self.deadline.left() * SHARE)):
                    return await query
            except queries.LOST as error:
                self.lost.postgres = True
                word = type(error).__name__
                logs.logger("matching").warning("places from the snapshot", error=word)
        query.close()
        return otherwise()

    def _everywhere(self) -> Reach:
        """Every operating hospital with a place, by the snapshot."""
        here = self.place.longitude, self.place.latitude
        return [
            (hpid, straight_line_m(*here, card.longitude, card.latitude))
            for hpid, card in self.board.cards.items()
            if card.hospital.operating and card.longitude is not None and card.latitude is not None
        ]


def _inside(reach: Reach, radius_m: float) -> Reach:
    return [near for near in reach if near[1] <= radius_m]


def _nearest(reach: Reach, count: int) -> Reach:
    return sorted(reach, key=lambda near: (near[1], near[0]))[:count]
