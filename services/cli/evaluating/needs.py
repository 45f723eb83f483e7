"""`eval needs`: the plans of the running system for coded facts, every miss told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.evaluating.figures import Rate, cases, write_figures
from services.cli.evaluating.gateway import Gateway, gateway

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """One request and its plan against what has to be, and may not be, in it."""

    id: str
    why: str
    must: tuple[str, ...]
    must_decisive: tuple[str, ...]
    must_not: tuple[str, ...]
    transport: str | None
    roles: Mapping[str, str]
    told_transport: str

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(field for field in self.must if field not in self.roles)

    @property
    def undecided(self) -> tuple[str, ...]:
        return tuple(f for f in self.must_decisive if self.roles.get(f) != "decisive")

    @property
    def forbidden(self) -> tuple[str, ...]:
        return tuple(field for field in self.must_not if field in self.roles)

    @property
    def travels_right(self) -> bool:
        return self.transport in (None, self.told_transport)

    @property
    def is_right(self) -> bool:
        return not (self.missing or self.undecided or self.forbidden) and self.travels_right


def evaluate(path: Path, out: Path | None, state: Path | None) -> None:
    """Ask the running system for every plan and print figures and every miss."""
    with gateway(state) as system:
        judged = [judge(case, system) for case in cases(path)]
    figures = scored(judged)
    table = Table("figure", "share (hits/n; 95 % Wilson)", title=f"{path} · {len(judged)} requests")
    for name, rate in figures.items():
        table.add_row(name, rate.told())
    console.print(table)
    misses = [one for one in judged if not one.is_right]
    for one in misses:
        console.print(_miss(one), soft_wrap=True, markup=False)
    if out is not None:
        content: dict[str, object] = {"file": str(path), "n": len(judged)}
        content["rates"] = {name: rate.plain() for name, rate in figures.items()}
        content["misses"] = [_plain_miss(one) for one in misses]
        write_figures(out, content)


def judge(case: Mapping[str, Any], system: Gateway) -> Judged:
    plan = system.post("/v1/needs", case["request"])
    return Judged(
        id=case["id"],
        why=case["why"],
        must=tuple(case["must"]),
        must_decisive=tuple(case["must_decisive"]),
        must_not=tuple(case["must_not"]),
        transport=case["transport"],
        roles={need["field"]: need["role"] for need in plan["needs"]},
        told_transport=plan["policy"]["transport"],
    )


def scored(judged: Sequence[Judged]) -> dict[str, Rate]:
    """Recall of required and of decisive fields, forbidden ones, transport, all at once."""
    travelling = [one for one in judged if one.transport is not None]
    musts = sum(len(one.must) for one in judged)
    decisive = sum(len(one.must_decisive) for one in judged)
    return {
        "required fields": Rate(musts - sum(len(one.missing) for one in judged), musts),
        "decisive fields": Rate(decisive - sum(len(one.undecided) for one in judged), decisive),
        "plans with a forbidden field": Rate(
            sum(bool(one.forbidden) for one in judged), len(judged)
        ),
        "transport": Rate(sum(one.travels_right for one in travelling), len(travelling)),
        "plans all right": Rate(sum(one.is_right for one in judged), len(judged)),
    }


def _miss(one: Judged) -> str:
    return (
        f"miss {one.id} ({one.why}): missing {list(one.missing)}, "
        f"not decisive {list(one.undecided)}, forbidden {list(one.forbidden)}, "
        f"transport {one.told_transport} for {one.transport}"
    )


def _plain_miss(one: Judged) -> dict[str, object]:
    return {
        "id": one.id,
        "why": one.why,
        "missing": one.missing,
        "not_decisive": one.undecided,
        "forbidden": one.forbidden,
        "transport": one.told_transport,
        "expected_transport": one.transport,
    }
