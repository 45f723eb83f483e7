"""The ranked list: tiers by what decides and by minutes, then points within a tier."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.matching.domain import score
from services.matching.domain.reading import Reading, Word, at_the_door, is_open, read
from services.matching.domain.travel import Eta
from shared.contracts.nmc import Status
from shared.contracts.sync import HospitalState
from shared.contracts.triage import Need, PatientFacts, Policy

Tier = Literal["recommended", "call_first", "not_recommended"]
TIERS: tuple[Tier, ...] = ("recommended", "call_first", "not_recommended")
ENOUGH_NOT_MISSING, ENOUGH_ABLE, ENOUGH_IN_ALL = 3, 1, 5
UNKNOWN_PATIENT = PatientFacts()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hospital within reach."""

    hospital: HospitalState
    distance_m: int
    eta: Eta


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every hospital. Under `nearest` an open emergency room alone decides."""

    needs: Sequence[Need]
    policy: Policy
    ktas: int | None
    refused: Collection[str]
    now: datetime
    patient: PatientFacts = UNKNOWN_PATIENT

    @property
    def decisive(self) -> list[int]:
        """Places of the deciding needs in `needs`."""
        if self.policy.transport == "nearest":
            return []
        return [i for i, need in enumerate(self.needs) if need.role == "decisive"]


@dataclass(frozen=True, slots=True)
class Part:
    """A reason by its code, with the points it gave."""

    code: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its tier and everything that put it there."""

    candidate: Candidate
    tier: Tier
    readings: Sequence[Reading]
    resource_points: Sequence[float]
    parts: Sequence[Part]
    able: bool
    missing: bool
    stabilise_first: bool

    @property
    def score(self) -> float:
        total = sum(self.resource_points) + sum(part.points for part in self.parts)
        return round(total, 1)


def rank(
    candidates: Sequence[Candidate], question: Question, *, sort: Literal["score", "distance"]
) -> list[Ranked]:
    """Every candidate in order; the same for any order of the input."""
    nearest = _nearest_open(candidates, question)
    judged = [_judge(candidate, question, nearest) for candidate in candidates]
    return sorted(judged, key=lambda ranked: _order(ranked, question, sort))


def shortlist(ranked: Sequence[Ranked], limit: int) -> list[Ranked]:
    """The first of the list, with the nearest stabilising emergency room always among them."""
    kept = list(ranked[:limit])
    stabilising = next((entry for entry in ranked if entry.stabilise_first), None)
    if stabilising is not None and stabilising not in kept:
        kept[-1] = stabilising
    return kept


def enough(ranked: Sequence[Ranked]) -> bool:
    """Whether a search found what it must: choices, one of them able by its own report."""
    return (
        len(ranked) >= ENOUGH_IN_ALL
        and sum(not entry.missing for entry in ranked) >= ENOUGH_NOT_MISSING
        and sum(entry.able for entry in ranked) >= ENOUGH_ABLE
    )


def nearest_enough(candidates: Sequence[Candidate], question: Question) -> list[Candidate]:
    """The nearest candidates that together are enough, or all of them."""
    ordered = sorted(candidates, key=lambda entry: (entry.distance_m, entry.hospital.hpid))
    able = not_missing = 0
    for count, candidate in enumerate(ordered, start=1):
        judged = _judge(candidate, question, None)
        able += judged.able
        not_missing += not judged.missing
        if count >= ENOUGH_IN_ALL and not_missing >= ENOUGH_NOT_MISSING and able >= ENOUGH_ABLE:
            return ordered[:count]
    return ordered


def _nearest_open(candidates: Sequence[Candidate], question: Question) -> Candidate | None:
    running = [
        candidate
        for candidate in candidates
        if is_open(candidate.hospital, question.now) is Status.AVAILABLE
        and candidate.hospital.hpid not in question.refused
    ]
    return min(running, key=lambda c: (c.eta.seconds, c.hospital.hpid), default=None)


def _judge(candidate: Candidate, question: Question, nearest: Candidate | None) -> Ranked:
    hospital = candidate.hospital
    readings = [read(hospital, need, question.patient, question.now) for need in question.needs]
    runs = is_open(hospital, question.now)
    door = _at_the_door(hospital, question)
    decisive = [readings[i] for i in question.decisive]
    refused = hospital.hpid in question.refused
    shut = runs is Status.UNAVAILABLE or door.refuses
    closed_or_no = shut or any(reading.status is Status.UNAVAILABLE for reading in decisive)
    answered = runs is Status.AVAILABLE and not door.asks
    able = answered and all(
        reading.status is Status.AVAILABLE and not reading.asks_for_call for reading in decisive
    )
    far = nearest is not None and (
        candidate.eta.seconds > nearest.eta.seconds + question.policy.bypass_minutes * 60
    )
    missing = closed_or_no or refused
    tier: Tier = (
        "not_recommended" if missing else "recommended" if able and not far else "call_first"
    )
    told = _told(runs, door, decisive, refused=refused, far=far)
    return Ranked(
        candidate,
        tier,
        readings,
        score.resource_points(question.needs, readings),
        [*_scored(candidate, question), *told],
        able=able and not missing,
        missing=missing,
        stabilise_first=candidate is nearest and tier != "recommended",
    )


def _scored(candidate: Candidate, question: Question) -> list[Part]:
    hospital, now = candidate.hospital, question.now
    return [
        Part("near", score.near_points(candidate.eta, question.policy.window_minutes)),
        Part("beds", score.bed_points(hospital, now)),
        Part("level", score.level_points(hospital.level, question.ktas)),
        Part("freshness", score.freshness_points(hospital, now)),
    ]


def _at_the_door(hospital: HospitalState, question: Question) -> Word:
    """Under `nearest` an open room alone decides: whom it cannot keep it can still stabilise."""
    if question.policy.transport == "nearest":
        return Word()
    return at_the_door(hospital, question.patient, question.now)


def _told(
    runs: Status, door: Word, decisive: Sequence[Reading], *, refused: bool, far: bool
) -> list[Part]:
    closed = runs is Status.UNAVAILABLE
    said = {
        "refused": refused,
        "closed": closed,
        "open_unknown": runs is Status.UNKNOWN,
        "blocked": (door.refuses and not closed) or any(reading.blocked for reading in decisive),
        "cannot": any(r.status is Status.UNAVAILABLE and not r.blocked for r in decisive),
        "ask": door.asks or any(r.status is Status.UNKNOWN or r.asks_for_call for r in decisive),
        "able": bool(decisive) and all(r.status is Status.AVAILABLE for r in decisive),
        "far": far,
    }
    return [Part(code) for code, holds in said.items() if holds]


def _order(
    ranked: Ranked, question: Question, sort: Literal["score", "distance"]
) -> tuple[int, float, int, str]:
    eta, hpid = ranked.candidate.eta.seconds, ranked.candidate.hospital.hpid
    # Where seconds count, minutes beyond the policy are never traded for points.
    by_time = sort == "distance" or (
        question.policy.transport == "nearest" and ranked.tier != "recommended"
    )
    return (TIERS.index(ranked.tier), eta if by_time else -ranked.score, eta, hpid)
