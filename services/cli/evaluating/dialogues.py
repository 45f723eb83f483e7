"""`eval dialogues`: whole dialogues with the running system, every miss told.

Free-running: what the system asks is answered from the script where the script holds an answer to
it; else the next turn of the script is given. All turns are given in the end.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.cli.address import running_at
from services.cli.errors import CommandFailed
from services.cli.evaluating.figures import Rate, cases, write_figures
from services.triage.knowledge import Knowledge, load_knowledge

console = Console(highlight=False)
TIMEOUT_S = 20.0
KEPT = ("age_years", "age_band", "gender", "is_self")
NOTHING: Mapping[str, Any] = {
    "age_years": None, "age_band": None, "gender": None, "is_self": None, "is_self_accept": None,
    "symptom_codes": [], "optional_codes": [], "negated_codes": [], "history": [], "special": [],
    "skip_fields": [],
}  # fmt: skip
LISTS = ("symptoms", "history", "special")
ASKED_AS = {
    "age_years": "age|나이|몇 ?살|연세|몇 ?개월",
    "age_days": "age|나이|몇 ?개월",
    "gender": "gender|sex|성별|남자|여자",
    "is_self": "is_self|who|본인|누가|누구|환자분이",
    "location": "location|place|where are|위치|어디 ?(?:에|계)|지역|주소",
    "location_city": "location|city|위치|시·도|어느 시",
    "history": "history|past|medic|병력|지병|앓|복용|드시는 약|질환",
    "symptoms": "^symptoms?$|complaint|어디가|증상|불편",
    "confirm": "confirm|맞나|맞습|맞으|확인",
    "pregnancy": "pregnan|임신",
    "safe_now": "safe|alone|곁에|혼자",
    "refused_name": "refused|거절|받아주지",
}
"""How a script may name what the system asks; a finding is named by its code or its Korean name."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the system told after a turn."""

    turn: str
    message: str
    asked: str | None
    collected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """One dialogue: what each field counts, what was lost again, what was asked twice."""

    id: str
    fields: Mapping[str, float]
    counts: Mapping[str, tuple[int, int, int]]
    """Of symptoms: hits, given, expected."""
    violations: tuple[str, ...]
    invented: tuple[str, ...]
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    misses: tuple[str, ...]
    heard: Sequence[Heard] = field(default=())

    @property
    def told(self) -> tuple[str, ...]:
        """Everything that is not as it should be."""
        return (*self.misses, *self.violations, *self.invented, *self.lost, *self.twice)


Talk = Callable[[str], Heard]


def evaluate(path: Path, out: Path | None, state: Path | None) -> None:
    """Lead every dialogue of the file with the running system; print figures and misses."""
    scored = []
    with httpx.Client(
        base_url=running_at(state).gateway, timeout=TIMEOUT_S, trust_env=False
    ) as client:
        for case in cases(path):
            first, talk = _session(client)
            scored.append(score(case, first, list(lead(case, talk))))
    figures = summed(scored)
    table = Table("figure", "value", title=f"{path} · {len(scored)} dialogues")
    for name, value in figures.items():
        table.add_row(name, value.told() if isinstance(value, Rate) else f"{value}")
    console.print(table)
    for one in scored:
        for miss in one.told:
            console.print(f"miss {one.id}: {miss}", soft_wrap=True, markup=False)
    if out is not None:
        plain = {n: v.plain() if isinstance(v, Rate) else v for n, v in figures.items()}
        misses = {one.id: list(one.told) for one in scored}
        write_figures(out, {"file": str(path), "n": len(scored), **plain, "misses": misses})


def lead(case: Mapping[str, Any], talk: Talk) -> Iterator[Heard]:
    """Every turn of the script, in the order in which the system asks for them."""
    turns = case["turns"]
    left = list(zip(turns, case.get("asks") or [None] * len(turns), strict=True))
    asked = None
    while left:
        # The first turn opens the dialogue, whatever the greeting asks.
        place = 0 if asked is None else _place(left, asked)
        turn, _ = left.pop(place)
        heard = talk(turn)
        yield heard
        asked = heard.asked


def score(case: Mapping[str, Any], first: str | None, heard: Sequence[Heard]) -> Scored:
    """The state after the last turn against the final record."""
    gold, got = {**NOTHING, **case["final"]}, heard[-1].collected
    skipped = {*case.get("skip_fields", ()), *gold["skip_fields"]}
    hits = {
        "age": _age_right(gold, got),
        "gender": got["gender"] == gold["gender"],
        "is_self": got["is_self"] in _accepted(case, gold),
    }
    fields = {name: float(hit) for name, hit in hits.items() if name not in skipped}
    optional = set(gold["optional_codes"])
    given, expected = set(got["symptoms"]) - optional, set(gold["symptom_codes"]) - optional
    for name in ("history", "special"):
        if gold[name]:
            fields[name] = sum(_named(item, got[name]) for item in gold[name]) / len(gold[name])
    misses = [f"{n}: {_values(gold, n)} but {_values(got, n)}" for n, v in fields.items() if v < 1]
    if given != expected:
        misses.append(f"symptoms: {sorted(expected)} but {sorted(given)}")
    forbidden = set(gold["negated_codes"]) & set(got["symptoms"])
    return Scored(
        id=case["id"],
        fields=fields,
        counts={"symptoms": (len(given & expected), len(given), len(expected))},
        violations=tuple(f"denied, yet kept: {code}" for code in sorted(forbidden)),
        invented=tuple(
            f"disease that nobody named: {name}"
            for name in got["history"]
            if not _named(name, gold["history"])
        ),
        lost=tuple(_lost(heard, gold)),
        twice=tuple(_twice(first, heard)),
        misses=tuple(misses),
        heard=heard,
    )


