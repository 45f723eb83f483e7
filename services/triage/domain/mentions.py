"""Finds the wordings of the lexicon in a text, with the stance of each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.triage.domain.negation import (
    Stance,
    english_stance,
    is_list_joint,
    korean_stance,
)
from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Matcher

_SENTENCE_END = re.compile(r"[.!?\n]")


@dataclass(frozen=True, slots=True)
class Mention:
    """`start` and `end` are places in the original; `squeezed` those in the squeezed text,
    None for what was found in English."""

    matcher: Matcher
    start: int
    end: int
    stance: Stance
    squeezed: tuple[int, int] | None


def find_mentions(reading: Reading, matchers: Iterable[Matcher]) -> tuple[Mention, ...]:
    """All mentions in the order of the text; an enumeration shares its one negation."""
    found = [mention for matcher in matchers for mention in _of_one(reading, matcher)]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    return tuple(_without_replaced(_with_shared_denial(reading, _distinct(found))))


def _of_one(reading: Reading, matcher: Matcher) -> Iterator[Mention]:
    for pattern, denying in ((matcher.plain, False), (matcher.denying, True)):
        if pattern is None or not reading.has_other:
            continue
        for found in pattern.finditer(reading.squeezed):
            stance = korean_stance(reading.squeezed, *found.span(), denying=denying)
            yield Mention(matcher, *reading.span(*found.span()), stance, found.span())
    if matcher.spaced is not None and reading.has_latin:
        for found in matcher.spaced.finditer(reading.lowered):
            stance = english_stance(reading.lowered, found.start())
            yield Mention(matcher, found.start(), found.end(), stance, None)


def _distinct(mentions: list[Mention]) -> list[Mention]:
    """Of two wordings of one name in one place the longer, which comes first."""
    reach: dict[str, int] = {}
    kept = []
    for mention in mentions:
        if mention.start >= reach.get(mention.matcher.name, 0):
            kept.append(mention)
            reach[mention.matcher.name] = mention.end
    return kept


def _with_shared_denial(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    shared = list(mentions)
    for place in range(len(shared) - 1, 0, -1):
        later, earlier = shared[place], shared[place - 1]
        if earlier.stance == "said" and _share_denial(reading, earlier, later):
            shared[place - 1] = replace(earlier, stance="denied")
    return shared


def _share_denial(reading: Reading, earlier: Mention, later: Mention) -> bool:
    if later.stance != "denied" or earlier.squeezed is None or later.squeezed is None:
        return False
    between = reading.original[earlier.end : later.start]
    return is_list_joint(
        reading.squeezed, earlier.squeezed[1], later.squeezed[0]
    ) and not _SENTENCE_END.search(between)


def _without_replaced(mentions: list[Mention]) -> Iterator[Mention]:
    replacing = [mention for mention in mentions if mention.matcher.over]
    for mention in mentions:
        if not any(
            mention.matcher.name in other.matcher.over
            and other.start < mention.end
            and mention.start < other.end
            for other in replacing
        ):
            yield mention
