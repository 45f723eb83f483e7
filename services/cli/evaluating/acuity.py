"""`eval acuity`: urgency and needed resources of the running system, every miss told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.evaluating.figures import Mean, Rate, bootstrap, cases, write_figures
from services.cli.evaluating.gateway import Gateway, gateway, needs_request

SEVERE = 2
MILD = 4
FIRST = 3
AT_MOST = 10
UNJUDGED = 6
"""Where the system sees nothing medical: less urgent than KTAS 5."""
AGE_BANDS = ((1, "0"), (15, "1–14"), (40, "15–39"), (65, "40–64"), (200, "65+"))
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: what is acceptable, and what the system said. `told` is 6 for a null KTAS."""

    id: str
    text: str
    category: str
    age_years: int | None
    gender: str | None
    gold: int
    acceptable: frozenset[int]
    must: tuple[str, ...]
    should: tuple[str, ...]
    must_not: frozenset[str]
    told: int
    call_119: bool
    red_flags: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def is_acceptable(self) -> bool:
        return self.told in self.acceptable

    @property
    def is_under(self) -> bool:
        return self.told > max(self.acceptable)

    @property
    def is_critical(self) -> bool:
        return self.gold <= SEVERE and self.is_under

    @property
    def is_over(self) -> bool:
        return self.told < min(self.acceptable)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(field for field in self.must if field not in self.needs[:AT_MOST])

    @property
    def wrongly_first(self) -> tuple[str, ...]:
        return tuple(field for field in self.needs[:FIRST] if field in self.must_not)

    @property
    def floods_119(self) -> bool:
        return self.gold >= MILD and self.call_119

    @property
    def is_missed(self) -> bool:
        return bool(not self.is_acceptable or self.missing or self.wrongly_first or self.floods_119)


def evaluate(path: Path, out: Path | None, state: Path | None) -> None:
    """Ask the running system for every case and print figures, splits and every miss."""
    with gateway(state) as system:
        judged = [judge(case, system) for case in cases(path)]
    figures = scored(judged)
    kappa = agreement(judged)
    _print(path, judged, figures, kappa)
    if out is not None:
        content: dict[str, object] = {"file": str(path), "n": len(judged)}
        content["rates"] = {name: rate.plain() for name, rate in figures.items()}
        content["kappa"] = kappa.plain()
        content["splits"] = {
            name: {group: rate.plain() for group, rate in rates.items()}
            for name, rates in splits(judged).items()
        }
        content["misses"] = [_plain_miss(one) for one in judged if one.is_missed]
        write_figures(out, content)


def judge(case: Mapping[str, Any], system: Gateway) -> Judged:
    """One case through `/v1/triage` and `/v1/needs`; age and sex go beside the text."""
    facts = {name: case[name] for name in ("age_years", "gender") if case.get(name) is not None}
    triage = system.post("/v1/triage", {"text": case["text"], **facts})
    plan = system.post("/v1/needs", needs_request(triage))
    return Judged(
        id=case["id"],
        text=case["text"],
        category=case.get("category", "-"),
        age_years=case.get("age_years"),
        gender=case.get("gender"),
        gold=case["ktas"],
        acceptable=frozenset(case["ktas_acceptable"]),
        must=tuple(case["must_resources"]),
        should=tuple(case["should_resources"]),
        must_not=frozenset(case["must_not_top3"]),
        told=triage["ktas"] or UNJUDGED,
        call_119=triage["advice"]["call_119"],
        red_flags=tuple(flag["code"] for flag in triage["red_flags"]),
        needs=tuple(need["field"] for need in plan["needs"]),
    )


def scored(judged: Sequence[Judged]) -> dict[str, Rate]:
    """The figures of EVAL.md; each rate with what it is a share of."""
    everybody = len(judged)
    grave = [one for one in judged if one.gold <= SEVERE]
    mild = [one for one in judged if one.gold >= MILD]
    demanding = [one for one in judged if one.must]
    musts = sum(len(one.must) for one in judged)
    return {
        "acceptable KTAS": Rate(sum(one.is_acceptable for one in judged), everybody),
        "under-triage": Rate(sum(one.is_under for one in judged), everybody),
        "critical under-triage (of KTAS 1–2)": Rate(
            sum(one.is_critical for one in grave), len(grave)
        ),
        "over-triage": Rate(sum(one.is_over for one in judged), everybody),
        "KTAS 4–5 told to call 119": Rate(sum(one.call_119 for one in mild), len(mild)),
        "must-resource recall@10": Rate(musts - sum(len(one.missing) for one in judged), musts),
        "all must-resources": Rate(sum(not one.missing for one in demanding), len(demanding)),
        "should-resource recall@10": Rate(
            sum(field in one.needs[:AT_MOST] for one in judged for field in one.should),
            sum(len(one.should) for one in judged),
        ),
        "must-not in the first three": Rate(
            sum(bool(one.wrongly_first) for one in judged), everybody
        ),
    }


