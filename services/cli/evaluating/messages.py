"""`eval messages`: how hospitals' restriction messages are read, every miss told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.evaluating.figures import Rate, cases, write_figures
from services.sync.domain import messages, normalise
from services.sync.domain.normalise import KST
from services.sync.domain.restrictions import Restriction

EFFECTS = ("blocks", "call", "info")
NOWHERE = "T0000000"
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What a message is labelled with, or what the rules make of it."""

    effect: str
    fields: frozenset[str]
    bounds: Mapping[str, Any]

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """(effect, field); a restriction of no known field counts as one of its own."""
        return {(self.effect, field) for field in self.fields or {"-"}}


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: label and answer, and the fields that count for neither side."""

    id: str
    text: str
    expected: Said
    given: Said
    optional: frozenset[str]

    @property
    def given_pairs(self) -> set[tuple[str, str]]:
        kept = self.given.fields - (self.optional - self.expected.fields)
        if self.given.fields and not kept:
            return {(self.given.effect, "-")} if not self.expected.fields else set()
        return Said(self.given.effect, kept, {}).pairs

    @property
    def is_right(self) -> bool:
        return self.expected.effect == self.given.effect and self.expected.pairs == self.given_pairs


def evaluate(path: Path, out: Path | None) -> None:
    """Score the reading of restriction messages on a file and print the table and every miss."""
    judged = [_judge(case) for case in cases(path)]
    rates = scored(judged)
    table = Table("figure", "share (hits/n; 95 % Wilson)", title=f"{path} · {len(judged)} messages")
    for name, rate in rates.items():
        table.add_row(name, rate.told())
    console.print(table)
    misses = [one for one in judged if not one.is_right or one.expected.bounds != one.given.bounds]
    for one in misses:
        console.print(_miss(one), soft_wrap=True, markup=False)
    if out is not None:
        content: dict[str, object] = {"file": str(path), "n": len(judged)}
        content["rates"] = {name: rate.plain() for name, rate in rates.items()}
        content["misses"] = [_plain_miss(one) for one in misses]
        write_figures(out, content)


def scored(judged: Sequence[Judged]) -> dict[str, Rate]:
    """Precision and recall of effects and of (effect, field) pairs; bounds where told."""
    rates = {
        "effect right": Rate(sum(j.expected.effect == j.given.effect for j in judged), len(judged))
    }
    for effect in EFFECTS:
        given = [j for j in judged if j.given.effect == effect]
        expected = [j for j in judged if j.expected.effect == effect]
        hits = sum(j.expected.effect == effect for j in given)
        rates[f"effect {effect}: precision"] = Rate(hits, len(given))
        rates[f"effect {effect}: recall"] = Rate(hits, len(expected))
    rates |= _pair_rates("pairs", judged, EFFECTS)
    rates |= _pair_rates("pairs that block", judged, ("blocks",))
    bounded = [j for j in judged if j.expected.bounds or j.given.bounds]
    rates["bounds (for, hours, until) all right"] = Rate(
        sum(j.expected.bounds == j.given.bounds for j in bounded), len(bounded)
    )
    return rates


def _pair_rates(name: str, judged: Sequence[Judged], effects: Sequence[str]) -> dict[str, Rate]:
    counts: Counter[str] = Counter()
    for one in judged:
        given = {pair for pair in one.given_pairs if pair[0] in effects}
        expected = {pair for pair in one.expected.pairs if pair[0] in effects}
        counts += Counter(hits=len(given & expected), given=len(given), expected=len(expected))
    return {
        f"{name}: precision": Rate(counts["hits"], counts["given"]),
        f"{name}: recall": Rate(counts["hits"], counts["expected"]),
    }


def _judge(case: Mapping[str, Any]) -> Judged:
    label = case["expected"]
    bounds = {name: label[name] for name in ("for", "hours", "until") if label.get(name)}
    return Judged(
        case["id"],
        case["message"]["symBlkMsg"],
        Said(label["effect"], frozenset(label["fields"]), bounds),
        _given(read(case["message"])),
        frozenset(label.get("fields_optional", ())),
    )


def read(row: Mapping[str, Any]) -> list[Restriction]:
    """The restrictions of one row of the source, as of its begin."""
    raw = {key.lower(): str(value) for key, value in row.items() if value is not None}
    raw |= {"symblksttdtm": _digits(raw.get("start")), "symblkenddtm": _digits(raw.get("end"))}
    (note,) = normalise.messages([{"hpid": NOWHERE, **raw}])
    return messages.restrictions_of(note, note.begins_at or datetime.now(KST))


def _digits(text: str | None) -> str:
    """The source's spelling of a time that may be written in another."""
    if not text or text.isdigit():
        return text or ""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=KST)
    return moment.astimezone(KST).strftime("%Y%m%d%H%M%S")


def _given(told: Sequence[Restriction]) -> Said:
    """The label is one statement: the hardest effect with all its fields and bounds."""
    effect = told[0].effect
    hardest = [one for one in told if one.effect == effect]
    fields = frozenset(field for one in hardest for field in one.fields)
    return Said(effect, fields, _bounds(hardest))


def _bounds(told: Iterable[Restriction]) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    who: dict[str, Any] = {}
    for one in told:
        for audience in one.audiences:
            who |= audience.model_dump(exclude_defaults=True, exclude={"max_age_days"})
        if one.hours:
            bounds["hours"] = one.hours
        end = one.accepts_until or one.until
        if end:
            bounds["until"] = f"{end.astimezone(KST):%H:%M}"
    return ({"for": who} if who else {}) | bounds


def _miss(one: Judged) -> str:
    return (
        f"miss {one.id}: {one.text}\n"
        f"  expected {_written(one.expected)}\n  given    {_written(one.given)}"
    )


def _written(said: Said) -> str:
    return f"{said.effect} {sorted(said.fields)} {dict(said.bounds) or ''}".rstrip()


def _plain_miss(one: Judged) -> dict[str, object]:
    return {
        "id": one.id,
        "text": one.text,
        **{
            name: {"effect": s.effect, "fields": sorted(s.fields), **s.bounds}
            for name, s in (("expected", one.expected), ("given", one.given))
        },
    }
