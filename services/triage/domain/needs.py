"""Which hospital resources decide the outcome of a case, in the order of their weight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.triage.domain.cases import Facts, NeedsCase, facts_of_request
from services.triage.domain.patterns import holds_any
from services.triage.knowledge.model import FieldNeed, Knowledge, Presentation, Role, Transport

WEIGHTS = tuple(range(30, 11, -2))
MOST_DECISIVE = 3
GRAVE = 2


@dataclass(frozen=True, slots=True)
class Need:
    field: str
    weight: int
    role: Role
    reason_ko: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Policy:
    """`bypass_minutes` is over the nearest open ER; `call` are keys of the file's call list."""

    transport: Transport
    bypass_minutes: int
    window_minutes: int | None
    call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedsPlan:
    """At most ten needs, each field once, weights 30, 28, … 12 by rank."""

    needs: tuple[Need, ...]
    policy: Policy
    presentations: tuple[str, ...]


def plan_needs(request: NeedsCase, *, knowledge: Knowledge) -> NeedsPlan:
    """The gravest presentation sets the policy; the red flags' demands are always in, those
    of the caller and those that the rules find themselves."""
    facts = _flagged(
        facts_of_request(request, cues=_cues_in_special(request, knowledge)), knowledge
    )
    rows = _matching(knowledge.presentations, facts)
    if not rows:
        return _local_plan(knowledge)
    needs = _gated(_merged(rows), facts, knowledge)
    leading = rows[0]
    if leading.transport == "nearest":
        needs = [replace(need, role="supporting") for need in needs]
    return NeedsPlan(
        needs=_weighted(needs),
        policy=Policy(
            transport=leading.transport,
            bypass_minutes=leading.bypass_minutes,
            window_minutes=leading.window_minutes,
            call=tuple(dict.fromkeys(name for row in rows for name in row.call)),
        ),
        presentations=tuple(row.id for row in rows),
    )


def _flagged(facts: Facts, knowledge: Knowledge) -> Facts:
    found = frozenset(rule.code for rule in knowledge.flags if holds_any(rule.when, facts))
    return replace(facts, flags=facts.flags | found)


def _cues_in_special(request: NeedsCase, knowledge: Knowledge) -> frozenset[str]:
    return frozenset(cue.name for cue in knowledge.lexicon.cues) & frozenset(request.special)


def _matching(rows: Iterable[Presentation], facts: Facts) -> list[Presentation]:
    """Gravest first. Beside a grave row the mild ones say nothing that would help."""
    fitting = sorted((row for row in rows if holds_any(row.when, facts)), key=lambda row: row.ktas)
    grave = [row for row in fitting if row.ktas <= GRAVE]
    return grave or fitting


def _merged(rows: list[Presentation]) -> list[FieldNeed]:
    """The leading row whole; of the others first what decides, then the rest."""
    leading, others = rows[0], rows[1:]
    demands = [need for row in others for need in row.needs if need.role == "decisive"]
    rest = [need for row in others for need in row.needs if need.role != "decisive"]
    decisive_levels = {id(need): row.ktas for row in others for need in row.needs}
    merged: dict[str, FieldNeed] = {}
    for need in [*leading.needs, *demands, *rest]:
        if need.field not in merged:
            equal = decisive_levels.get(id(need), leading.ktas) <= leading.ktas
            merged[need.field] = need if equal else replace(need, role="supporting")
    return _few_decisive(merged)


def _few_decisive(merged: Mapping[str, FieldNeed]) -> list[FieldNeed]:
    """Who demands everything of one hospital finds none: past three the rest supports."""
    kept: list[FieldNeed] = []
    decisive = 0
    for need in merged.values():
        decisive += need.role == "decisive"
        kept.append(replace(need, role="supporting") if decisive > MOST_DECISIVE else need)
    return kept


def _gated(needs: list[FieldNeed], facts: Facts, knowledge: Knowledge) -> list[FieldNeed]:
    gated = {need.field: need for need in needs}
    for gate in knowledge.gates:
        if not holds_any(gate.when, facts):
            continue
        swapped = {}
        for field, need in gated.items():
            target = gate.swap.get(field, field)
            swapped[target] = (
                need
                if target == field
                else replace(need, field=target, reason=knowledge.field_reasons[target])
            )
        gated = _with_added(swapped, gate.add)
    return list(gated.values())


def _with_added(needs: Mapping[str, FieldNeed], added: Iterable[FieldNeed]) -> dict[str, FieldNeed]:
    """A gate's fields stand right behind what decides, so that ten places never lose them."""
    decisive = [need for need in needs.values() if need.role == "decisive"]
    first = decisive or list(needs.values())[:1]
    ordered = [*first, *added, *needs.values()]
    result: dict[str, FieldNeed] = {}
    for need in ordered:
        result.setdefault(need.field, needs.get(need.field, need))
    return result


def _weighted(needs: Iterable[FieldNeed]) -> tuple[Need, ...]:
    return tuple(
        Need(need.field, weight, need.role, need.reason.ko, need.reason.en)
        for need, weight in zip(needs, WEIGHTS, strict=False)
    )


def _local_plan(knowledge: Knowledge) -> NeedsPlan:
    return NeedsPlan(_weighted(knowledge.local), Policy("nearest", 0, None, ()), ())
