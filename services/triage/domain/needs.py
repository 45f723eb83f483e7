"""Which hospital resources decide the outcome of a case, in the order of their weight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.triage.domain.cases import Facts, NeedsCase, facts_of_request
from services.triage.domain.patterns import holds_any
from services.triage.knowledge.model import FieldNeed, Knowledge, Presentation, Role, Transport
from shared.contracts.nmc import Care

WEIGHTS = tuple(range(30, 11, -2))
MOST_DECISIVE = 3
GRAVE = 2
LEAST_URGENT = 5


@dataclass(frozen=True, slots=True)
class Need:
    field: str
    weight: int
    role: Role
    reason_ko: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Policy:
    """`bypass_minutes` is over the nearest open ER; `call` are keys of the file's call list,
    `care` is what only messages of hospitals tell."""

    transport: Transport
    bypass_minutes: int
    window_minutes: int | None
    call: tuple[str, ...]
    care: tuple[Care, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsPlan:
    """At most ten needs, each field once, weights 30, 28, … 12 by rank. `red_flags` are those of
    the caller and those that the rules found."""

    needs: tuple[Need, ...]
    policy: Policy
    presentations: tuple[str, ...]
    red_flags: frozenset[str]


def plan_needs(
    request: NeedsCase, *, knowledge: Knowledge, preferred: Sequence[str] = ()
) -> NeedsPlan:
    """The gravest presentation sets the policy; the red flags' demands are always in, those
    of the caller and those that the rules find themselves.

    `preferred` are fields in the order that a model would give them: it moves and adds what
    supports, and changes nothing else.
    """
    facts = _flagged(
        facts_of_request(request, cues=_cues_in_special(request, knowledge)), knowledge
    )
    rows = _matching(knowledge.presentations, facts)
    table = _merged(rows) if rows else list(knowledge.local)
    needs = _gated(_ordered(table, preferred, knowledge), facts, knowledge)
    policy = _policy(rows)
    if policy.transport == "nearest":
        needs = [replace(need, role="supporting") for need in needs]
    return NeedsPlan(
        needs=_weighted(needs),
        policy=policy,
        presentations=tuple(row.id for row in rows),
        red_flags=facts.flags,
    )


def _policy(rows: list[Presentation]) -> Policy:
    if not rows:
        return Policy("nearest", 0, None, ())
    return Policy(
        transport=rows[0].transport,
        bypass_minutes=rows[0].bypass_minutes,
        window_minutes=rows[0].window_minutes,
        call=tuple(dict.fromkeys(name for row in rows for name in row.call)),
        care=tuple(dict.fromkeys(name for row in rows for name in row.care)),
    )


def _flagged(facts: Facts, knowledge: Knowledge) -> Facts:
    found = frozenset(rule.code for rule in knowledge.flags if holds_any(rule.when, facts))
    return replace(facts, flags=facts.flags | found)


def _cues_in_special(request: NeedsCase, knowledge: Knowledge) -> frozenset[str]:
    return frozenset(cue.name for cue in knowledge.lexicon.cues) & frozenset(request.special)


def _matching(rows: Iterable[Presentation], facts: Facts) -> list[Presentation]:
    """Gravest first. Beside a grave row that knows the illness the mild ones say nothing that
    would help."""
    fitting = sorted((row for row in rows if holds_any(row.when, facts)), key=lambda row: row.ktas)
    grave = [row for row in fitting if row.ktas <= GRAVE]
    return grave if any(not row.unspecific for row in grave) else fitting


def _merged(rows: list[Presentation]) -> list[FieldNeed]:
    """The leading row whole; of the others first what decides, then the rest. What a milder row
    demands only supports, unless the leading one does not know the illness."""
    leading, others = rows[0], rows[1:]
    level = LEAST_URGENT if leading.unspecific else leading.ktas
    demands = [need for row in others for need in row.needs if need.role == "decisive"]
    rest = [need for row in others for need in row.needs if need.role != "decisive"]
    decisive_levels = {id(need): row.ktas for row in others for need in row.needs}
    merged: dict[str, FieldNeed] = {}
    for need in [*leading.needs, *demands, *rest]:
        if need.field not in merged:
            equal = decisive_levels.get(id(need), level) <= level
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


def _ordered(
    table: list[FieldNeed], preferred: Sequence[str], knowledge: Knowledge
) -> list[FieldNeed]:
    """The preferred fields first, what decides always among the ten, the rest of the table last."""
    if not preferred:
        return table
    known = {need.field: need for need in table}
    named = [
        known.get(field) or FieldNeed(field, "supporting", knowledge.field_reasons[field])
        for field in dict.fromkeys(preferred)
        if field in knowledge.field_reasons
    ]
    fields = {need.field for need in named}
    left_out = [need for need in table if need.field not in fields]
    must = [need for need in left_out if need.role == "decisive"]
    rest = [need for need in left_out if need.role != "decisive"]
    return _at_most_ten([*must, *named, *rest])


def _at_most_ten(needs: list[FieldNeed]) -> list[FieldNeed]:
    """Without the last of what only supports."""
    room = len(WEIGHTS) - sum(need.role == "decisive" for need in needs)
    supporting = [need for need in needs if need.role != "decisive"][: max(0, room)]
    kept = {need.field for need in supporting}
    return [need for need in needs if need.role == "decisive" or need.field in kept]


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