def summed(scored: Sequence[Scored]) -> dict[str, Rate | float | int]:
    """Rates by field, their macro mean, and the counts of what must never happen."""
    figures: dict[str, Rate | float | int] = {}
    means = []
    for name in ("age", "gender", "is_self", "history", "special"):
        values = [one.fields[name] for one in scored if name in one.fields]
        figures[name] = Rate(round(sum(values)), len(values))
        if name != "special":
            means.append(sum(values) / len(values) if values else 1.0)
    hits, given, expected = (
        sum(one.counts["symptoms"][place] for one in scored) for place in range(3)
    )
    f1 = 2 * hits / (given + expected) if given + expected else 1.0
    figures["symptoms: precision"] = Rate(hits, given)
    figures["symptoms: recall"] = Rate(hits, expected)
    figures["symptoms: F1"] = round(f1, 4)
    figures["macro (age, gender, is_self, symptom F1, history)"] = round(
        (sum(means) + f1) / (len(means) + 1), 4
    )
    figures["negation violations"] = sum(len(one.violations) for one in scored)
    figures["invented diseases"] = sum(len(one.invented) for one in scored)
    figures["fields lost again"] = sum(len(one.lost) for one in scored)
    figures["questions asked twice"] = sum(len(one.twice) for one in scored)
    return figures


def _place(left: Sequence[tuple[str, str | None]], asked: str) -> int:
    return next((at for at, (_, ask) in enumerate(left) if ask and _is_same(ask, asked)), 0)


def _is_same(ask: str, asked: str) -> bool:
    pattern = ASKED_AS.get(asked)
    if pattern is not None:
        return re.search(pattern, ask, re.IGNORECASE) is not None
    finding = _knowledge().ontology.get(asked)
    names = {asked, finding.ko} if finding else {asked}
    return any(name in ask for name in names)


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()


def _age_right(gold: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    if gold["age_years"] is not None:
        years = got["age_years"]
        tolerance = 0 if gold["age_years"] == 0 else 1
        return bool(years is not None and abs(years - gold["age_years"]) <= tolerance)
    band = gold["age_band"]
    if band is None:
        return got["age_years"] is None and got["age_band"] is None
    if band[:-1].isdecimal() and got["age_years"] is not None:
        return bool(0 <= got["age_years"] - int(band[:-1]) < 10)
    return bool(got["age_band"] == band)


def _accepted(case: Mapping[str, Any], gold: Mapping[str, Any]) -> Sequence[bool | None]:
    accepted: Sequence[bool | None] | None = case.get("is_self_accept") or gold["is_self_accept"]
    return accepted or [gold["is_self"]]


def _named(item: str, names: Sequence[str]) -> bool:
    wanted = item.replace(" ", "")
    return any(wanted in (n := name.replace(" ", "")) or n in wanted for name in names)


def _values(record: Mapping[str, Any], name: str) -> object:
    return (record["age_years"], record["age_band"]) if name == "age" else record[name]


def _lost(heard: Sequence[Heard], gold: Mapping[str, Any]) -> Iterator[str]:
    """What was known after a turn, is part of the final record, and was not known later."""
    for before, after in pairwise(heard):
        for name in KEPT:
            known, now = before.collected[name], after.collected[name]
            if known is not None and now is None and gold.get(name) is not None:
                if name == "age_band" and after.collected["age_years"] is not None:
                    continue
                yield f"{name} was lost again at {after.turn!r}"
        for name in LISTS:
            wanted = gold["symptom_codes" if name == "symptoms" else name]
            for item in set(before.collected[name]) - set(after.collected[name]):
                if _named(item, wanted) and not _named(item, after.collected[name]):
                    yield f"{name}: {item} was lost again at {after.turn!r}"


def _twice(first: str | None, heard: Sequence[Heard]) -> Iterator[str]:
    asked = [] if first is None else [first]
    for one in heard:
        if one.asked is None:
            continue
        if one.asked in asked:
            yield f"asked twice: {one.asked}"
        asked.append(one.asked)


def _session(client: httpx.Client) -> tuple[str | None, Talk]:
    token = _told(client.post("/v1/auth/guest", json={}))["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    opened = _told(client.post("/v1/chat/sessions", json={}, headers=headers))
    path = f"/v1/chat/sessions/{opened['session_id']}/messages"

    def talk(turn: str) -> Heard:
        told = _told(client.post(path, json={"text": turn}, headers=headers))
        return Heard(turn, told["message"], told["asked"], told["collected"])

    return "symptoms", talk


def _told(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise CommandFailed(f"{answer.request.url.path} answered {answer.status_code}")
    return answer.json()