def agreement(judged: Sequence[Judged]) -> Mean:
    """Quadratic-weighted kappa with a 95 % bootstrap interval."""
    return bootstrap([(one.gold, one.told) for one in judged], weighted_kappa)


def weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Cohen's kappa with quadratic weights; 1.0 where chance alone cannot disagree."""
    observed = sum((gold - told) ** 2 for gold, told in pairs) / len(pairs)
    golds, tolds = [gold for gold, _ in pairs], [told for _, told in pairs]
    expected = sum((gold - told) ** 2 for gold in golds for told in tolds) / len(pairs) ** 2
    return 1 - observed / expected if expected else 1.0


def splits(judged: Sequence[Judged]) -> dict[str, dict[str, Rate]]:
    """Acceptable KTAS by category, age, sex and gold level: hints, as the counts are small."""
    ways: dict[str, Callable[[Judged], str]] = {
        "category": lambda one: one.category,
        "age": lambda one: _band(one.age_years),
        "sex": lambda one: one.gender or "unknown",
        "gold KTAS": lambda one: str(one.gold),
    }
    return {name: _rates_by(judged, way) for name, way in ways.items()}


def _rates_by(judged: Iterable[Judged], way: Callable[[Judged], str]) -> dict[str, Rate]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(way(one), []).append(one)
    return {
        group: Rate(sum(one.is_acceptable for one in members), len(members))
        for group, members in sorted(groups.items())
    }


def _band(age_years: int | None) -> str:
    if age_years is None:
        return "unknown"
    return next(name for limit, name in AGE_BANDS if age_years < limit)


def _print(path: Path, judged: Sequence[Judged], figures: Mapping[str, Rate], kappa: Mean) -> None:
    table = Table("figure", "share (hits/n; 95 % Wilson)", title=f"{path} · {len(judged)} cases")
    for name, rate in figures.items():
        table.add_row(name, rate.told())
    table.add_row("quadratic-weighted kappa", kappa.told())
    console.print(table)
    for name, rates in splits(judged).items():
        split = Table(name, "acceptable KTAS")
        for group, rate in rates.items():
            split.add_row(group, rate.told())
        console.print(split)
    for one in sorted(judged, key=lambda one: not one.is_critical):
        if one.is_missed:
            console.print(_miss(one), soft_wrap=True, markup=False)


def _miss(one: Judged) -> str:
    told = "null" if one.told == UNJUDGED else one.told
    kinds = [
        name
        for name, holds in (
            ("CRITICAL under-triage", one.is_critical),
            ("under-triage", one.is_under and not one.is_critical),
            ("over-triage", one.is_over),
            ("told to call 119", one.floods_119),
            (f"missing {', '.join(one.missing)}", bool(one.missing)),
            (f"wrongly first {', '.join(one.wrongly_first)}", bool(one.wrongly_first)),
        )
        if holds
    ]
    flags = ", ".join(one.red_flags) or "none"
    return (
        f"{'; '.join(kinds) or 'not acceptable'}: {one.id}: {one.text}\n"
        f"  KTAS {told}, acceptable {sorted(one.acceptable)}; red flags {flags}"
    )


def _plain_miss(one: Judged) -> dict[str, object]:
    return {
        "id": one.id,
        "text": one.text,
        "told": None if one.told == UNJUDGED else one.told,
        "acceptable": sorted(one.acceptable),
        "critical": one.is_critical,
        "under": one.is_under,
        "over": one.is_over,
        "told_to_call_119": one.floods_119,
        "missing": one.missing,
        "wrongly_first": one.wrongly_first,
        "red_flags": one.red_flags,
    }
