"""Whether a pattern holds for a case. What is unknown never speaks against urgency."""

from collections.abc import Iterable

from services.triage.domain.cases import ADULT_YEARS, DAYS_PER_YEAR, Facts
from services.triage.domain.vitals import Vitals
from services.triage.knowledge.model import AgeRange, Pattern, VitalLimit


def holds_any(patterns: Iterable[Pattern], facts: Facts) -> bool:
    return any(holds(pattern, facts) for pattern in patterns)


def holds(pattern: Pattern, facts: Facts) -> bool:
    """All conditions of the pattern; an unknown age, sex or pregnancy week satisfies one."""
    return (
        pattern.all <= facts.codes
        and all(choice & facts.codes for choice in pattern.any)
        and _one_of(pattern.flags, facts.flags)
        and _one_of(pattern.cues, facts.cues)
        and pattern.cues_all <= facts.cues
        and _one_of(pattern.history, facts.history)
        and _one_of(pattern.special, facts.special)
        and (not pattern.lanes or facts.lane in pattern.lanes)
        and _person_fits(pattern, facts)
        and _measures_fit(pattern, facts)
    )


def _one_of(asked: frozenset[str], known: frozenset[str]) -> bool:
    return not asked or not asked.isdisjoint(known)


def _person_fits(pattern: Pattern, facts: Facts) -> bool:
    if pattern.age is not None and not _age_fits(pattern.age, facts.days):
        return False
    if pattern.sex is not None and facts.sex not in (None, pattern.sex):
        return False
    if pattern.postpartum and not facts.postpartum:
        return False
    return _pregnancy_fits(pattern, facts)


def _age_fits(asked: AgeRange, days: tuple[int, int] | None) -> bool:
    if days is None:
        # Every adult complaint would otherwise be an infant's emergency.
        return asked.max_years >= ADULT_YEARS
    low = asked.min_years * DAYS_PER_YEAR
    high = (asked.max_years + 1) * DAYS_PER_YEAR - 1
    if asked.max_days is not None:
        high = min(high, asked.max_days)
    return days[0] <= high and low <= days[1]


def _pregnancy_fits(pattern: Pattern, facts: Facts) -> bool:
    if pattern.pregnant and not facts.pregnant:
        return False
    weeks = facts.weeks
    if weeks is None:
        return True
    return (pattern.weeks_from is None or weeks >= pattern.weeks_from) and (
        pattern.weeks_to is None or weeks <= pattern.weeks_to
    )


def _measures_fit(pattern: Pattern, facts: Facts) -> bool:
    if pattern.onset_within is not None and (
        facts.onset_minutes is not None and facts.onset_minutes > pattern.onset_within
    ):
        return False
    if pattern.ktas_from is not None and (facts.ktas is None or facts.ktas > pattern.ktas_from):
        return False
    return all(any(_measured(limit, vitals) for vitals in facts.vitals) for limit in pattern.vitals)


def _measured(limit: VitalLimit, vitals: Vitals) -> bool:
    value = getattr(vitals, limit.name)
    if value is None:
        return False
    if limit.among:
        return value in limit.among
    return (limit.at_most is None or value <= limit.at_most) and (
        limit.at_least is None or value >= limit.at_least
    )
