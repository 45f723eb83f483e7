"""Of whom and when a restriction message speaks: yes, no, or nobody knows."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone

from shared.contracts.sync import Audience, Message
from shared.contracts.triage import PatientFacts

KST = timezone(timedelta(hours=9))
CHILD_TO, ADULT_FROM = 14, 18
"""Years. In between, "children" may mean the patient or not."""

NEWBORN_G = 6000
CHILD_G = 40000
"""A least weight up to the first is said of newborns, up to the second of children."""

FERTILE = range(10, 61)
"""Years at which weeks of pregnancy may concern a woman."""


def holds(message: Message, now: datetime) -> bool:
    """Whether `now` lies in the hours and days of a message, by Korean clocks. Hours over
    midnight belong to the day on which they begin."""
    local = now.astimezone(KST)
    if local.isoweekday() in message.whole_days:
        return True
    if message.hours is None:
        return not message.whole_days
    begin, end = (time.fromisoformat(part) for part in message.hours.split("-"))
    clock, day = local.time(), local.isoweekday()
    if begin < end:
        inside = begin <= clock < end
    else:
        inside = clock >= begin or clock < end
        day = day if clock >= begin else (day + 5) % 7 + 1
    return inside and (not message.days or day in message.days)


def strikes(audiences: Sequence[Audience], patient: PatientFacts) -> bool | None:
    """Whether the patient is among those spoken of; no audience is everybody."""
    if not audiences:
        return True
    answers = [_strikes(audience, patient) for audience in audiences]
    if True in answers:
        return True
    return None if None in answers else False


def _strikes(audience: Audience, patient: PatientFacts) -> bool | None:
    """Every bound has to fit."""
    answers = [
        *_by_age(audience, patient),
        *_by_weight(audience.min_weight_g, patient),
        *_by_weeks(audience.min_weeks, patient),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _by_age(audience: Audience, patient: PatientFacts) -> list[bool | None]:
    age, answers = _years(patient), list[bool | None]()
    if audience.max_age_years is not None:
        answers.append(None if age is None else _young(audience, age, patient.age_days))
    if audience.min_age_years is not None:
        answers.append(None if age is None else age >= audience.min_age_years)
    if audience.children:
        unsure = age is None or CHILD_TO < age < ADULT_FROM
        answers.append(None if unsure else age is not None and age <= CHILD_TO)
    return answers


def _young(audience: Audience, age: int, age_days: int | None) -> bool | None:
    """Up to a greatest age; its last year needs days where the bound has days."""
    top = audience.max_age_years or 0
    if age != top or audience.max_age_days is None:
        return age <= top
    return None if age_days is None else age_days <= audience.max_age_days


def _by_weight(least: int | None, patient: PatientFacts) -> list[bool | None]:
    if least is None:
        return []
    grown = 1 if least <= NEWBORN_G else ADULT_FROM - 3 if least <= CHILD_G else None
    age = _years(patient)
    # Nobody tells us a weight: only who is too old for the bound is known not to be meant.
    return [False if grown is not None and age is not None and age >= grown else None]


def _by_weeks(least: int | None, patient: PatientFacts) -> list[bool | None]:
    """Weeks of pregnancy, of the woman or of a newborn."""
    if least is None:
        return []
    if patient.pregnancy_weeks is not None:
        return [patient.pregnancy_weeks < least]
    age = _years(patient)
    if age is None or age == 0:
        return [None]
    meant = patient.gender != "M" and age in FERTILE
    return [None if meant else False]


def _years(patient: PatientFacts) -> int | None:
    if patient.age_years is None and patient.age_days is not None:
        return patient.age_days // 365
    return patient.age_years
