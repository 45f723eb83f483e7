"""What a model may add to what the rules read: a pure function under one law, that urgency never
falls. The table of roles is what the comparison in docs/training.md left of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from services.triage.domain.assessment import Assessment
from services.triage.domain.cases import Case
from services.triage.domain.extraction import Extraction, Patient, Symptom
from services.triage.domain.mentions import find_mentions
from services.triage.domain.orders import not_told
from services.triage.domain.reading import Reading, masked, read
from services.triage.knowledge.model import Knowledge, Sex

Role = Literal["rules", "fills", "adds"]

ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "age": "rules",
        "gender": "rules",
        "is_self": "fills",
        "symptoms": "adds",
        "negated": "rules",
        "history": "rules",
        "special_note": "rules",
    }
)
"""`rules`: the model's word is not used. `fills`: only where the rules know nothing, and the text
bears it out. `adds`: what the model is sure of, unless the text denies it or gives orders to the
reader. A model's denial is never used, as it could take a warning away; its free words are never
used, as nothing holds them to a list."""

OPEN_ROLES: Mapping[str, Role] = MappingProxyType({**ROLES, "age": "fills", "gender": "fills"})
"""All open that can be: what a comparison measures beside the table that is served."""

SURE = 0.9
"""From this chance on a symptom that the model names is added to those of the rules: of utterances
that neither was made with, three in four of these are right (docs/training.md)."""

_SEX_WORDS: Mapping[Sex, re.Pattern[str]] = MappingProxyType(
    {
        "M": re.compile(
            r"남자|남성|아버지|아빠|할아버|아들|남편|오빠|삼촌"
            r"|\b(?:male|man|boy|father|dad|husband|son|brother|he|his|him)\b"
        ),
        "F": re.compile(
            r"여자|여성|어머니|엄마|할머니|딸(?!기|꾹)|아내|언니|누나|이모|고모"
            r"|\b(?:female|woman|girl|mother|mom|wife|daughter|sister|she|her)\b"
        ),
    }
)
_OTHER_UNIT = r"\s*(?:도|주|일|달|개월|분|시|번|년|회|층|명|호|kg|mg|ml|cm|%|/|st|nd|rd|th)"


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What a model read, in the words of the ontology; `sure` is the chance, 0 to 1, that it gave
    to a symptom, where that is known."""

    age: int | None
    gender: Sex | None
    is_self: bool | None
    symptoms: tuple[str, ...]
    sure: Mapping[str, float] = field(default_factory=dict)


def merged(
    found: Extraction,
    model: ModelReading,
    text: str,
    *,
    knowledge: Knowledge,
    roles: Mapping[str, Role] = ROLES,
) -> Extraction:
    """The rules' extraction with what the model may add. Nothing that the rules found is lost."""
    lexicon = knowledge.lexicon
    reading = masked(read(text), lexicon.idioms, lexicon.idioms_spaced)
    return replace(
        found,
        patient=_patient(found, model, reading, roles),
        symptoms=found.symptoms + _new_symptoms(found, model, reading, knowledge, roles),
    )


def never_milder(case: Case, rules: Assessment) -> Case:
    """The merged case, held to the urgency and the red flags of the rules alone."""
    return replace(case, red_flags=tuple(f.code for f in rules.red_flags), ktas=rules.ktas)


def _new_symptoms(
    found: Extraction,
    model: ModelReading,
    reading: Reading,
    knowledge: Knowledge,
    roles: Mapping[str, Role],
) -> tuple[Symptom, ...]:
    # Who gives orders to the reader is read by the rules alone, which blank them out.
    if roles["symptoms"] != "adds" or not_told(reading.lowered):
        return ()
    mentions = find_mentions(reading, knowledge.lexicon.symptoms)
    denied = {m.matcher.name for m in mentions if m.stance == "denied"} | set(found.negated)
    known = {symptom.code for symptom in found.symptoms} | denied
    sure = [code for code in model.symptoms if model.sure.get(code, 0.0) >= SURE]
    # No words of the text are known to have told it.
    return tuple(Symptom(code, "") for code in dict.fromkeys(sure) if code not in known)


def _patient(
    found: Extraction, model: ModelReading, reading: Reading, roles: Mapping[str, Role]
) -> Patient:
    patient = found.patient
    ageless = patient.age_years is None and patient.age_days is None and patient.age_band is None
    if roles["age"] == "fills" and ageless and _bears_out_age(reading, model.age):
        patient = replace(patient, age_years=model.age)
    if roles["gender"] == "fills" and patient.gender is None:
        patient = replace(patient, gender=_borne_out_sex(reading, model.gender))
    # Without a finding there is mostly no patient, and the model names one all the same.
    if roles["is_self"] == "fills" and patient.is_self is None and found.symptoms:
        patient = replace(patient, is_self=model.is_self)
    return patient


def _bears_out_age(reading: Reading, age: int | None) -> bool:
    """The very number stands in the text, alone. Under one year the rules alone speak, for there
    a wrong age is dangerous."""
    if not age:
        return False
    alone = rf"(?<![\d.]){age}(?![\d.]|{_OTHER_UNIT})"
    return re.search(alone, reading.lowered) is not None


def _borne_out_sex(reading: Reading, sex: Sex | None) -> Sex | None:
    """A word of that sex stands in the text, and none of the other."""
    said = {who for who, words in _SEX_WORDS.items() if words.search(reading.lowered)}
    return sex if said == {sex} else None
