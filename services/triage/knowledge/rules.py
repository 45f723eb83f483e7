"""Patterns from the files, checked against the names that the other files define."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.triage.knowledge.files import AgeEntry, PatternEntry
from services.triage.knowledge.model import AgeRange, Pattern, VitalLimit
from services.triage.knowledge.reading import KnowledgeError


@dataclass(frozen=True, slots=True)
class Vocabulary:
    codes: frozenset[str]
    flags: frozenset[str]
    cues: frozenset[str]
    history: frozenset[str]
    special: frozenset[str]


def patterns_of(
    place: str, entries: Iterable[PatternEntry], vocabulary: Vocabulary
) -> tuple[Pattern, ...]:
    return tuple(pattern_of(place, entry, vocabulary) for entry in entries)


def pattern_of(place: str, entry: PatternEntry, vocabulary: Vocabulary) -> Pattern:
    """Raises KnowledgeError for a code, flag, cue, disease or circumstance nobody defines."""
    choices = _choices(entry)
    for names, known in (
        ([*entry.all, *(code for choice in choices for code in choice)], vocabulary.codes),
        (entry.flags, vocabulary.flags),
        ([*entry.cues, *entry.cues_all], vocabulary.cues),
        (entry.history, vocabulary.history),
        (entry.special, vocabulary.special),
    ):
        unknown = sorted(set(names) - known)
        if unknown:
            raise KnowledgeError(f"{place}: unknown {unknown}")
    return Pattern(
        all=frozenset(entry.all),
        any=choices,
        flags=frozenset(entry.flags),
        cues=frozenset(entry.cues),
        cues_all=frozenset(entry.cues_all),
        history=frozenset(entry.history),
        special=frozenset(entry.special),
        lanes=frozenset(entry.lanes),
        age=_age(entry.age),
        sex=entry.sex,
        pregnant=entry.pregnant,
        weeks_from=entry.weeks_from,
        weeks_to=entry.weeks_to,
        postpartum=entry.postpartum,
        vitals=_vitals(entry),
        onset_within=entry.onset_within,
        ktas_from=entry.ktas_from,
    )


def _choices(entry: PatternEntry) -> tuple[frozenset[str], ...]:
    if not entry.any:
        return ()
    nested = [choice for choice in entry.any if isinstance(choice, list)]
    if nested:
        return tuple(frozenset(choice) for choice in nested)
    return (frozenset(code for code in entry.any if isinstance(code, str)),)


def _age(entry: AgeEntry | None) -> AgeRange | None:
    return AgeRange(entry.min, entry.max, entry.max_days) if entry else None


def _vitals(entry: PatternEntry) -> tuple[VitalLimit, ...]:
    return tuple(
        VitalLimit(name, limit.at_most, limit.at_least, frozenset(limit.among))
        for name, limit in entry.vitals.items()
    )
