"""Ranked hospitals as they are told."""

from services.matching.domain import wording
from services.matching.domain.question import Question
from services.matching.domain.ranking import Ranked
from services.matching.domain.reading import in_force
from shared.context import Language
from shared.contracts.matching import RankedHospital, Resource
from shared.contracts.nmc import Kind, catalogue
from shared.contracts.sync import Beds, age_s, freshness

DESCRIBED = ("hpid", "name", "level", "address", "phone", "er_phone")
PLACED = ("longitude", "latitude", "reported_at", "changed_at", "fetched_at")


def told(rank: int, ranked: Ranked, question: Question, language: Language) -> RankedHospital:
    """One hospital of the list. Everything in it was validated where it came in."""
    candidate, now = ranked.candidate, question.now
    hospital, eta = candidate.hospital, candidate.eta
    same = {name: getattr(hospital, name) for name in (*DESCRIBED, *PLACED)}
    return RankedHospital.model_construct(
        rank=rank,
        **same,
        distance_m=candidate.distance_m,
        eta_s=eta.seconds,
        eta_range_s=(eta.low, eta.high),
        eta_source=eta.source,
        tier=ranked.tier,
        score=ranked.score,
        beds=Beds.model_construct(available=candidate.card.free, total=candidate.card.installed),
        age_s=age_s(hospital.reported_at, now),
        freshness=freshness(Kind.COUNT, hospital.reported_at, now),
        resources=_resources(ranked, question, language),
        messages=in_force(hospital.messages, now),
        reasons=wording.reasons(ranked, question, language),
        stabilise_first=ranked.stabilise_first,
    )


def _resources(ranked: Ranked, question: Question, language: Language) -> list[Resource]:
    known = catalogue()
    return [
        Resource.model_construct(
            field=need.field,
            name=known[need.field].name(language),
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
