"""The ranked list: tiers by what decides and by minutes, then points within a tier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.matching.domain import score
from services.matching.domain.cards import Card
from services.matching.domain.question import Question
from services.matching.domain.reading import SILENCE, Reading, Word, at_the_door, is_open, read
from services.matching.domain.travel import Eta
from shared.contracts.nmc import Level, Status
from shared.contracts.sync import HospitalState

Tier = Literal["recommended", "call_first", "not_recommended"]
TIERS: tuple[Tier, ...] = ("recommended", "call_first", "not_recommended")
RANK: Mapping[Tier, int] = {tier: place for place, tier in enumerate(TIERS)}
Sort = Literal["score", "distance"]
ENOUGH_NOT_MISSING, ENOUGH_ABLE, ENOUGH_IN_ALL = 3, 1, 5

SPARED_S = 20 * 60
"""How much longer a mild case may travel so that a regional centre is spared, or past a room that
does not take this patient (estimate)."""

TURNED_AWAY_S, AT_ONCE_S = 10 * 60, 5 * 60
"""What it costs to be turned away at a door (estimate): so much farther a room may lie that takes
the patient whom a notice of a nearer one refuses. The second where the policy gives no minute."""


class Candidate(NamedTuple):
    """A hospital within reach."""

    card: Card
    distance_m: int
    eta: Eta

    @property
    def hospital(self) -> HospitalState:
        return self.card.hospital


class Part(NamedTuple):
    """A reason by its code, with the points it gave."""

    code: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its tier and everything that put it there. `able`: reported able whatever
    the minutes; `missing`: known not to be; `far`: beyond the policy's minutes; `surely_far`: and
    beyond the error of the minutes from the nearest open room; `turns_away`: a notice in force
    refuses this patient, which under `nearest` moves nobody to another tier."""

    candidate: Candidate
    tier: Tier
    readings: Sequence[Reading]
    resource_points: Sequence[float]
    scored: Sequence[Part]
    score: float
    runs: Status
    door: Word
    able: bool
    missing: bool
    refused: bool
    far: bool
    surely_far: bool
    stabilise_first: bool

    @property
    def hpid(self) -> str:
        return self.candidate.card.hospital.hpid

    @property
    def turns_away(self) -> bool:
        return self.door.refuses

    def told(self, question: Question) -> list[Part]:
        """What gave no points and has to be said."""
        decisive = [self.readings[i] for i in question.decisive]
        closed = self.runs is Status.UNAVAILABLE
        said = {
            "refused": self.refused,
            "closed": closed,
            "open_unknown": self.runs is Status.UNKNOWN,
            "turned_away": self.turns_away and question.is_nearest and not closed,
            "blocked": (self.turns_away and not question.is_nearest and not closed)
            or any(r.blocked for r in decisive),
            "conflict": any(r.conflict for r in self.readings),
            "cannot": any(r.status is Status.UNAVAILABLE and not r.blocked for r in decisive),
            "ask": (self.door.asks and not question.is_nearest)
            or any(r.status is Status.UNKNOWN or r.asks_for_call for r in decisive),
            "able": bool(decisive) and all(r.status is Status.AVAILABLE for r in decisive),
            "far": self.far and self.candidate.eta.by_car,
            "over_water": not self.candidate.eta.by_car,
            "held": question.held(self.hpid) > 0,
            "stabilise": self.stabilise_first,
        }
        return [Part(code) for code, holds in said.items() if holds]


def rank(candidates: Sequence[Candidate], question: Question, *, sort: Sort) -> list[Ranked]:
    """Every candidate in order; the same for any order of the input."""
    running = [is_open(candidate.card, question.at) for candidate in candidates]
    doors = [at_the_door(one.card, question.policy.care, question.at) for one in candidates]
    nearest = _nearest_open(candidates, running, question)
    limit_s = _limit_s(candidates, running, doors, nearest, question)
    judged = [
        _judge(candidate, runs, door, question, limit_s, nearest)
        for candidate, runs, door in zip(candidates, running, doors, strict=True)
    ]
    return sorted(judged, key=lambda ranked: _order(ranked, question, sort))


def shortlist(ranked: Sequence[Ranked], limit: int) -> list[Ranked]:
    """The first of the list, with the nearest stabilising emergency room and the best reported
    able one among them as far as there is room: they take the last places, never the first."""
    places = range(len(ranked))
    must = [n for n in places if ranked[n].stabilise_first]
    must += [n for n in places if ranked[n].able][:1]
    chosen = dict.fromkeys([*places[:1], *must, *places])
    return [ranked[n] for n in sorted([*chosen][:limit])]


def enough(ranked: Sequence[Ranked]) -> bool:
    """Whether a search found what it must: choices, one of them able by its own report."""
    return has_choices(ranked) and sum(entry.able for entry in ranked) >= ENOUGH_ABLE


