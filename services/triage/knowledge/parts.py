"""A wording taken apart: its choices, and the atoms of each with how often they may come."""

import re
from functools import cache
from typing import NamedTuple

_HANGUL_RANGE = re.compile("[가-힣]-[가-힣]")
_QUANTIFIER = re.compile(r"(\?|\*|\+|\{(\d*),?\d*\})\??")


class Atom(NamedTuple):
    """`optional` may be left out, `counted` may come more or fewer times than once."""

    text: str
    optional: bool
    counted: bool

    @property
    def is_look(self) -> bool:
        """It looks around and takes nothing."""
        return self.text.startswith(("(?=", "(?!", "(?<"))

    @property
    def group(self) -> str | None:
        return self.text[3:-1] if self.text.startswith("(?:") else None


@cache
def choices(pattern: str) -> tuple[str, ...]:
    """The alternatives at the top of a pattern."""
    found, start, place = [], 0, 0
    while place < len(pattern):
        if pattern[place] == "|":
            found.append(pattern[start:place])
            start = place = place + 1
        else:
            place = _atom_end(pattern, place)
    return (*found, pattern[start:])


@cache
def atoms(sequence: str) -> tuple[Atom, ...]:
    """The atoms of one alternative, in order."""
    found, place = [], 0
    while place < len(sequence):
        end = _atom_end(sequence, place)
        quantifier = _QUANTIFIER.match(sequence, end)
        optional = quantifier is not None and (
            quantifier[1] in ("?", "*") or quantifier[2] in ("0", "")
        )
        found.append(Atom(sequence[place:end], optional, quantifier is not None))
        place = quantifier.end() if quantifier else end
    return tuple(found)


@cache
def letters_of(atom: str) -> frozenset[str] | None:
    """The letters that a single letter, a digit or a choice of letters stands for; None for a
    group and for what is open (a dot, a negated choice, an anchor)."""
    if atom.startswith("["):
        return _of_class(atom)
    if atom == r"\d":
        return frozenset("0123456789")
    if atom.startswith("\\"):
        return None if atom[1].isalnum() else frozenset(atom[1])
    return None if atom in (".", "^", "$") or atom.startswith("(") else frozenset(atom)


def _of_class(atom: str) -> frozenset[str] | None:
    body = atom[1:-1]
    if body.startswith("^") or "\\" in body or _HANGUL_RANGE.search(body):
        return None
    letters = set(re.sub(r"(.)-(.)", "", body))
    for low, high in re.findall(r"(.)-(.)", body):
        letters |= {chr(code) for code in range(ord(low), ord(high) + 1)}
    return frozenset(letters)


def _atom_end(sequence: str, place: int) -> int:
    if sequence[place] == "\\":
        return place + 2
    if sequence[place] == "[":
        return _class_end(sequence, place)
    if sequence[place] != "(":
        return place + 1
    depth = 0
    while True:
        letter = sequence[place]
        if letter == "\\":
            place += 1
        elif letter == "[":
            place = _class_end(sequence, place) - 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if not depth:
                return place + 1
        place += 1


def _class_end(sequence: str, place: int) -> int:
    place += 1
    while sequence[place] != "]":
        place += 2 if sequence[place] == "\\" else 1
    return place + 1
