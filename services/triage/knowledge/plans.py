"""Presentations: which hospital resources a situation needs, checked for lawful fields."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.triage.knowledge.files import (
    Bilingual,
    NeedItem,
    PresentationEntry,
    PresentationsFile,
)
from services.triage.knowledge.model import FieldNeed, Gate, Presentation, Role, Wording
from services.triage.knowledge.reading import KnowledgeError
from services.triage.knowledge.rules import Vocabulary, patterns_of

FILE = "presentations.yaml"
DECISIVE = re.compile(r"MKioskTy(?:[1-9]|1\d|2[0-7])|designation:[a-z_]+|hvoxyayn")
# What the hospitals report as free now. The hvs fields are installed capacities: never a need.
SUPPORTING = frozenset(
    [
        "hvec",
        "hvoc",
        "hvcc",
        "hvncc",
        "hvccc",
        "hvicc",
        "hvgc",
        "hvctayn",
        "hvmriayn",
        "hvangioayn",
        "hvventiayn",
        "hvventisoayn",
        "hvincuayn",
        "hvcrrtayn",
        "hvecmoayn",
        "hvhypoayn",
        "hv2",
        "hv3",
        "hv6",
        "hv8",
        "hv9",
        "hv10",
        "hv11",
        "hv28",
        "hv29",
        "hv30",
        "hv31",
        "hv32",
        "hv33",
        "hv34",
        "hv35",
        "hv36",
        "hv37",
        "hv38",
        "hv39",
        "hv40",
        "hv41",
        "hv42",
        "hv43",
        "hv60",
        "hv61",
    ]
)
MOST_NEEDS = 10


@dataclass(frozen=True, slots=True)
class Plans:
    presentations: tuple[Presentation, ...]
    gates: tuple[Gate, ...]
    local: tuple[FieldNeed, ...]
    field_reasons: Mapping[str, Wording]
    call_names: Mapping[str, Wording]


def compile_plans(file: PresentationsFile, vocabulary: Vocabulary) -> Plans:
    reasons = {field: Wording(text.ko, text.en) for field, text in file.fields.items()}
    for field in reasons:
        if not DECISIVE.fullmatch(field) and field not in SUPPORTING:
            raise KnowledgeError(f"{FILE}: fields.{field}: not a field that can be needed")
    _unique([row.id for row in file.rows] + [gate.id for gate in file.gates])
    return Plans(
        presentations=tuple(_row(row, reasons, file.call, vocabulary) for row in file.rows),
        gates=tuple(
            Gate(
                id=gate.id,
                when=patterns_of(f"{FILE}: {gate.id}", gate.when, vocabulary),
                swap=_swap(gate.id, gate.swap, reasons),
                add=_needs(gate.id, gate.add, {}, reasons),
            )
            for gate in file.gates
        ),
        local=_needs("local", file.local, {}, reasons),
        field_reasons=MappingProxyType(reasons),
        call_names=MappingProxyType(
            {name: Wording(text.ko, text.en) for name, text in file.call.items()}
        ),
    )


def _row(
    row: PresentationEntry,
    reasons: Mapping[str, Wording],
    calls: Mapping[str, Bilingual],
    vocabulary: Vocabulary,
) -> Presentation:
    unknown = sorted(set(row.call) - set(calls))
    if unknown:
        raise KnowledgeError(f"{FILE}: {row.id}: unknown call {unknown}")
    needs = _needs(row.id, row.needs, row.reasons, reasons)
    if row.transport == "nearest" and any(need.role == "decisive" for need in needs):
        raise KnowledgeError(f"{FILE}: {row.id}: under nearest only an open ER is decisive")
    return Presentation(
        id=row.id,
        name=Wording(row.ko, row.en),
        ktas=row.ktas,
        when=patterns_of(f"{FILE}: {row.id}", row.when, vocabulary),
        needs=needs,
        transport=row.transport,
        bypass_minutes=row.bypass,
        window_minutes=row.window,
        call=tuple(row.call),
        care=tuple(row.care),
        unspecific=row.unspecific,
    )


def _needs(
    place: str,
    items: Iterable[NeedItem],
    own: Mapping[str, Bilingual],
    reasons: Mapping[str, Wording],
) -> tuple[FieldNeed, ...]:
    needs = tuple(_need(place, item, own, reasons) for item in items)
    fields = [need.field for need in needs]
    if len(set(fields)) != len(fields) or len(fields) > MOST_NEEDS:
        raise KnowledgeError(f"{FILE}: {place}: at most {MOST_NEEDS} fields, each once")
    unused = sorted(set(own) - set(fields))
    if unused:
        raise KnowledgeError(f"{FILE}: {place}: reasons for absent fields {unused}")
    return needs


def _need(
    place: str, item: NeedItem, own: Mapping[str, Bilingual], reasons: Mapping[str, Wording]
) -> FieldNeed:
    field, role = _field_and_role(place, item)
    if field not in reasons:
        raise KnowledgeError(f"{FILE}: {place}: unknown field {field}")
    if role == "decisive" and not DECISIVE.fullmatch(field):
        raise KnowledgeError(f"{FILE}: {place}: {field} cannot be decisive")
    text = own.get(field)
    return FieldNeed(field, role, Wording(text.ko, text.en) if text else reasons[field])


def _field_and_role(place: str, item: NeedItem) -> tuple[str, Role]:
    if isinstance(item, str):
        return item, "supporting"
    if len(item) != 1:
        raise KnowledgeError(f"{FILE}: {place}: one field per line, not {sorted(item)}")
    return next(iter(item.items()))


def _swap(place: str, swap: Mapping[str, str], reasons: Mapping[str, Wording]) -> Mapping[str, str]:
    unknown = sorted({*swap, *swap.values()} - set(reasons))
    if unknown:
        raise KnowledgeError(f"{FILE}: {place}: unknown field {unknown}")
    return MappingProxyType(dict(swap))


def _unique(ids: list[str]) -> None:
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise KnowledgeError(f"{FILE}: rows: twice {twice}")
