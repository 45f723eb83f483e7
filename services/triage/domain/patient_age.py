"""Which of the ages that a text tells is the patient's."""

import re

from services.triage.domain.age_forms import Age
from services.triage.domain.people import Person
from services.triage.domain.reading import Reading

_SPEAKER_AGE_AFTER = re.compile(r"\s*(?:제가|저는|내가|나는)\s")
_SPEAKER_AGE = re.compile(r"(?:저는|제가|나는|내가|전|저|i am|i'm)[\s,]*(?:올해)?\s*$")


def _is_of_speaker(age: Age, ages: tuple[Age, ...], lowered: str) -> bool:
    """ "35살 제가 72살 아버지 대신": the speaker's age stands before the word or behind it."""
    before = {one.start for one in ages if _SPEAKER_AGE_AFTER.match(lowered, one.end)}
    if before:
        return age.start in before
    return _SPEAKER_AGE.search(lowered[: age.start]) is not None


_DESCRIBED = re.compile(
    r"\s*(?:된|짜리)\s*(아기|애기|아가|아이|애(?=[가는를도])|딸|아들|신생아|손[자녀주]|얼라)?"
)


def _without_birth(ages: tuple[Age, ...], person: Person, reading: Reading) -> tuple[Age, ...]:
    """ "낳은 지 사흘 됐는데" is an age only where a child is the patient, and "낳은 지 사흘 된"
    where the next word is a child."""
    return tuple(age for age in ages if not _is_of_mother(age, person, reading.lowered))


def _is_of_mother(age: Age, person: Person, lowered: str) -> bool:
    if not lowered.startswith("낳은", age.start):
        return False
    described = _DESCRIBED.match(lowered, age.end)
    return person.stage is None if described is None else described[1] is None


def patient_age(ages: tuple[Age, ...], person: Person, reading: Reading) -> Age | None:
    """The age nearest to where the patient is named; exact before a decade before a word."""
    own = [
        age
        for age in _without_birth(ages, person, reading)
        if person.is_self is not False or not _is_of_speaker(age, ages, reading.lowered)
    ]
    elsewhere = person.others
    own = [a for a in own if not any(s <= a.start < e for s, e in elsewhere)] or own
    exact = [age for age in own if age.years is not None]
    exact = exact or [age for age in own if age.band and age.band[0].isdecimal()] or own
    exact = [age for age in exact if age.days is not None] or exact
    if not exact:
        return None
    if person.start is None:
        return exact[0]
    place = person.start
    return min(exact, key=lambda age: abs(age.start - place))
