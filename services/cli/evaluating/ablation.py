"""`eval extract --engine`: the same texts by the rules, an untrained model, the tuned one, and both
together; every difference to the rules with its paired interval, every regression told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.bench.engines import plain_seconds
from services.cli.bench.latency import percentile
from services.cli.bench.workers import Model, model_of
from services.cli.errors import CommandFailed
from services.cli.evaluating.engines import Engine, Read, by_rules, reader, together
from services.cli.evaluating.figures import Mean, bootstrap, cases, write_figures
from services.cli.evaluating.understanding import Verdict, f1, judge, scored
from services.triage.domain.merging import OPEN_ROLES
from services.triage.engines.worker.task import BackendName
from services.triage.knowledge import Knowledge, load_knowledge

HARD = ("dialect", "typo", "rant", "indirect")
"""Beginnings of the categories that the rules were expected to be weak in."""

SHOWN = (
    "symptoms: micro-F1", "symptoms: precision", "symptoms: recall", "age", "gender", "is_self",
    "history: recall", "negation: violations per denied code", "injection obeyed",
    "nothing invented: non_medical", "nothing invented: jokes",
)  # fmt: skip
console = Console(highlight=False, width=150)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`every` asks the untrained model about each n-th text alone, as it is slow; `backend` serves
    the tuned one, `base_backend` the untrained one; of `plain` texts the time is taken that the
    untrained one needs without any of our ways. Addresses are those of the settings."""

    file: Path
    as_of: date | None
    engines: tuple[Engine, ...]
    model: str | None
    adapter: Path | None
    backend: BackendName
    base_backend: BackendName
    plain: int
    every: int
    state: Path | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class Result:
    """What one engine made of the file; `places` are the cases that it read."""

    places: tuple[int, ...]
    reads: tuple[Read, ...]
    verdicts: tuple[Verdict, ...]
    memory_mb: float | None = None

    @property
    def unreadable(self) -> int:
        return sum(not verdict.given.well_formed for verdict in self.verdicts)

    @property
    def p50_s(self) -> float:
        return percentile([read.seconds for read in self.reads], 0.5)

    @property
    def p95_s(self) -> float:
        return percentile([read.seconds for read in self.reads], 0.95)


def evaluate(wanted: Wanted) -> None:
    """Every wanted engine over the file, compared with the rules."""
    labelled = cases(wanted.file)
    results = _results(wanted, labelled, load_knowledge())
    rules = results[Engine.RULES]
    _print_figures(f"{wanted.file} · {len(labelled)} texts", results)
    for name, result in results.items():
        if name != Engine.RULES:
            _print_differences(name, differences(rules, result))
    for name in (Engine.MERGED, Engine.OPEN):
        for line in regressions(rules, results[name]) if name in results else ():
            console.print(f"{name}: {line}", soft_wrap=True, markup=False)
    if Engine.MERGED in results:
        _print_ratios(wanted, results)
    if wanted.out is not None:
        write_figures(wanted.out, _plain(wanted, results))


def _results(
    wanted: Wanted, labelled: Sequence[Mapping[str, Any]], knowledge: Knowledge
) -> dict[Engine, Result]:
    year = (wanted.as_of or date.today()).year  # noqa: DTZ011 an operator's own day
    texts = [case["text"] for case in labelled]
    everything = tuple(range(len(labelled)))
    found: dict[Engine, Result] = {
        Engine.RULES: _judged(labelled, everything, by_rules(texts, knowledge, year))
    }
    models = set(wanted.engines) - {Engine.RULES}
    model = model_of(wanted.model, wanted.state) if models else None
    if model is not None and Engine.BASE in models:
        few = everything[:: wanted.every]
        reads, memory = _asked(wanted, model, [texts[place] for place in few], knowledge)
        found[Engine.BASE] = _judged(labelled, few, reads, memory)
    if model is not None and models - {Engine.BASE}:
        if wanted.adapter is None:
            raise CommandFailed("the tuned engines need --adapter")
        tuned = Model(model.path, model.folder, model.template, wanted.adapter)
        reads, memory = _asked(wanted, tuned, texts, knowledge)
        made: dict[Engine, list[Read]] = {
            Engine.MODEL: reads,
            Engine.MERGED: together(texts, reads, knowledge, year),
            Engine.OPEN: together(texts, reads, knowledge, year, OPEN_ROLES),
        }
        found |= {n: _judged(labelled, everything, r, memory) for n, r in made.items()}
    return {
        name: result for name, result in found.items() if name in (Engine.RULES, *wanted.engines)
    }


def _asked(
    wanted: Wanted, model: Model, texts: Sequence[str], knowledge: Knowledge
) -> tuple[list[Read], float]:
    family = wanted.model or "gemma"  # the embedded model's family
    backend = wanted.backend if model.adapter else wanted.base_backend
    with reader(model, knowledge, family=family, backend=backend) as ready:
        return [ready.read(text) for text in texts], ready.memory_mb


