"""The merged facts of one patient, and what the patterns see of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.triage.domain.extraction import UNKNOWN_PATIENT, Extraction, Lane, Patient
from services.triage.domain.vitals import NOT_MEASURED, Vitals, merged
from services.triage.knowledge.model import Sex

DAYS_PER_YEAR = 365
OLDEST_DAYS = 131 * DAYS_PER_YEAR
ADULT_YEARS = 18
_BANDS = {
    "신생아": (0, 28), "영아": (0, 2 * 365), "유아": (365, 7 * 365), "영유아": (0, 6 * 365),
    "소아": (0, 18 * 365), "초등학생": (6 * 365, 13 * 365), "중학생": (12 * 365, 16 * 365),
    "고등학생": (15 * 365, 19 * 365), "청소년": (10 * 365, 19 * 365),
    "중년": (40 * 365, 65 * 365), "노인": (65 * 365, OLDEST_DAYS), "돌 전": (0, 365),
}  # fmt: skip
_DECADE = re.compile(r"(\d{1,3})대")
_WEEKS = re.compile(r"임신\s*(\d{1,2})\s*주")
# Six weeks after a birth are still dangerous; an unknown day counts as inside.
POSTPARTUM = re.compile(r"(?:산후|(?:출산|분만)\s*(?:한\s*지|후|뒤|직후)).*")


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """What a caller states beside the text; None is not stated."""

    age_years: int | None = None
    age_days: int | None = None
    gender: Sex | None = None
    pregnancy_weeks: int | None = None
    vitals: Vitals = NOT_MEASURED
    onset_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the rules judge. `said_vitals` are those of the text where others were
    stated: the worse of both counts. `red_flags` and `ktas` are what an earlier look found,
    which a later one may only make graver."""

    symptoms: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    patient: Patient = UNKNOWN_PATIENT
    history: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    vitals: Vitals = NOT_MEASURED
    said_vitals: Vitals = NOT_MEASURED
    onset_minutes: int | None = None
    severity: frozenset[str] = frozenset()
    cry_for_help: bool = False
    lane: Lane | None = None
    red_flags: tuple[str, ...] = ()
    ktas: int | None = None


