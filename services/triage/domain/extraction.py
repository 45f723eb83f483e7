"""Everyday words become a record about the patient: rules only, no model, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.triage.domain.age_forms import Age
from services.triage.domain.ages import find_ages
from services.triage.domain.maternity import Maternity, find_maternity
from services.triage.domain.mending import mended
from services.triage.domain.mentions import Mention, find_mentions, names_said
from services.triage.domain.negation import doubts_noun
from services.triage.domain.orders import not_now, not_told
from services.triage.domain.patient_age import patient_age
from services.triage.domain.people import Complaint, Person, find_person
from services.triage.domain.reading import Reading, blanked, masked, read, sifted
from services.triage.domain.screen import Sound, is_calm, sound_of, weighed
from services.triage.domain.sexes import sex_of_organs
from services.triage.domain.taken_back import (
    Readings,
    well_being,
    without_feared_names,
    without_taken_back,
)
from services.triage.domain.unclear import unclear_cues
from services.triage.domain.vitals import NOT_MEASURED, Vitals, find_onset, find_vitals
from services.triage.knowledge.model import SMALL_CUES, Explained, Knowledge, Lexicon, Sex
from services.triage.knowledge.wordings import Matcher

Lane = Literal["act", "plan", "wish"]

# What happens to all who were there, whoever the sentence is about.
_SHARED = frozenset({"traffic_accident", "gas_inhalation"})

# Of these the denial by name counts, however it may look: a fall off a bicycle.
_DENIED_BY_NAME = frozenset({"traffic_accident", "fall_from_height", "assault"})
_NEVER_OVER = frozenset({"suicidal_ideation", "self_harm"})


@dataclass(frozen=True, slots=True)
class Patient:
    """`age_band` only where no integer is known; under one year `age_years` is 0."""

    age_years: int | None = None
    age_days: int | None = None
    age_band: str | None = None
    gender: Sex | None = None
    is_self: bool | None = None
    pregnancy_weeks: int | None = None


UNKNOWN_PATIENT = Patient()


@dataclass(frozen=True, slots=True)
class Symptom:
    code: str
    quote: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """`severity` holds the codes of the lexicon's cues; `lane` is the suicide lane, gravest."""

    patient: Patient = UNKNOWN_PATIENT
    symptoms: tuple[Symptom, ...] = ()
    negated: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    vitals: Vitals = NOT_MEASURED
    onset_minutes: int | None = None
    severity: frozenset[str] = frozenset()
    cry_for_help: bool = False
    lane: Lane | None = None


def extract(text: str, *, knowledge: Knowledge, this_year: int) -> Extraction:
    """What the text says about the patient. Unknown is None or absent, never a guess."""
    lexicon = knowledge.lexicon
    whole = _told(text, lexicon)
    plain = _without_idioms(whole, lexicon)
    sound = sound_of(plain, knowledge.screen)
    reading, readings = _taken_back(whole, plain, sound, knowledge)
    small = names_said(whole, (m for m in lexicon.cues if m.name in SMALL_CUES))
    found = find_mentions(readings.of_symptoms, lexicon.symptoms)
    findings = _current(found, reading.lowered, grave=frozenset(lexicon.gravest))
    person = find_person(
        reading,
        lexicon.relations,
        complaints=_complaints(findings, lexicon.gravest),
        codes=frozenset(m.matcher.name for m in findings if m.stance == "said"),
    )
    mentions = _of_patient(findings, person)
    symptoms = _unexplained(_symptoms(reading, mentions), lexicon.explained)
    lane = _lane(readings.of_symptoms, lexicon.lanes)
    symptoms += _lane_symptoms(lane, {symptom.code for symptom in symptoms}, reading)
    codes = {symptom.code for symptom in symptoms}
    maternity = find_maternity(reading)
    age = patient_age(find_ages(reading.lowered, this_year=this_year), person, reading)
    severity = frozenset(_said(readings.of_cues, lexicon.cues)) | small | readings.told
    understood = bool(symptoms) or not severity.isdisjoint(knowledge.told)
    history = _known_diseases(reading, lexicon.history, of_speaker=person.is_self is not False)
    unclear = unclear_cues(
        readings.of_cues,
        found,
        understood=understood,
        background=bool(history),
        well=0 if _is_loud(codes, severity, lexicon) else well_being(reading, lexicon.taken_back),
        words=lexicon.unclear,
    )
    # What was taken back is no trouble that could be weighed.
    known = bool(symptoms) or not (severity - readings.told).isdisjoint(knowledge.told)
    severity |= weighed(unclear, sound, knowledge.screen, understood=known)
    return Extraction(
        patient=_patient(reading, age, person, maternity, symptoms, knowledge),
        symptoms=symptoms,
        negated=_negated(mentions, codes),
        history=history,
        special=_special(reading, lexicon.special, age, person, maternity),
        vitals=find_vitals(readings.of_symptoms.lowered),
        onset_minutes=find_onset(reading.lowered),
        severity=severity,
        cry_for_help=lexicon.cry_for_help.search(reading.squeezed) is not None,
        lane=lane,
    )