def _judged(
    labelled: Sequence[Mapping[str, Any]],
    places: Sequence[int],
    reads: Sequence[Read],
    memory_mb: float | None = None,
) -> Result:
    verdicts = tuple(
        judge(labelled[place], read.understood) for place, read in zip(places, reads, strict=True)
    )
    return Result(tuple(places), tuple(reads), verdicts, memory_mb)


def differences(rules: Result, other: Result) -> dict[str, tuple[float, float, Mean]]:
    """F1 of the rules, of the other, and their paired difference, overall and by category."""
    pairs = [(rules.verdicts[p], v) for p, v in zip(other.places, other.verdicts, strict=True)]
    categories = sorted({str(one.case["category"]) for one, _ in pairs})
    groups = {
        "all": pairs,
        "dialect, typo, rant, indirect": [p for p in pairs if _is_hard(p[0])],
        **{name: [p for p in pairs if p[0].case["category"] == name] for name in categories},
    }
    return {
        name: (f1([a for a, _ in group]), f1([b for _, b in group]), bootstrap(group, _gain))
        for name, group in groups.items()
        if group
    }


def _is_hard(verdict: Verdict) -> bool:
    return str(verdict.case["category"]).startswith(HARD)


def _gain(pairs: Sequence[tuple[Verdict, Verdict]]) -> float:
    return f1([other for _, other in pairs]) - f1([rules for rules, _ in pairs])


def regressions(rules: Result, other: Result) -> list[str]:
    """Every case that the other reads worse than the rules, with what it got wrong."""
    lines = []
    for place, after in zip(other.places, other.verdicts, strict=True):
        before = rules.verdicts[place]
        new = (after.missed - before.missed) | (after.invented - before.invented)
        fields = [
            name
            for name in ("age", "gender", "is_self")
            if getattr(before, name) is True and getattr(after, name) is False
        ]
        if new or fields:
            told = ", ".join([*sorted(new), *fields])
            lines.append(f"regression {after.case['id']} [{after.case['category']}]: {told}")
    return lines


def _print_figures(title: str, results: Mapping[Engine, Result]) -> None:
    table = Table("figure", *results, title=title)
    scores = {name: scored(result.verdicts) for name, result in results.items()}
    for figure in SHOWN:
        told = [scores[name][figure] for name in results]
        table.add_row(figure, *(one.told() if one.of else "-" for one in told))
    table.add_row("texts read", *(str(len(result.reads)) for result in results.values()))
    table.add_row("unparsable", *(str(result.unreadable) for result in results.values()))
    table.add_row("p50 ms", *(f"{1000 * r.p50_s:.0f}" for r in results.values()))
    table.add_row("p95 ms", *(f"{1000 * r.p95_s:.0f}" for r in results.values()))
    memory = (f"{r.memory_mb:.0f}" if r.memory_mb else "-" for r in results.values())
    table.add_row("worker MB", *memory)
    console.print(table)


def _print_ratios(wanted: Wanted, results: Mapping[Engine, Result]) -> None:
    """The time of the merged way beside that of the untrained model with its examples."""
    merged_s = results[Engine.MERGED].p50_s
    if Engine.BASE in results:
        base_s = results[Engine.BASE].p50_s
        console.print(
            f"merged p50 / untrained p50 ({wanted.base_backend}): {merged_s / base_s:.2f}"
        )
    if wanted.plain:
        texts = [case["text"] for case in cases(wanted.file)[: wanted.plain]]
        plain_s = percentile(plain_seconds(model_of(wanted.model, wanted.state), texts), 0.5)
        told = f"untrained, the plain way ({1000 * plain_s:.0f} ms, n {len(texts)})"
        console.print(f"merged p50 / {told}: {merged_s / plain_s:.2f}")


def _print_differences(name: str, told: Mapping[str, tuple[float, float, Mean]]) -> None:
    table = Table("category", "n", "rules F1", f"{name} F1", "difference (95 %, paired)")
    for group, (before, after, gain) in told.items():
        low, high = gain.interval
        shown = f"{gain.value:+.3f} ({low:+.3f} to {high:+.3f})"
        table.add_row(group, str(gain.of), f"{before:.3f}", f"{after:.3f}", shown)
    console.print(table)


def _plain(wanted: Wanted, results: Mapping[Engine, Result]) -> dict[str, object]:
    rules = results[Engine.RULES]
    content: dict[str, object] = {"file": str(wanted.file)}
    for name, result in results.items():
        scores = {figure: one.plain() for figure, one in scored(result.verdicts).items() if one.of}
        told: dict[str, object] = {
            "n": len(result.reads), "scores": scores, "unparsable": result.unreadable,
            "p50_s": result.p50_s, "p95_s": result.p95_s, "worker_mb": result.memory_mb,
        }  # fmt: skip
        if name != Engine.RULES:
            told["differences"] = {
                group: {"rules": before, name: after, "gain": gain.plain()}
                for group, (before, after, gain) in differences(rules, result).items()
            }
            told["regressions"] = regressions(rules, result)
        content[name] = told
    return content
