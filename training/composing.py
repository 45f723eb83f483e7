"""Utterances composed from hand-written clauses; their labels are exact by construction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import yaml

from training.ages import said_age
from training.examples import MATERIAL, Example
from training.noise import damaged

ONLY_WOMEN = frozenset({"vaginal_bleeding", "labor_pain", "rupture_of_membranes",
                        "decreased_fetal_movement"})  # fmt: skip
ONLY_MEN = frozenset({"testicular_pain"})
ONLY_CHILDREN = frozenset({"inconsolable_crying", "stridor_barking_cough"})
_COUNTS = (1, 1, 1, 2, 2, 2, 3, 3, 4)


@dataclass(frozen=True, slots=True)
class Clause:
    """What is said of one code, as the end of a sentence and before another clause."""

    code: str
    last: str
    before: str


@dataclass(frozen=True)
class Material:
    """The hand-written clauses and what stands around them."""

    clauses: Mapping[str, Sequence[Clause]]
    denials: Mapping[str, Sequence[Clause]]
    around: Mapping[str, Any]

    @cached_property
    def codes(self) -> list[str]:
        return sorted(self.clauses)


def material(folder: Path = MATERIAL) -> Material:
    """Reads the hand-written files."""
    around = yaml.safe_load((folder / "around.yaml").read_text(encoding="utf-8"))
    return Material(_clauses(folder / "pieces.txt"), _clauses(folder / "denials.txt"), around)


def _clauses(path: Path) -> dict[str, list[Clause]]:
    found: dict[str, list[Clause]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, told = line.partition(":")
            pairs = (pair.strip().split("/") for pair in told.split(";"))
            found[code] = [Clause(code, last, before) for last, before in pairs]
    return found


def composed(count: int, seed: int, pieces: Material | None = None) -> list[Example]:
    """`count` utterances, the same ones for the same seed."""
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    known = pieces or material()
    return [_utterance(known, random) for _ in range(count)]


def _utterance(known: Material, random: Random) -> Example:
    codes = random.sample(known.codes, random.choice(_COUNTS))
    who = _person(known, codes, random)
    denied = _denied(known, codes, random)
    history, told_history = _history(known, random)
    body = _body(known, codes, denied, random)
    text = _around(known, who.text, told_history, body, random)
    made = replace(
        who, text=text, symptoms=tuple(codes), negated=tuple(denied), history=history,
        category="composed",
    )  # fmt: skip
    return replace(made, text=damaged(text, random)) if random.random() < 0.45 else made


def _person(known: Material, codes: Sequence[str], random: Random) -> Example:
    """Who it is about, as words in `text`, and what these words tell of age and sex."""
    allowed = [r for r in known.around["relations"] if _fits(r, codes)]
    if not allowed or random.random() < 0.4:
        sex = "F" if ONLY_WOMEN & set(codes) else "M" if ONLY_MEN & set(codes) else None
        speaker = random.choice(known.around["speakers"])
        return _aged(Example(speaker, gender=sex, is_self=True), (19, 80), random)
    relation = random.choice(allowed)
    sex = relation["sex"] or ("F" if ONLY_WOMEN & set(codes) else None)
    said = Example(random.choice(relation["say"]), gender=sex, is_self=False)
    return _aged(said, relation["ages"], random)


def _fits(relation: Mapping[str, Any], codes: Sequence[str]) -> bool:
    wanted = set(codes)
    low, high = relation["ages"]
    if wanted & ONLY_WOMEN:
        return bool(relation["sex"] == "F" and low < 45)
    if wanted & ONLY_MEN:
        return bool(relation["sex"] == "M")
    return not wanted & ONLY_CHILDREN or bool(high <= 12 and low < 3)


def _aged(who: Example, ages: Sequence[int], random: Random) -> Example:
    """Half of the people tell an age; a woman or a man of their own words sometimes the sex too."""
    if random.random() < 0.5:
        return who
    age = random.randint(*ages)
    sex = who.gender
    tells_sex = who.is_self and random.random() < 0.5
    if tells_sex:
        sex = sex or random.choice("MF")
    words = said_age(age, sex if tells_sex else None, random)
    return replace(who, text=f"{who.text} {words}".strip(), age=age, gender=sex)


def _denied(known: Material, codes: Sequence[str], random: Random) -> list[str]:
    if random.random() > 0.25:
        return []
    free = [code for code in sorted(known.denials) if code not in codes]
    return random.sample(free, random.choice((1, 1, 2)))


def _history(known: Material, random: Random) -> tuple[tuple[str, ...], str]:
    if random.random() > 0.2:
        return (), ""
    name = random.choice(sorted(known.around["history"]))
    return (name,), random.choice(known.around["history"][name])


def _body(
    known: Material, codes: Sequence[str], denied: Sequence[str], random: Random
) -> list[str]:
    """Sentences: clauses joined, a denial before or behind them."""
    said = [random.choice(known.clauses[code]) for code in codes]
    no = [random.choice(known.denials[code]) for code in denied]
    if no and random.random() < 0.5:
        return [_joined([*no, *said], random)]
    sentences = [_joined(said, random)]
    return sentences + ([_joined(no, random)] if no else [])


def _joined(clauses: Sequence[Clause], random: Random) -> str:
    if random.random() < 0.2:
        return " ".join(clause.last for clause in clauses)
    return " ".join([*(clause.before for clause in clauses[:-1]), clauses[-1].last])


def _around(known: Material, who: str, history: str, body: Sequence[str], random: Random) -> str:
    """The person, the onset and the disease before what is said, and talk around it."""
    around = known.around
    onset = random.choice(around["onsets"]) if random.random() < 0.4 else ""
    parts = [random.choice(around["opens"])] if random.random() < 0.2 else []
    parts += [random.choice(around["chatter"]) for _ in range(random.choice((0, 0, 0, 1, 3)))]
    parts += [who, history, onset, *body]
    parts += [random.choice(around["chatter"]) for _ in range(random.choice((0, 0, 0, 0, 2)))]
    if random.random() < 0.3:
        parts.append(random.choice(around["closes"]))
    return " ".join(part for part in parts if part)
