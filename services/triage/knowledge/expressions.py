"""A wording as a regular expression: its macros put in, compiled once and tried quickly."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Literal

from services.triage.knowledge.conjugating import beginnings
from services.triage.knowledge.files import WordsEntry
from services.triage.knowledge.firsts import hurried
from services.triage.knowledge.needed import needed_units
from services.triage.knowledge.reading import KnowledgeError
from services.triage.knowledge.wordings import Matcher

Cause = Literal["pain", "breath", "spin"]
_MACRO = re.compile(r"\{([a-z_]+)\}")
_LONG = 600
_STEM = re.compile("<([가-힣]+)>")
# What stands behind a "not" in a wording: a syllable, a choice of them, or a group of choices.
_BARRED = re.compile(r"\(\?<?!(?:[^()]|\([^()]*\))*\)")
_NOT = re.compile(r"안(\[[^\]]*\]|\(\?:[^()]*\)|[가-힣])")


def matcher_of(
    place: str,
    key: str,
    name: str,
    entry: WordsEntry,
    macros: Mapping[str, str],
    *,
    literal: Collection[str] = (),
    consequences: Mapping[str, Cause] | None = None,
) -> Matcher:
    """The wordings of an entry of the file at `place`; its number is given by who collects."""
    korean = "|".join(_expanded(place, words, macros) for words in entry.ko)
    spaced = "|".join(_expanded(place, words, macros) for words in entry.en)
    return Matcher(
        name=key,
        ko=name,
        korean=compiled(place, _quick(korean)) if korean else None,
        spaced=compiled(place, _whole_words(spaced)) if spaced else None,
        korean_needs=needed_units(korean),
        spaced_needs=needed_units(spaced),
        own_not=frozenset(_after_not(korean)),
        over=frozenset(entry.over),
        literal=key in literal,
        consequence=(consequences or {}).get(key),
    )


def _after_not(words: str) -> Iterator[str]:
    for found in _NOT.finditer(_BARRED.sub("", words)):
        if found[1].startswith("(?:"):
            yield from (choice[0] for choice in found[1][3:-1].split("|") if choice)
        else:
            yield from found[1].strip("[]")


def union_of(place: str, wordings: Iterable[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    """Any of the wordings, as one expression."""
    body = "|".join(_expanded(place, words, macros) for words in wordings)
    return compiled(place, hurried(body))


def _quick(body: str) -> str:
    """A short wording is tried as quickly as its first letters are looked at."""
    return hurried(body) if len(body) >= _LONG else body


def _whole_words(body: str) -> str:
    return rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])"


def _expanded(place: str, words: str, macros: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in macros:
            raise KnowledgeError(f"{place}: unknown macro {found[0]}")
        return macros[found[1]]

    once = _MACRO.sub(value, words)
    return _STEM.sub(_forms, _MACRO.sub(value, once))


def _forms(found: re.Match[str]) -> str:
    return f"(?:{'|'.join(beginnings(found[1]))})"


@cache
def _regular(body: str) -> re.Pattern[str]:
    # re's own memory holds 512 patterns, fewer than the lexicon has: knowledge that is loaded
    # again in one process would be compiled again.
    return re.compile(body)


def compiled(place: str, body: str) -> re.Pattern[str]:
    """Raises KnowledgeError naming the place where it is none, or matches the empty text."""
    try:
        pattern = _regular(body)
    except re.error as fault:
        raise KnowledgeError(f"{place}: {fault} in {body}") from fault
    if pattern.match("") is not None:
        raise KnowledgeError(f"{place}: matches the empty text")
    return pattern
