"""What a text has to hold for a wording to be in it at all, read from the wording itself.

A text of fifty letters holds some hundred letters and pairs of letters, and few of the lexicon's
wordings can do with those; the others need not be looked for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, TypeVar

from services.triage.knowledge.parts import Atom, atoms, choices, letters_of

# What a text holds more often costs more: a letter against a pair of letters.
_LETTER_COST, _PAIR_COST = 30, 1
_PAIRS = 60
_NEVER = 1 << 30
# A text is asked about many times in a row.
_TEXTS = 16
# Rare enough to look no further.
_RARE = 8


Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Sieve:
    """One bit a wording: `by_unit` has those that a letter or a pair of letters is enough for,
    `open` those of which nothing is known."""

    by_unit: Mapping[str, int]
    open: int

    def passed(self, text: str) -> int:
        """The bits of all wordings that may be in a text; what is missing there is not in it."""
        bits, known = self.open, self.by_unit
        before = ""
        for letter in text:
            bits |= known.get(letter, 0) | known.get(before + letter, 0)
            before = letter
        return bits


def sieve_of(wordings: Iterable[tuple[int, frozenset[str] | None]]) -> Sieve:
    """From the number of every wording and what it needs."""
    by_unit: dict[str, int] = {}
    bits_open = 0
    for number, units in wordings:
        if units is None:
            bits_open |= 1 << number
        for unit in units or ():
            by_unit[unit] = by_unit.get(unit, 0) | 1 << number
    return Sieve(by_unit, bits_open)


@cache
def needed_units(pattern: str) -> frozenset[str] | None:
    """Letters and pairs of neighbouring letters of which every match holds at least one; None
    where a match can do without any."""
    units: set[str] = set()
    for choice in choices(pattern):
        found = _of_choice(choice)
        if found is None:
            return None
        units |= found
    return frozenset(units)


@cache
def _of_choice(sequence: str) -> frozenset[str] | None:
    """What is enough, alone, to tell that the alternative is not there: the first that is rare
    among its own letters, or else the rarest, groups included."""
    groups: list[str] = []
    least, rarest = _NEVER, None
    for cost, units in _of_letters(atoms(sequence), groups):
        if cost < least:
            least, rarest = cost, units
        if least <= _RARE:
            return rarest
    for group in groups:
        inner = needed_units(group)
        if inner is not None and _cost(inner) < least:
            least, rarest = _cost(inner), inner
    return rarest


def _of_letters(told: Iterable[Atom], groups: list[str]) -> Iterator[tuple[int, frozenset[str]]]:
    """Single letters and pairs that cannot be left out, with what they cost; the groups that
    cannot be left out are laid aside."""
    before: frozenset[str] | None = None
    for atom in told:
        if atom.is_look:
            continue
        letters = None if atom.optional else letters_of(atom.text)
        if letters is not None:
            if before is not None and not atom.counted and len(before) * len(letters) <= _PAIRS:
                pairs = frozenset(first + second for first in before for second in letters)
                yield _cost(pairs), pairs
            yield _cost(letters), letters
        elif atom.group is not None and not atom.optional:
            groups.append(atom.group)
        before = None if atom.counted else letters


@cache
def _cost(units: frozenset[str]) -> int:
    letters = sum(len(unit) == 1 for unit in units)
    return letters * _LETTER_COST + (len(units) - letters) * _PAIR_COST


class Forms(Generic[Meaning]):
    """A list of patterns, each with what it means, of which a text needs only few."""

    def __init__(self, forms: Sequence[tuple[re.Pattern[str], Meaning]]) -> None:
        self._forms = tuple(forms)
        self._sieve = sieve_of(
            (number, needed_units(pattern.pattern))
            for number, (pattern, _) in enumerate(self._forms)
        )
        self.possible = lru_cache(maxsize=_TEXTS)(self._possible)

    def _possible(self, text: str) -> tuple[tuple[re.Pattern[str], Meaning], ...]:
        """Those that may match anywhere in the text, in their order."""
        bits = self._sieve.passed(text)
        return tuple(form for number, form in enumerate(self._forms) if bits >> number & 1)
