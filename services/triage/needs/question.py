"""What leaves the house for a model: codes, an age band, a sex and a level. Nothing else."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from services.triage.domain import NeedsCase
from services.triage.domain.cases import DAYS_PER_YEAR
from services.triage.knowledge.model import Knowledge
from shared.context import Language
from shared.contracts.nmc import catalogue

PROMPT_VERSION = "2026-11-1"
_BANDS = (
    (90, "under 3 months"),
    (2 * DAYS_PER_YEAR, "under 2 years"),
    (15 * DAYS_PER_YEAR, "2-14 years"),
    (40 * DAYS_PER_YEAR, "15-39 years"),
    (65 * DAYS_PER_YEAR, "40-64 years"),
    (131 * DAYS_PER_YEAR, "65 years or older"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; sorted codes without repetition, so that equal cases ask alike."""

    symptoms: tuple[str, ...]
    age_band: str
    sex: Literal["M", "F", "unknown"]
    ktas: int | None
    language: Language


@dataclass(frozen=True, slots=True)
class Ordering:
    """A model's answer: fields of the catalogue in its order, and a cleaned comment."""

    fields: tuple[str, ...]
    comment: str | None


def question_of(case: NeedsCase, language: Language) -> Question:
    """The question for a case. What a caller wrote as history or circumstance stays here: it is
    free text, and could hold a name."""
    return Question(
        symptoms=tuple(sorted(set(case.symptoms))),
        age_band=_band(case.age_years, case.age_days),
        sex=case.gender or "unknown",
        ktas=case.ktas,
        language=language,
    )


def fields_of(knowledge: Knowledge) -> tuple[str, ...]:
    """The fields that a model may name: those that a presentation may need."""
    return tuple(field for field in catalogue() if field in knowledge.field_reasons)


def catalogue_text(fields: Iterable[str]) -> str:
    """The fixed list that stands before every question."""
    known = catalogue()
    return "\n".join(f"{field}: {known[field].name_en}" for field in fields)


def cache_name(question: Question, *, key: bytes, model: str, catalogue: str) -> str:
    """A keyed hash of all that decides the answer; it tells nothing of the case."""
    told = json.dumps([asdict(question), catalogue, model, PROMPT_VERSION], sort_keys=True)
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


def _band(years: int | None, days: int | None) -> str:
    known = days if days is not None else None if years is None else years * DAYS_PER_YEAR
    if known is None:
        return "unknown"
    if days is None and years == 0:
        return "under 2 years"
    return next(name for limit, name in _BANDS if known < limit)