def heard(text: str, lexicon: Lexicon) -> Reading:
    """The text as it is weighed: mended, without orders, fiction and idioms."""
    return _without_idioms(_told(text, lexicon), lexicon)


def _told(text: str, lexicon: Lexicon) -> Reading:
    sent = read(text)
    return mended(blanked(sent, not_told(sent.lowered)), lexicon.spelling)


def _without_idioms(reading: Reading, lexicon: Lexicon) -> Reading:
    plain = masked(reading, lexicon.idioms, lexicon.idioms_spaced)
    return sifted(plain, lexicon.korean, lexicon.spaced)


def _taken_back(
    whole: Reading, plain: Reading, sound: Sound, knowledge: Knowledge
) -> tuple[Reading, Readings]:
    """What is read where the text takes something back itself. Two have to agree: a patient who
    blames his lunch explains a heart attack away, so an explanation counts only in a text that
    as a whole sounds calm."""
    if not is_calm(sound, knowledge.screen):
        return plain, Readings(plain, plain, frozenset())
    lexicon = knowledge.lexicon
    reading = _without_idioms(without_feared_names(whole, lexicon.taken_back), lexicon)
    return reading, without_taken_back(reading, whole, lexicon)


def _is_loud(codes: set[str], severity: frozenset[str], lexicon: Lexicon) -> bool:
    words = lexicon.taken_back
    return bool(codes & words.loud) or not severity.isdisjoint(words.loud_cues)


def _current(
    mentions: tuple[Mention, ...], lowered: str, *, grave: frozenset[str]
) -> tuple[Mention, ...]:
    """Without what is told of a past that is over; a wish to die is never over, nor is a grave
    complaint that has just passed ("말이 어눌했는데 지금은 안 어눌해요")."""
    over = not_now(lowered)
    return tuple(
        mention
        for mention in mentions
        if mention.matcher.name in _NEVER_OVER
        or not (
            any(start <= mention.start < end for start, end in over)
            or (mention.matcher.name not in grave and _passed(mention, mentions, lowered))
        )
    )


def _passed(mention: Mention, mentions: tuple[Mention, ...], lowered: str) -> bool:
    return mention.stance == "said" and any(
        later.matcher is mention.matcher
        and later.stance == "denied"
        and _NOW.search(lowered, mention.end, max(mention.end, later.start)) is not None
        for later in mentions
    )


_NOW = re.compile(r"지금은|이제는|이젠|현재는|오늘은")


def _complaints(mentions: tuple[Mention, ...], gravest: tuple[str, ...]) -> list[Complaint]:
    rank = {code: place for place, code in enumerate(gravest)}
    return [
        Complaint(mention.start, rank.get(mention.matcher.name, len(gravest)))
        for mention in mentions
        if mention.stance == "said"
    ]


def _of_patient(mentions: tuple[Mention, ...], person: Person) -> tuple[Mention, ...]:
    """Without what is told of others, unless nothing else is told at all."""
    own = tuple(
        mention
        for mention in mentions
        if mention.matcher.name in _SHARED
        or not any(start <= mention.start < end for start, end in person.others)
    )
    return own if any(mention.stance == "said" for mention in own) else mentions


def _symptoms(reading: Reading, mentions: tuple[Mention, ...]) -> tuple[Symptom, ...]:
    first: dict[str, Symptom] = {}
    refused = {m.matcher.name for m in mentions if m.stance == "denied"} & _DENIED_BY_NAME
    for mention in mentions:
        if mention.stance == "said" and mention.matcher.name not in refused | first.keys():
            quote = reading.quote(mention.start, mention.end)
            first[mention.matcher.name] = Symptom(mention.matcher.name, quote)
    return tuple(first.values())


