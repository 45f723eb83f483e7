"""The training set: hand-written and composed utterances, none near to one that is evaluated."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from training.composing import Material, composed, material
from training.examples import Example, labelled
from training.noise import damaged

HELD_OUT_OF = 12
GRAM = 3
NEAR = 0.75
_OWN_WORDS = ("저", "제가", "나 ", "나는", "내가", "우리", "I ", "my ", "My ", "Tôi", "我")


@dataclass(frozen=True, slots=True)
class Dataset:
    """`held_out` is one hand-written utterance in twelve, by its digest, never trained on;
    `too_near` counts what was left out because an evaluation file holds nearly the same."""

    train: list[Example]
    held_out: list[Example]
    too_near: int


def dataset(
    *,
    count: int,
    seed: int,
    rounds: int = 1,
    evaluated: Collection[str] = (),
    taught: Sequence[Example] = (),
) -> Dataset:
    """Hand-written utterances as they are and, `rounds` times each, varied: damaged, told of
    somebody, or talked around; `count` composed ones; and what a teacher gave, unless it comes near
    to what is held out."""
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    pieces = material()
    kept = trainable()
    varied = [made for one in kept for made in _variants(one, pieces, random, rounds)]
    kept_out = Near([one.text for one in held_out()])
    lessons = [one for one in taught if not kept_out.holds(one.text)]
    everything = [*varied, *composed(count, seed + 1, pieces), *lessons]
    near = Near(evaluated)
    train = [one for one in everything if not near.holds(one.text)]
    random.shuffle(train)
    return Dataset(train, held_out(), len(everything) - len(train))


def trainable() -> list[Example]:
    """The hand-written utterances that may be trained on."""
    return [one for one in labelled() if not _is_held_out(one.text)]


def held_out() -> list[Example]:
    """The hand-written utterances that are never trained on."""
    return [one for one in labelled() if _is_held_out(one.text)]


def evaluated_texts(folder: Path, part: str = "*") -> list[str]:
    """The texts of every evaluation file of a part, only to keep their likes out of training."""
    texts = []
    for path in sorted(folder.glob(f"{part}/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            texts += [case["text"]] if isinstance(case.get("text"), str) else []
            texts += [turn for turn in case.get("turns", ()) if len(turn) > 8]
    return texts


def _is_held_out(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % HELD_OUT_OF == 0


def _variants(one: Example, pieces: Material, random: Random, rounds: int) -> Iterable[Example]:
    yield one
    for _ in range(rounds):
        match random.randrange(3):
            case 0:
                yield replace(one, text=damaged(one.text, random))
            case 1:
                yield _told_of(one, pieces, random)
            case _:
                yield replace(one, text=_talked_around(one.text, pieces, random))


def _talked_around(text: str, pieces: Material, random: Random) -> str:
    chatter = pieces.around["chatter"]
    before = [random.choice(chatter) for _ in range(random.choice((0, 1, 2, 4)))]
    after = [random.choice(chatter) for _ in range(random.choice((0, 1, 3)))]
    return " ".join([*before, text, *after])


def _told_of(one: Example, pieces: Material, random: Random) -> Example:
    """A sentence without a person becomes one about somebody, where its words allow that."""
    is_bare = one.is_self and one.age is None and one.gender is None and one.symptoms
    if not is_bare or any(word in one.text for word in _OWN_WORDS):
        return replace(one, text=damaged(one.text, random))
    relation = random.choice([r for r in pieces.around["relations"] if r["ages"][1] > 12])
    said = random.choice(relation["say"])
    return replace(one, text=f"{said} {one.text}", gender=relation["sex"], is_self=False)


class Near:
    """Whether a text shares most of its three-letter pieces with an evaluated one."""

    def __init__(self, texts: Collection[str]) -> None:
        self._grams: list[frozenset[str]] = []
        self._holders: dict[str, list[int]] = {}
        for text in texts:
            grams = _grams(text)
            if grams:
                for gram in grams:
                    self._holders.setdefault(gram, []).append(len(self._grams))
                self._grams.append(grams)

    def holds(self, text: str) -> bool:
        grams = _grams(text)
        shared: dict[int, int] = {}
        for gram in grams:
            for holder in self._holders.get(gram, ()):
                shared[holder] = shared.get(holder, 0) + 1
        return any(_overlap(n, grams, self._grams[at]) >= NEAR for at, n in shared.items())


def _grams(text: str) -> frozenset[str]:
    letters = "".join(c for c in text.lower() if c.isalnum())
    return frozenset(letters[i : i + GRAM] for i in range(len(letters) - GRAM + 1))


def _overlap(shared: int, one: Collection[str], other: Sequence[str] | Collection[str]) -> float:
    return shared / (len(one) + len(other) - shared)
