"""What a text itself takes back: a sign that was feared, mistaken or bounded by a small cause.

"The arm was dead, I had slept on it, it is gone" tells of no stroke. Nothing is taken back from
a text that is not quiet otherwise: with any other grave finding, a relapse or a frail patient all
of it is read as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.triage.domain.mentions import find_mentions, names_said
from services.triage.domain.reading import BOUNDARY, Reading, erased, sifted
from services.triage.knowledge.model import Lexicon
from services.triage.knowledge.wordings import TAKEN_BACK, Matcher, TakenBack

# How far back a supposition reaches, and where the statement before it ends.
_REACH = 22
_WRITTEN_TOGETHER = 10
_CONNECTIVE = re.compile(
    r"(?:[는은인한던][데디]|지만|니[까께]|더니|다가|길래|[아어여해워려져와나]서|고|며|요|다|네|죠|면)$"
)


@dataclass(frozen=True, slots=True)
class Readings:
    """What symptoms and what cues are read from: of a bounded finding only the words that
    alarm are taken away. `told` are the cues that stand for what was taken."""

    of_symptoms: Reading
    of_cues: Reading
    told: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    span: tuple[int, int]
    keeps: bool = False
    sure: bool = False
    tells: str = TAKEN_BACK


def without_feared_names(reading: Reading, words: TakenBack) -> Reading:
    """Without diseases that are only asked about, looked up or feared by their names."""
    return erased(reading, list(_places(words.named, reading)))


def without_taken_back(reading: Reading, whole: Reading, lexicon: Lexicon) -> Readings:
    """The readings without what the text takes back; in `whole` feared names and idioms still
    stand."""
    words = lexicon.taken_back
    settled = _is_settled(reading, words)
    feared = settled and any(_places(words.named, whole))
    told = (*_supposed(reading, words), *_bounded(reading, whole, words))
    parts = [part for part in told if settled or part.sure]
    rest = _without(reading, parts, lexicon)
    if not (parts or feared) or _is_barred(reading, words) or not _is_quiet(rest, lexicon):
        return Readings(reading, reading, frozenset())
    lost = _without(reading, [part for part in parts if not part.keeps], lexicon)
    return Readings(lost, rest, frozenset(part.tells for part in parts) or frozenset({TAKEN_BACK}))


def _without(reading: Reading, parts: Sequence[_Part], lexicon: Lexicon) -> Reading:
    rest = erased(reading, [part.span for part in parts])
    return sifted(rest, lexicon.korean, lexicon.spaced)


def well_being(reading: Reading, words: TakenBack) -> int:
    """How many kinds of signs of well-being a text holds; none where it came back or grows, or
    where the patient bears little."""
    if _is_barred(reading, words):
        return 0
    kinds = len(names_said(reading, words.well))
    return kinds and kinds + len(names_said(reading, words.besides))


def _supposed(reading: Reading, words: TakenBack) -> Iterator[_Part]:
    for span in _places(words.figures, reading):
        yield _Part(span)
    for start, end in _places(words.mistaken, reading):
        yield _Part((_begin(reading, start), end))


def _bounded(reading: Reading, whole: Reading, words: TakenBack) -> Iterator[_Part]:
    text = whole.squeezed
    for bound in words.bounded:
        cause = bound.cause.search(text)
        if cause is None or (bound.needs is not None and not bound.needs.search(text)):
            continue
        for found in bound.found.finditer(reading.squeezed, cause.end() if bound.before else 0):
            span = found.start(), _word_end(reading, found.end())
            yield _Part(span, bound.keeps, bound.sure, bound.tells)


def _word_end(reading: Reading, end: int) -> int:
    """Where the written word ends that a stretch ends in; not where spaces were left out."""
    first, last = reading.words[end - 1]
    return last if last - first < _WRITTEN_TOGETHER else end


def _places(matcher: Matcher, reading: Reading) -> Iterator[tuple[int, int]]:
    if matcher.korean is not None:
        yield from (found.span() for found in matcher.korean.finditer(reading.squeezed))


def _begin(reading: Reading, place: int) -> int:
    """Where the statement that ends at a place begins: behind a stop or a connecting word."""
    begin = max(0, place - _REACH, reading.squeezed.rfind(BOUNDARY, 0, place) + 1)
    word = reading.words[place][0]
    while word > begin:
        first = reading.words[word - 1][0]
        if _CONNECTIVE.search(reading.squeezed[first:word]):
            return word
        word = first
    return begin


def _is_settled(reading: Reading, words: TakenBack) -> bool:
    return any(_places(words.settled, reading)) or bool(names_said(reading, words.well))


def _is_quiet(rest: Reading, lexicon: Lexicon) -> bool:
    words = lexicon.taken_back
    loud = [m for m in lexicon.symptoms if m.name in words.loud]
    signs = [m for m in lexicon.cues if m.name in words.loud_cues]
    return not any(m.stance == "said" for m in find_mentions(rest, (*loud, *signs)))


def _is_barred(reading: Reading, words: TakenBack) -> bool:
    """Whether it came back or grows or the patient bears little: however it is told."""
    return any(
        (matcher.korean is not None and matcher.korean.search(reading.squeezed))
        or (matcher.spaced is not None and matcher.spaced.search(reading.lowered))
        for matcher in (words.relapse, words.frail)
    )
