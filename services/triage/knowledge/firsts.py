"""The letters with which a match of a wording can begin, read from the wording itself.

A pattern of many alternatives is tried at every place of a text; with its first letters told
before it, most places are passed at the cost of one look.
"""

import re
from functools import cache

from services.triage.knowledge.parts import Atom, atoms, choices, letters_of


@cache
def first_letters(pattern: str) -> frozenset[str] | None:
    """None where the beginning is open (a dot, a negated choice, an anchor alone)."""
    letters: set[str] = set()
    for choice in choices(pattern):
        found = _of_sequence(choice)
        if found is None:
            return None
        letters |= found
    return frozenset(letters)


def hurried(pattern: str) -> str:
    """The same pattern with a look at its first letter before it, where those are known."""
    try:
        letters = first_letters(pattern)
    except ValueError:
        # Not a whole pattern: the compiler tells what is wrong with it.
        return pattern
    if not letters:
        return pattern
    return f"(?=[{re.escape(''.join(sorted(letters)))}])(?:{pattern})"


def _of_sequence(sequence: str) -> set[str] | None:
    letters: set[str] = set()
    for atom in atoms(sequence):
        if atom.is_look:
            continue
        found = _of_atom(atom)
        if found is None:
            return None
        letters |= found
        if not atom.optional:
            return letters
    # Everything may be left out: the match can begin with anything.
    return None


def _of_atom(atom: Atom) -> frozenset[str] | None:
    return letters_of(atom.text) if atom.group is None else first_letters(atom.group)