def has_choices(ranked: Sequence[Ranked]) -> bool:
    """Whether there are enough that are not known missing, and enough in all."""
    return (
        len(ranked) >= ENOUGH_IN_ALL
        and sum(not entry.missing for entry in ranked) >= ENOUGH_NOT_MISSING
    )


def _nearest_open(
    candidates: Sequence[Candidate], running: Sequence[Status], question: Question
) -> Candidate | None:
    """Of those that run and did not refuse; over water only where no road leads anywhere."""
    return min(
        (
            candidate
            for candidate, runs in zip(candidates, running, strict=True)
            if runs is Status.AVAILABLE and candidate.card.hospital.hpid not in question.refused
        ),
        key=lambda c: (not c.eta.by_car, c.eta.seconds, c.card.hospital.hpid),
        default=None,
    )


def _limit_s(
    candidates: Sequence[Candidate],
    running: Sequence[Status],
    doors: Sequence[Word],
    nearest: Candidate | None,
    question: Question,
) -> float | None:
    """Seconds within which a hospital may be recommended. They count from the nearest whose notice
    does not refuse this patient, and for a mild case from the nearest that is no regional centre
    either, where one is near enough."""
    if nearest is None:
        return None
    mild = score.is_mild(question.ktas)
    taking = [
        candidate.eta.seconds
        for candidate, runs, door in zip(candidates, running, doors, strict=True)
        if runs is Status.AVAILABLE
        and candidate.eta.by_car
        and not door.refuses
        and not (mild and candidate.card.hospital.level is Level.REGIONAL_CENTER)
        and candidate.card.hospital.hpid not in question.refused
    ]
    from_s = nearest.eta.seconds
    taken_s = min(taking, default=from_s)
    from_s = taken_s if taken_s <= from_s + _patience_s(question) else from_s
    return from_s + question.policy.bypass_minutes * 60


def _patience_s(question: Question) -> int:
    """How much farther than the nearest room the one may lie from which minutes count."""
    if score.is_mild(question.ktas):
        return SPARED_S
    return TURNED_AWAY_S if question.policy.bypass_minutes else AT_ONCE_S


def _judge(
    candidate: Candidate,
    runs: Status,
    door: Word,
    question: Question,
    limit_s: float | None,
    nearest: Candidate | None,
) -> Ranked:
    card, at, is_nearest = candidate.card, question.at, candidate is nearest
    # Under `nearest` an open room alone decides: whom it cannot keep it can still stabilise.
    counts = SILENCE if question.is_nearest else door
    readings = [read(card, need.field, at) for need in question.needs]
    decisive = [readings[i] for i in question.decisive]
    refused = card.hospital.hpid in question.refused
    shut = runs is Status.UNAVAILABLE or counts.refuses
    missing = shut or refused or any(r.status is Status.UNAVAILABLE for r in decisive)
    able = (
        not missing
        and runs is Status.AVAILABLE
        and not counts.asks
        and all(r.status is Status.AVAILABLE and not r.asks_for_call for r in decisive)
    )
    eta = candidate.eta
    far = limit_s is not None and (not eta.by_car or eta.seconds > limit_s) and not is_nearest
    tier: Tier = (
        "not_recommended" if missing else "recommended" if able and not far else "call_first"
    )
    points = score.resource_points(question.shares, readings)
    scored = _scored(candidate, question)
    total = round(sum(points) + sum(part.points for part in scored), 1)
    return Ranked(
        candidate,
        tier,
        readings,
        points,
        scored,
        total,
        runs,
        door,
        able=able,
        missing=missing,
        refused=refused,
        far=far,
        surely_far=far and nearest is not None and eta.low > nearest.eta.high,
        stabilise_first=is_nearest and tier != "recommended",
    )


def _scored(candidate: Candidate, question: Question) -> list[Part]:
    card, now_s, most = candidate.card, question.at.now_s, question.bounds
    held = question.held(card.hospital.hpid)
    near = score.near_points(candidate.eta, question.policy.window_minutes, most.near)
    return [
        Part("near", near),
        Part("beds", score.bed_points(card, now_s, held)),
        Part("level", score.level_points(card.hospital.level, question.ktas)),
        Part("freshness", score.freshness_points(card, now_s)),
    ]


def _order(
    ranked: Ranked, question: Question, sort: Sort
) -> tuple[int, bool, bool, bool, bool, float, int, str]:
    eta, hpid = ranked.candidate.eta.seconds, ranked.hpid
    apart = not ranked.candidate.eta.by_car
    # Where seconds count, minutes beyond the policy are never traded for points.
    late = question.counts_seconds and ranked.far
    by_time = sort == "distance" or late
    return (
        RANK[ranked.tier],
        ranked.refused,
        apart,
        late,
        ranked.turns_away,
        eta if by_time else -ranked.score,
        eta,
        hpid,
    )
