"""The letters with which a match of a wording can begin, read from the wording itself.

A pattern of many alternatives is tried at every place of a text; with its first letters told
before it, most places are passed at the cost of one look.
"""

import re

_HANGUL_RANGE = re.compile("[가-힣]-[가-힣]")
_QUANTIFIER = re.compile(r"(\?|\*|\+|\{(\d*),?\d*\})\??")


def first_letters(pattern: str) -> frozenset[str] | None:
    """None where the beginning is open (a dot, a negated choice, an anchor alone)."""
    letters: set[str] = set()
    for choice in _choices(pattern):
        found = _of_sequence(choice)
        if found is None:
            return None
        letters |= found
    return frozenset(letters)


def hurried(pattern: str) -> str:
    """The same pattern with a look at its first letter before it, where those are known."""
    try:
        letters = first_letters(pattern)
    except IndexError:
        # Not a whole pattern: the compiler tells what is wrong with it.
        return pattern
    if not letters:
        return pattern
    return f"(?=[{re.escape(''.join(sorted(letters)))}])(?:{pattern})"


def _of_sequence(sequence: str) -> set[str] | None:
    letters: set[str] = set()
    place = 0
    while place < len(sequence):
        end = _atom_end(sequence, place)
        atom = sequence[place:end]
        optional, place = _quantified(sequence, end)
        if atom.startswith(("(?=", "(?!", "(?<")):
            continue
        found = _of_atom(atom)
        if found is None:
            return None
        letters |= found
        if not optional:
            return letters
    # Everything may be left out: the match can begin with anything.
    return None


def _of_atom(atom: str) -> set[str] | None:
    if atom.startswith("(?:"):
        found = first_letters(atom[3:-1])
        return None if found is None else set(found)
    if atom.startswith("["):
        return _of_class(atom)
    if atom == r"\d":
        return set("0123456789")
    if atom.startswith("\\"):
        return {atom[1]} if not atom[1].isalnum() else None
    return None if atom in (".", "^", "$") or atom.startswith("(") else {atom}


def _of_class(atom: str) -> set[str] | None:
    body = atom[1:-1]
    if body.startswith("^") or "\\" in body or _HANGUL_RANGE.search(body):
        return None
    letters = set(re.sub(r"(.)-(.)", "", body))
    for low, high in re.findall(r"(.)-(.)", body):
        letters |= {chr(code) for code in range(ord(low), ord(high) + 1)}
    return letters


def _quantified(sequence: str, place: int) -> tuple[bool, int]:
    """Whether what stands before may be left out, and where the next thing begins."""
    found = _QUANTIFIER.match(sequence, place)
    if not found:
        return False, place
    return found[1] in ("?", "*") or found[2] == "0", found.end()


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


def _choices(pattern: str) -> list[str]:
    choices, start, place = [], 0, 0
    while place < len(pattern):
        if pattern[place] == "|":
            choices.append(pattern[start:place])
            start = place = place + 1
        else:
            place = _atom_end(pattern, place)
    return [*choices, pattern[start:]]
