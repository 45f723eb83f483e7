"""`eval extract`: how everyday texts are understood, through the public face, every miss told."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.cli.address import running_at
from services.cli.errors import CommandFailed
from services.cli.evaluating.figures import Mean, Rate, cases, write_figures
from services.cli.evaluating.understanding import (
    Understood,
    Verdict,
    grouped,
    judge,
    robustness,
    scored,
)
from services.triage import domain
from services.triage.knowledge import load_knowledge

TIMEOUT_S = 15.0
LIMITED_S = 5.0
PATIENCE_S = 120.0
Reader = Callable[[str], Understood]
PIPED_WIDTH = 150
console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`as_of` fixes the year that years of birth count from; `rules` asks the pure rules in this
    process instead of the running system."""

    file: Path
    as_of: date | None
    rules: bool
    state: Path | None
    out: Path | None


def evaluate(wanted: Wanted) -> None:
    """Score a labelled file; print every score with its n and interval, then every miss."""
    labelled = cases(wanted.file)
    with _reader(wanted) as read:
        verdicts = [judge(case, read(case["text"])) for case in labelled]
    scores = scored(verdicts)
    _print_scores(f"{wanted.file} · {len(verdicts)} texts", scores)
    by_group = {
        title: {name: robustness(members) for name, members in groups.items()}
        for title, groups in grouped(verdicts).items()
    }
    for title, groups in by_group.items():
        _print_groups(title, groups)
    misses = [verdict for verdict in verdicts if not verdict.is_right]
    for verdict in misses:
        console.print(_miss(verdict), soft_wrap=True, markup=False)
    if wanted.out is not None:
        content: dict[str, object] = {"file": str(wanted.file), "n": len(verdicts)}
        content["scores"] = _plain(scores)
        content["groups"] = {
            title: {name: _plain(figures) for name, figures in groups.items()}
            for title, groups in by_group.items()
        }
        content["misses"] = [{"id": v.case["id"], "told": _miss(v)} for v in misses]
        write_figures(wanted.out, content)


def answered(told: Mapping[str, Any]) -> Understood:
    """From the public answer."""
    patient = told["patient"]
    return Understood(
        age_years=patient["age_years"],
        age_band=patient["age_band"],
        gender=patient["gender"],
        is_self=patient["is_self"],
        symptoms=frozenset(symptom["code"] for symptom in told["symptoms"]),
        history=tuple(told["history"]),
        special=tuple(told["special"]),
    )


@contextmanager
def _reader(wanted: Wanted) -> Iterator[Reader]:
    if wanted.rules:
        yield rules((wanted.as_of or date.today()).year)  # noqa: DTZ011 an operator's own day
        return
    base = running_at(wanted.state).gateway
    with httpx.Client(base_url=base, timeout=TIMEOUT_S, trust_env=False) as client:
        yield lambda text: _asked(client, text, wanted.as_of)


def rules(year: int) -> Reader:
    """The rules alone, in this process; years of birth count from `year`."""
    knowledge = load_knowledge()
    return lambda text: of_extraction(domain.extract(text, knowledge=knowledge, this_year=year))


def of_extraction(found: domain.Extraction) -> Understood:
    """What is scored of an extraction."""
    return Understood(
        age_years=found.patient.age_years,
        age_band=found.patient.age_band,
        gender=found.patient.gender,
        is_self=found.patient.is_self,
        symptoms=frozenset(symptom.code for symptom in found.symptoms),
        history=found.history,
        special=found.special,
    )


def _asked(client: httpx.Client, text: str, as_of: date | None) -> Understood:
    answer = _post(client, text)
    if answer.status_code != httpx.codes.OK:
        return Understood(well_formed=False)
    if as_of is not None:
        _require_year(answer, as_of)
    try:
        return answered(answer.json())
    except (ValueError, KeyError, TypeError):
        return Understood(well_formed=False)


def _post(client: httpx.Client, text: str) -> httpx.Response:
    """The answer; a limit is waited for, so that an operator need not take it off."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = client.post("/v1/triage", json={"text": text})
        except httpx.TransportError as error:
            raise CommandFailed(f"the gateway does not answer ({type(error).__name__})") from error
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return answer
        if time.monotonic() > deadline:
            raise CommandFailed("the gateway keeps limiting; set ER_GATEWAY_LIMIT_ADDRESS=off")
        time.sleep(float(answer.headers.get("retry-after") or LIMITED_S))


def _require_year(answer: httpx.Response, as_of: date) -> None:
    """The public face takes no clock: a file of another year would score its ages wrongly."""
    stamped = answer.headers.get("date")
    year = parsedate_to_datetime(stamped).year if stamped else as_of.year
    if year != as_of.year:
        raise CommandFailed(
            f"the running system lives in {year}, the file in {as_of.year}; "
            "ask the rules alone with --rules, which take the date"
        )


def _print_scores(title: str, scores: Mapping[str, Rate | Mean]) -> None:
    table = Table("figure", "value (hits/n; 95 %)", title=title)
    for name, figure in scores.items():
        table.add_row(name, figure.told() if figure.of else "not in the file")
    console.print(table)


def _print_groups(title: str, groups: Mapping[str, Mapping[str, Rate | Mean]]) -> None:
    heads = list(next(iter(groups.values()), {}))
    table = Table(title, *heads)
    for name, figures in groups.items():
        table.add_row(name, *(figures[head].told() for head in heads))
    console.print(table)


def _miss(verdict: Verdict) -> str:
    case, given = verdict.case, verdict.given
    lines = [f"miss {case['id']} [{case['category']}]: {case['text']}"]
    if verdict.age is False:
        gold = (case.get("age_years"), case.get("age_band"))
        lines.append(f"  age {gold} given {(given.age_years, given.age_band)}")
    lines += [
        f"  {name} {case[name]} given {getattr(given, name)}"
        for name in ("gender", "is_self")
        if getattr(verdict, name) is False
    ]
    sets: Sequence[tuple[str, Sequence[str]]] = (
        ("missed", sorted(verdict.missed)),
        ("invented", sorted(verdict.invented)),
        ("denied but said", sorted(verdict.violated)),
        ("history missed", [item for item, found in verdict.history.items() if not found]),
        ("special missed", [item for item, found in verdict.special.items() if not found]),
        ("history invented", verdict.invented_history),
    )
    lines += [f"  {name}: {', '.join(items)}" for name, items in sets if items]
    if not given.well_formed:
        lines.append("  no well-formed answer")
    return "\n".join(lines)


def _plain(figures: Mapping[str, Rate | Mean]) -> dict[str, object]:
    return {name: figure.plain() for name, figure in figures.items() if figure.of}
