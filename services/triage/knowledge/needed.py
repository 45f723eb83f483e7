"""What a text has to hold for a wording to be in it at all, read from the wording itself.

A text of fifty letters holds some hundred letters and pairs of letters, and few of the lexicon's
wordings can do with those; the others need not be looked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from services.triage.knowledge.parts import Atom, atoms, choices, letters_of

# What a text holds more often costs more: a letter against a pair of letters.
_LETTER_COST, _PAIR_COST = 6, 1
_MOST_PAIRS = 200


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


def sieve_of(patterns: Iterable[tuple[int, str]]) -> Sieve:
    """From the number and the source of every wording's pattern."""
    by_unit: dict[str, int] = {}
    bits_open = 0
    for number, pattern in patterns:
        units = needed_units(pattern)
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
    return min(_candidates(sequence), key=_cost, default=None)


def _candidates(sequence: str) -> Iterator[frozenset[str]]:
    """Each of which is enough to tell that the alternative is not there."""
    before: frozenset[str] | None = None
    for atom in atoms(sequence):
        if atom.is_look:
            continue
        units = None if atom.optional else _of_atom(atom)
        if units is not None:
            yield units
        single = None if atom.counted else letters_of(atom.text)
        if before and single and len(before) * len(single) <= _MOST_PAIRS:
            yield frozenset(first + second for first in before for second in single)
        before = single


def _of_atom(atom: Atom) -> frozenset[str] | None:
    return letters_of(atom.text) if atom.group is None else needed_units(atom.group)


def _cost(units: frozenset[str]) -> int:
    return sum(_LETTER_COST if len(unit) == 1 else _PAIR_COST for unit in units)
