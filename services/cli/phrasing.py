"""Patterns of the clinical data as sentences that a physician can read."""

from collections.abc import Iterable, Iterator

from services.triage.knowledge.model import AgeRange, Knowledge, Pattern, VitalLimit

OLDEST = 130


def alternatives(patterns: Iterable[Pattern], knowledge: Knowledge) -> list[str]:
    """One line for each pattern; the parts of a line must all hold."""
    return [" · ".join(_parts(pattern, knowledge)) for pattern in patterns]


def _parts(pattern: Pattern, knowledge: Knowledge) -> Iterator[str]:
    if pattern.all:
        yield " + ".join(_names(pattern.all, knowledge))
    for choice in pattern.any:
        yield _either(_names(choice, knowledge))
    if pattern.flags:
        names = {rule.code: rule.name.ko for rule in knowledge.flags}
        yield "red flag " + _either(sorted(names[code] for code in pattern.flags))
    if pattern.cues:
        yield "words " + _either(sorted(pattern.cues))
    if pattern.cues_all:
        yield "words " + " + ".join(sorted(pattern.cues_all))
    if pattern.history:
        yield "history " + _either(sorted(pattern.history))
    if pattern.special:
        yield "circumstance " + _either(sorted(pattern.special))
    if pattern.lanes:
        yield "suicide lane " + _either(sorted(pattern.lanes))
    yield from _person(pattern)
    yield from (_vital(limit) for limit in pattern.vitals)
    if pattern.onset_within is not None:
        yield f"began within {pattern.onset_within} min"
    if pattern.ktas_from is not None:
        yield f"KTAS {pattern.ktas_from} or graver"


def _person(pattern: Pattern) -> Iterator[str]:
    if pattern.age is not None:
        yield _age(pattern.age)
    if pattern.sex is not None:
        yield {"F": "female", "M": "male"}[pattern.sex]
    if pattern.pregnant:
        yield "pregnant"
    if pattern.weeks_from is not None:
        yield f"from week {pattern.weeks_from}"
    if pattern.weeks_to is not None:
        yield f"to week {pattern.weeks_to}"
    if pattern.postpartum:
        yield "within six weeks after a birth"


def _names(codes: Iterable[str], knowledge: Knowledge) -> list[str]:
    return sorted(knowledge.ontology[code].ko for code in codes)


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({' / '.join(names)})"


def _age(age: AgeRange) -> str:
    if age.max_days is not None:
        return f"at most {age.max_days} days old"
    if age.max_years >= OLDEST:
        return f"from {age.min_years} years"
    return f"{age.min_years} to {age.max_years} years"


def _vital(limit: VitalLimit) -> str:
    if limit.among:
        return f"{limit.name} {_either(sorted(limit.among))}"
    bounds = [
        f"{sign} {value:g}"
        for sign, value in (("≥", limit.at_least), ("≤", limit.at_most))
        if value is not None
    ]
    return f"{limit.name} {' and '.join(bounds)}"