@dataclass(frozen=True, slots=True)
class NeedsCase:
    """A request for needs: what `/v1/needs` carries, all of it optional but the symptoms.
    `special` may also carry the codes of cues ("right_lower_belly")."""

    symptoms: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    age_years: int | None = None
    age_days: int | None = None
    age_band: str | None = None
    gender: Sex | None = None
    pregnancy_weeks: int | None = None
    history: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    severity: frozenset[str] = frozenset()
    ktas: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pattern can ask. `history` holds the circumstances too: a drug that is taken or an
    operation may be told as either. `days` is the span of possible ages, None where nothing
    tells."""

    codes: frozenset[str]
    flags: frozenset[str]
    cues: frozenset[str]
    history: frozenset[str]
    special: frozenset[str]
    days: tuple[int, int] | None
    sex: Sex | None
    pregnant: bool
    weeks: int | None
    postpartum: bool
    vitals: tuple[Vitals, ...]
    onset_minutes: int | None
    lane: Lane | None
    ktas: int | None


def case_of(extraction: Extraction, stated: StatedFacts) -> Case:
    """The text's facts with the caller's over them: a stated age, sex or value wins."""
    said = extraction.patient
    aged = stated.age_years is not None or stated.age_days is not None
    years = stated.age_years
    if years is None and stated.age_days is not None:
        years = stated.age_days // DAYS_PER_YEAR
    same_infant = years == 0 and said.age_years == 0
    patient = Patient(
        age_years=years if aged else said.age_years,
        age_days=(stated.age_days or (said.age_days if same_infant else None))
        if aged
        else said.age_days,
        age_band=None if aged else said.age_band,
        gender=stated.gender or said.gender,
        is_self=said.is_self,
        pregnancy_weeks=stated.pregnancy_weeks or said.pregnancy_weeks,
    )
    return Case(
        symptoms=tuple(symptom.code for symptom in extraction.symptoms),
        negated=extraction.negated,
        patient=patient,
        history=extraction.history,
        special=extraction.special,
        vitals=merged(stated.vitals, extraction.vitals),
        said_vitals=extraction.vitals,
        onset_minutes=extraction.onset_minutes
        if stated.onset_minutes is None
        else stated.onset_minutes,
        severity=extraction.severity,
        cry_for_help=extraction.cry_for_help,
        lane=extraction.lane,
    )


def needs_case_of(case: Case, *, red_flags: Iterable[str], ktas: int | None) -> NeedsCase:
    """The question for the needs of a case that was assessed."""
    return NeedsCase(
        symptoms=case.symptoms,
        red_flags=tuple(red_flags),
        age_years=case.patient.age_years,
        age_days=case.patient.age_days,
        age_band=case.patient.age_band,
        gender=case.patient.gender,
        pregnancy_weeks=case.patient.pregnancy_weeks,
        history=case.history,
        special=case.special,
        severity=case.severity,
        ktas=ktas,
    )


def facts_of_case(case: Case, *, flags: frozenset[str], ktas: int | None) -> Facts:
    patient = case.patient
    return Facts(
        codes=frozenset(case.symptoms),
        flags=flags,
        cues=case.severity,
        history=frozenset((*case.history, *case.special)),
        special=frozenset(case.special),
        days=_days(patient.age_years, patient.age_days, patient.age_band, case.special),
        sex=patient.gender,
        pregnant=_pregnant(patient.pregnancy_weeks, case.special),
        weeks=patient.pregnancy_weeks or _weeks(case.special),
        postpartum=_postpartum(case.special),
        vitals=tuple({case.vitals, case.said_vitals} - {NOT_MEASURED}),
        onset_minutes=case.onset_minutes,
        lane=case.lane,
        ktas=ktas,
    )


def facts_of_request(request: NeedsCase, *, cues: frozenset[str]) -> Facts:
    return Facts(
        codes=frozenset(request.symptoms),
        flags=frozenset(request.red_flags),
        cues=request.severity | cues,
        history=frozenset((*request.history, *request.special)),
        special=frozenset(request.special),
        days=_days(request.age_years, request.age_days, request.age_band, request.special),
        sex=request.gender,
        pregnant=_pregnant(request.pregnancy_weeks, request.special),
        weeks=request.pregnancy_weeks or _weeks(request.special),
        postpartum=_postpartum(request.special),
        vitals=(),
        onset_minutes=None,
        lane=None,
        ktas=request.ktas,
    )


def _days(
    years: int | None, days: int | None, band: str | None, special: Iterable[str]
) -> tuple[int, int] | None:
    if days is not None:
        return days, days
    if years is not None:
        return years * DAYS_PER_YEAR, (years + 1) * DAYS_PER_YEAR - 1
    for word in (band, *special):
        decade = _DECADE.fullmatch(word) if word else None
        if decade:
            tens = int(decade[1])
            return tens * DAYS_PER_YEAR, (tens + 10) * DAYS_PER_YEAR - 1
        if word in _BANDS:
            return _BANDS[word]
    return None


def tells_age(word: str) -> bool:
    """Whether a word of `special` or of a band stands for an age ("소아", "30대")."""
    return word in _BANDS or _DECADE.fullmatch(word) is not None


def _pregnant(weeks: int | None, special: Iterable[str]) -> bool:
    return weeks is not None or any(
        word == "임신" or _WEEKS.fullmatch(word) is not None for word in special
    )


def _postpartum(special: Iterable[str]) -> bool:
    return any(POSTPARTUM.fullmatch(word) is not None for word in special)


def _weeks(special: Iterable[str]) -> int | None:
    for word in special:
        found = _WEEKS.fullmatch(word)
        if found:
            return int(found[1])
    return None