def _unexplained(
    symptoms: tuple[Symptom, ...], explained: Mapping[str, Explained]
) -> tuple[Symptom, ...]:
    """Without what is part of another finding: a hand that swells where the snake bit it."""
    codes = {symptom.code for symptom in symptoms}
    return tuple(s for s in symptoms if not _is_explained(explained.get(s.code), codes))


def _is_explained(rule: Explained | None, codes: set[str]) -> bool:
    return rule is not None and bool(rule.by & codes) and not rule.unless & codes


def _negated(mentions: tuple[Mention, ...], codes: set[str]) -> tuple[str, ...]:
    """A finding that is also affirmed somewhere counts as affirmed: doubt never reassures."""
    denied = (mention.matcher.name for mention in mentions if mention.stance == "denied")
    return tuple(dict.fromkeys(code for code in denied if code not in codes))


def _said(reading: Reading, matchers: tuple[Matcher, ...]) -> tuple[str, ...]:
    mentions = find_mentions(reading, matchers)
    return tuple(dict.fromkeys(m.matcher.name for m in mentions if m.stance == "said"))


# "당뇨는 저희 엄마고 저는 없어요"
_NOT_MINE = re.compile(
    r"[^|]{0,14}?\|?(?:저는|전|나는|난)(?:그런거|그런건|전혀|아예)?(?:없(?!이)|아니)"
)


def _known_diseases(
    reading: Reading, matchers: tuple[Matcher, ...], *, of_speaker: bool
) -> tuple[str, ...]:
    mentions = find_mentions(reading, matchers)
    return tuple(
        dict.fromkeys(
            mention.matcher.name
            for mention in mentions
            if mention.stance == "said"
            and not (mention.squeezed and doubts_noun(reading.squeezed, mention.squeezed[1]))
            and not (
                of_speaker
                and mention.squeezed
                and _NOT_MINE.match(reading.squeezed, mention.squeezed[1])
            )
        )
    )


def _lane(reading: Reading, lanes: tuple[Matcher, ...]) -> Lane | None:
    said = set(_said(reading, lanes))
    for lane in ("act", "plan", "wish"):
        if lane in said:
            return lane
    return None


def _lane_symptoms(lane: Lane | None, codes: set[str], reading: Reading) -> tuple[Symptom, ...]:
    """Means or a place at hand are suicidal ideation even where nobody named it."""
    missing = lane is not None and not codes & {"suicidal_ideation", "self_harm"}
    code = "self_harm" if lane == "act" else "suicidal_ideation"
    return (Symptom(code, reading.sent.strip()[:40]),) if missing else ()


def _patient(
    reading: Reading,
    age: Age | None,
    person: Person,
    maternity: Maternity,
    symptoms: tuple[Symptom, ...],
    knowledge: Knowledge,
) -> Patient:
    implied = [knowledge.lexicon.gender_of_code.get(symptom.code) for symptom in symptoms]
    by_complaint = next((sex for sex in implied if sex), None)
    newborn = age is not None and age.days is not None
    female: Sex | None = "F" if maternity.is_mother and not newborn else None
    implied_sex = None if person.stage else sex_of_organs(reading)
    return Patient(
        age_years=age.years if age else None,
        age_days=age.days if age else None,
        age_band=age.band if age and age.years is None else None,
        gender=female or person.gender or by_complaint or implied_sex,
        is_self=False if _cannot_write(age) else person.is_self,
        pregnancy_weeks=maternity.weeks,
    )


_WRITES_FROM = 7


def _cannot_write(age: Age | None) -> bool:
    return age is not None and age.years is not None and age.years < _WRITES_FROM


def _special(
    reading: Reading,
    matchers: tuple[Matcher, ...],
    age: Age | None,
    person: Person,
    maternity: Maternity,
) -> tuple[str, ...]:
    found = list(_said(reading, matchers))
    found += maternity.special
    if age and age.said:
        found.append(age.said)
    if person.stage and not _outgrown(age, person.stage):
        found.append(person.stage)
    return tuple(dict.fromkeys(found))


def _outgrown(age: Age | None, stage: str) -> bool:
    limit = 6 if stage == "영유아" else 18
    return age is not None and age.years is not None and age.years >= limit
