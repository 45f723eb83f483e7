"""What a text itself takes back: a sign that was feared, mistaken or bounded by a small cause.

"The arm was dead, I had slept on it, it is gone" tells of no stroke. Nothing is taken back from
a text that is not quiet otherwise: with any other grave finding, a relapse or a frail patient all
of it is read as it stands.
"""

import re

from services.triage.domain.mentions import find_mentions, names_said
from services.triage.domain.reading import BOUNDARY, Reading, erased
from services.triage.knowledge.model import Lexicon, Matcher, TakenBack

Span = tuple[int, int]
# How far back a supposition reaches, and where the statement before it ends.
_REACH = 22
_CONNECTIVE = re.compile(
    r"(?:[는은인한던]데|[는은인한던]디|지만|니까|니께|더니|다가|길래|[아어여해워려져와]서|고|며|요|다|네|죠|면)$"
)


def without_taken_back(reading: Reading, lexicon: Lexicon) -> tuple[Reading, bool]:
    """The reading without what it takes back, and whether a sign was."""
    words = lexicon.taken_back
    reading = erased(reading, _places(words.named, reading))
    spans = _supposed(reading, words)
    if not spans or _settled(reading, words) is None:
        return reading, False
    rest = erased(reading, spans)
    return (rest, True) if _is_quiet(rest, lexicon) else (reading, False)


def well_being(reading: Reading, words: TakenBack) -> int:
    """How many kinds of signs of well-being a text holds; none where it came back or grows, or
    where the patient bears little."""
    if names_said(reading, (words.relapse, words.frail)):
        return 0
    return len(names_said(reading, words.well))


def _supposed(reading: Reading, words: TakenBack) -> list[Span]:
    spans = [*_places(words.figures, reading), *_places(words.bounded, reading)]
    for start, end in _places(words.mistaken, reading):
        spans.append((_begin(reading, start), end))
    return spans


def _places(matcher: Matcher, reading: Reading) -> list[Span]:
    if matcher.korean is None:
        return []
    return [found.span() for found in matcher.korean.finditer(reading.squeezed)]


def _begin(reading: Reading, place: int) -> int:
    """Where the statement that ends at a place begins: behind a stop or a connecting word."""
    begin = max(0, place - _REACH, reading.squeezed.rfind(BOUNDARY, 0, place) + 1)
    word = reading.words[place][0] if place < len(reading.words) else place
    while word > begin:
        first = reading.words[word - 1][0]
        if _CONNECTIVE.search(reading.squeezed, first, word):
            return word
        word = first
    return begin


def _settled(reading: Reading, words: TakenBack) -> object:
    settled = words.settled.korean
    if settled is not None and settled.search(reading.squeezed):
        return True
    return True if names_said(reading, words.well) else None


def _is_quiet(rest: Reading, lexicon: Lexicon) -> bool:
    words = lexicon.taken_back
    if names_said(rest, (words.relapse, words.frail)):
        return False
    loud = [m for m in lexicon.symptoms if m.name in words.loud]
    signs = [m for m in lexicon.cues if m.name in words.loud_cues]
    return not any(m.stance == "said" for m in find_mentions(rest, (*loud, *signs)))
