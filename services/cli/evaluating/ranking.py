"""`eval ranking`: the order of hospitals held to what emergency physicians would agree on."""

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from services.cli.errors import CommandFailed
from services.cli.evaluating import scenarios
from services.cli.evaluating.arena import Arena, Stores, stores
from services.cli.evaluating.figures import Rate, cases, write_figures
from services.cli.evaluating.scenarios import Constraint, Scenario
from services.cli.state import exit_on_signals
from shared import logs
from shared.contracts.gateway import Recommendation

NEEDS_GIVEN, END_TO_END = "needs given", "end to end"
SHOWN = 4
TRIES, LATE = 5, (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)
"""A machine with other work may be late; the order is what is scored here."""

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """One scenario and the answer to it; `order` holds the file's hpids."""

    scenario: Scenario
    answer: Recommendation
    order: Sequence[str]

    @property
    def first(self) -> str | None:
        return self.order[0] if self.order else None

    @property
    def first_is_right(self) -> bool:
        return not self.scenario.must_first or self.first in self.scenario.must_first

    @property
    def first_is_wrong(self) -> bool:
        return self.first in self.scenario.must_not_first

    @property
    def broken(self) -> list[Constraint]:
        """Constraints that the order does not meet; who is not listed stands behind all."""
        place = {hpid: n for n, hpid in enumerate(self.order)}
        last = len(self.order)
        return [
            one
            for one in self.scenario.constraints
            if place.get(one.better, last) >= place.get(one.worse, last)
        ]

    @property
    def is_met(self) -> bool:
        return self.first_is_right and not self.first_is_wrong and not self.broken


def evaluate(path: Path, out: Path | None, modes: Sequence[str]) -> None:
    """Score a file on servers of its own; prints the table and every miss with its reason."""
    found = [scenarios.scenario(line) for line in cases(path)]
    began = time.monotonic()
    logs.configure(profile="dev", level="ERROR")
    with tempfile.TemporaryDirectory(prefix="er-eval-") as folder, exit_on_signals():
        Path(folder).chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        with stores(Path(folder)) as private:
            judged = asyncio.run(_judge_all(private, found, modes))
    _print(path, judged)
    console.print(f"{len(found)} scenarios in {time.monotonic() - began:.0f} s")
    if out is not None:
        write_figures(out, _figures(path, judged))


def scored(judged: Sequence[Judged]) -> dict[str, Rate]:
    """The four scores of one mode."""
    leading = [one for one in judged if one.scenario.must_first]
    barred = [one for one in judged if one.scenario.must_not_first]
    constraints = sum(len(one.scenario.constraints) for one in judged)
    broken = sum(len(one.broken) for one in judged)
    return {
        "must_first": Rate(sum(one.first_is_right for one in leading), len(leading)),
        "must_not_first violated": Rate(sum(one.first_is_wrong for one in barred), len(barred)),
        "constraints met": Rate(constraints - broken, constraints),
        "scenarios with all met": Rate(sum(one.is_met for one in judged), len(judged)),
    }


async def _judge_all(
    private: Stores, found: Sequence[Scenario], modes: Sequence[str]
) -> dict[str, list[Judged]]:
    judged: dict[str, list[Judged]] = {mode: [] for mode in modes}
    async with Arena(private).open() as arena:
        for one in found:
            async with arena.over(one) as client:
                for mode in modes:
                    judged[mode].append(await _judge(client, one, mode))
    return judged


async def _judge(client: httpx.AsyncClient, found: Scenario, mode: str) -> Judged:
    body = scenarios.request(found, needs_given=mode == NEEDS_GIVEN)
    for _ in range(TRIES):
        answer = await client.post("/v1/recommendations", json=body)
        if answer.status_code not in LATE:
            break
    if answer.status_code != httpx.codes.OK:
        raise CommandFailed(f"{found.id}: the answer was {answer.status_code}")
    told = Recommendation.model_validate_json(answer.content)
    names = {feed: own for own, feed in found.names.items()}
    return Judged(found, told, [names[hospital.hpid] for hospital in told.hospitals])


def _print(path: Path, judged: Mapping[str, Sequence[Judged]]) -> None:
    table = Table("figure", *judged, title=f"{path} · shares (hits/n; 95 % Wilson)")
    rates = [scored(answers) for answers in judged.values()]
    for name in rates[0]:
        table.add_row(name, *(rate[name].told() for rate in rates))
    console.print(table)
    for mode, answers in judged.items():
        for one in answers:
            for line in _miss(mode, one):
                console.print(line, soft_wrap=True, markup=False)


def _miss(mode: str, one: Judged) -> list[str]:
    if one.is_met:
        return []
    told, found = one.answer, one.scenario
    needs = " ".join(f"{n.field}{'*' if n.role == 'decisive' else ''}" for n in told.needs)
    policy = f"{told.policy.transport} +{told.policy.bypass_minutes} min"
    lines = [f"miss {found.id} ({mode}): KTAS {told.triage.ktas}, {policy}, needs {needs}"]
    if not one.first_is_right:
        lines.append(f"  first is {one.first}, must be {' or '.join(sorted(found.must_first))}")
    if one.first_is_wrong:
        lines.append(f"  first is {one.first}, which it must not be")
    lines += [f"  {c.better} not before {c.worse}: {c.why}" for c in one.broken]
    for hpid, hospital in zip(one.order[:SHOWN], told.hospitals, strict=False):
        why = ", ".join(f"{reason.code} {reason.points:g}" for reason in hospital.reasons)
        eta = hospital.eta_s // 60
        lines.append(f"    {hpid} {hospital.tier} {hospital.score} {eta} min: {why}")
    return lines


def _figures(path: Path, judged: Mapping[str, Sequence[Judged]]) -> dict[str, object]:
    return {
        "file": str(path),
        "modes": {
            mode: {
                "n": len(answers),
                "rates": {name: rate.plain() for name, rate in scored(answers).items()},
                "misses": [_miss(mode, one) for one in answers if not one.is_met],
            }
            for mode, answers in judged.items()
        },
    }
