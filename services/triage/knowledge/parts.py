"""A wording taken apart: its choices, and the atoms of each with how often they may come."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_HANGUL_RANGE = re.compile("[가-힣]-[가-힣]")
_QUANTIFIER = re.compile(r"(\?|\*|\+|\{(\d*),?\d*\})[?+]?")
_SIMPLE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_JOINT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)


_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")
_OPENING = "([\\"
_DEEPER = {"(": 1, ")": -1}


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
        """What stands in a group, with a name or a number or without."""
        opened = _GROUP.match(self.text)
        return self.text[opened.end() : -1] if opened else None


@cache
def choices(pattern: str) -> tuple[str, ...]:
    """The alternatives at the top of a pattern; ValueError where it is not a whole one."""
    if "|" not in pattern and "(" not in pattern:
        return (pattern,)
    found, start, depth = [], 0, 0
    for joint in _JOINT.finditer(pattern):
        if joint[0] == "(":
            depth += 1
        elif joint[0] == ")":
            depth -= 1
        elif joint[0] == "|" and not depth:
            found.append(pattern[start : joint.start()])
            start = joint.end()
    if depth:
        raise ValueError(pattern)
    return (*found, pattern[start:])


def atoms(sequence: str) -> Iterator[Atom]:
    """The atoms of one alternative, in order; ValueError where it is not a whole one."""
    place = 0
    while place < len(sequence):
        end = _atom_end(sequence, place)
        quantifier = _QUANTIFIER.match(sequence, end)
        text = sequence[place:end]
        if quantifier is None:
            yield Atom(text, optional=False, counted=False)
            place = end
        else:
            optional = quantifier[1] in ("?", "*") or quantifier[2] in ("0", "")
            yield Atom(text, optional, counted=True)
            place = quantifier.end()


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
    first = sequence[place]
    if first not in _OPENING:
        return place + 1
    if first != "(":
        return _end_of(_SIMPLE.match(sequence, place), sequence)
    depth = 0
    for joint in _JOINT.finditer(sequence, place):
        depth += _DEEPER.get(joint[0], 0)
        if not depth:
            return joint.end()
    raise ValueError(sequence)


def _end_of(found: re.Match[str] | None, sequence: str) -> int:
    if found is None:
        raise ValueError(sequence)
    return found.end()
