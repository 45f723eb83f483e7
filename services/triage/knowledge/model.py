"""The clinical knowledge as the rules use it: frozen, compiled, free of input and output."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.triage.knowledge.needed import Sieve
from services.triage.knowledge.wordings import CHEST_WALL, TAKEN_BACK, Matcher, TakenBack
from shared.contracts.nmc import Care

Role = Literal["decisive", "supporting"]
Transport = Literal["nearest", "capable"]
Sex = Literal["M", "F"]

UNCLEAR = "unclear"
UNCLEAR_GRAVE = "unclear_grave"
SEVERAL_ALARMS = "several_alarms"
MANY_ALARMS = "many_alarms"
OBSERVED_ALARM = "observed_alarm"
VITAL_PAIR = "vital_pair"
ALARM_CUES = frozenset({UNCLEAR_GRAVE, SEVERAL_ALARMS, MANY_ALARMS, OBSERVED_ALARM})
UNCLEAR_CUES = ALARM_CUES | {UNCLEAR, VITAL_PAIR, TAKEN_BACK, CHEST_WALL}
"""The cues of a text that speaks of a body in trouble but is not understood, of one in which
alarms of several kinds meet, and of one that tells of two vital functions: what no word list holds
is treated as urgent until it is asked. The last two are said of a text that tells of a sign and
takes it back itself, or bounds a pain of the chest to its wall."""
SOUNDS_IMMEDIATE = "sounds_immediate"
SOUNDS_URGENT = "sounds_urgent"
SCREEN_CUES = frozenset({SOUNDS_IMMEDIATE, SOUNDS_URGENT})
"""The cues of a text that as a whole resembles those of KTAS 1, or of KTAS 1 and 2."""
SMALL_CUES = frozenset({"lay_question", "small_thing"})
"""What is only asked or is small in itself: read in the whole text, also where it is blanked
because it looks like a sign."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages; the caller picks."""

    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Concept:
    code: str
    ko: str
    en: str
    group: str
    near: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relation:
    """`young` are the words for somebody's child, of whatever age."""

    words: re.Pattern[str]
    spaced: re.Pattern[str]
    sex_of: Mapping[str, Sex | None]
    stage_of: Mapping[str, str]
    young: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a misspelt stretch means; right and wrong always have the same number of syllables.
    `lengths` are those of wrong and real words, longest first, by their first two syllables;
    `real` words are left alone."""

    variants: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]
    real: frozenset[str]
    shortened: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Explained:
    """A finding is part of any code of `by`, unless one of `unless` was told too."""

    by: frozenset[str]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unclear:
    """What tells of a body in trouble though no symptom is named: where it can be grave by the
    part or the person, where not, any part of a body, and the words that make trouble
    pressing. Each matcher of `alarms` is one kind, each of `functions` a vital one that fails."""

    vital: Matcher
    trouble: Matcher
    body: Matcher
    intense: Matcher
    alarms: tuple[Matcher, ...]
    functions: tuple[Matcher, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one piece of letters says: `rarity` (its inverse document frequency), and how far it
    speaks for KTAS 1 or 2 (`urgent`) and for KTAS 1 (`immediate`)."""

    rarity: float
    urgent: float
    immediate: float


@dataclass(frozen=True, slots=True)
class ScreenLimits:
    """From which score on a text is taken for urgent or immediate, and below which it is calm:
    then words that say nothing alone are not counted against it."""

    urgent: float
    immediate: float
    calm: float


@dataclass(frozen=True, slots=True)
class Screen:
    """A linear weighing of pieces of letters; `zero` is what a text without any scores."""

    weights: Mapping[str, Weight]
    zero: Weight
    limits: ScreenLimits


@dataclass(frozen=True, slots=True)
class Lexicon:
    spelling: Spelling
    symptoms: tuple[Matcher, ...]
    cues: tuple[Matcher, ...]
    unclear: Unclear
    taken_back: TakenBack
    history: tuple[Matcher, ...]
    special: tuple[Matcher, ...]
    lanes: tuple[Matcher, ...]
    korean: Sieve
    spaced: Sieve
    idioms: re.Pattern[str]
    idioms_spaced: re.Pattern[str]
    cry_for_help: re.Pattern[str]
    relations: Relation
    gravest: tuple[str, ...]
    explained: Mapping[str, Explained]
    gender_of_code: Mapping[str, Sex]


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Years both ends included; `max_days` narrows the first year of life."""

    min_years: int = 0
    max_years: int = 130
    max_days: int | None = None


@dataclass(frozen=True, slots=True)
class VitalLimit:
    name: str
    at_most: float | None
    at_least: float | None
    among: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A conjunction. An absent condition holds; patterns know no negation, so that adding a
    finding can only add matches."""

    all: frozenset[str]
    any: tuple[frozenset[str], ...]
    flags: frozenset[str]
    cues: frozenset[str]
    cues_all: frozenset[str]
    history: frozenset[str]
    special: frozenset[str]
    lanes: frozenset[str]
    age: AgeRange | None
    sex: Sex | None
    pregnant: bool
    weeks_from: int | None
    weeks_to: int | None
    postpartum: bool
    vitals: tuple[VitalLimit, ...]
    onset_within: int | None
    ktas_from: int | None


@dataclass(frozen=True, slots=True)
class FlagRule:
    code: str
    name: Wording
    when: tuple[Pattern, ...]
    floor: int
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Complaint:
    code: str
    base: int
    raised: tuple[tuple[Pattern, int], ...]


@dataclass(frozen=True, slots=True)
class AdviceText:
    code: str
    text: Wording


@dataclass(frozen=True, slots=True)
class Telephone:
    number: str
    reason: Wording


@dataclass(frozen=True, slots=True)
class Situation:
    id: str
    when: tuple[Pattern, ...]
    actions: tuple[str, ...]
    do_not: tuple[str, ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdviceBook:
    messages: Mapping[str, Wording]
    actions: Mapping[str, AdviceText]
    do_not: Mapping[str, AdviceText]
    phones: Mapping[str, Telephone]
    contradictions: tuple[tuple[str, str], ...]
    situations: tuple[Situation, ...]


@dataclass(frozen=True, slots=True)
class FieldNeed:
    field: str
    role: Role
    reason: Wording


@dataclass(frozen=True, slots=True)
class Presentation:
    id: str
    name: Wording
    ktas: int
    when: tuple[Pattern, ...]
    needs: tuple[FieldNeed, ...]
    transport: Transport
    bypass_minutes: int
    window_minutes: int | None
    call: tuple[str, ...]
    care: tuple[Care, ...]
    unspecific: bool
    """It tells how grave the case is, not what it is: milder rows still say what it needs."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What an age or a pregnancy changes in any plan: fields swapped, fields added."""

    id: str
    when: tuple[Pattern, ...]
    swap: Mapping[str, str]
    add: tuple[FieldNeed, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the rules know, with the version that every answer carries."""

    ruleset: str
    digest: str
    ontology: Mapping[str, Concept]
    lexicon: Lexicon
    screen: Screen
    flags: tuple[FlagRule, ...]
    complaints: Mapping[str, Complaint]
    told: Mapping[str, Complaint]
    advice: AdviceBook
    presentations: tuple[Presentation, ...]
    gates: tuple[Gate, ...]
    local: tuple[FieldNeed, ...]
    field_reasons: Mapping[str, Wording]
    call_names: Mapping[str, Wording]
