"""A text as the rules read it: composed, lowered, and once more without its spaces.

Korean is matched without spaces, because people leave them out or put them anywhere. `origin`
leads every letter back to its place in the composed text, and `raw` from there to what was sent.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.triage.knowledge.hangul import can_close, is_onset, together
from services.triage.knowledge.needed import Sieve

BOUNDARY = "|"
_BREAKS = frozenset(".,!?;:/|·()[]{}<>\"'“”‘’\n。，！？、")
_SOFT = re.compile(r"\.{2,}|…+|(?<![ㄱ-ㅎ])[ㅋㅎ]+(?![ㄱ-ㅎ])|[ㅠㅜ~^ㅡ]+")
_LATIN = re.compile("[a-z]")
_OTHER = re.compile("[^\\x00-\\u024f]|[\\u0110\\u0111\\u01a0-\\u01b0]")
_NUMBER_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_LONG_WORD = 8
_LETTERS = 8192
# Pictures that stand for a word in a sentence.
_UNUSUAL = re.compile(
    "[ㄱ-ㅎ][ㅏ-ㅣ]|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f"
    "\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U00010000-\U0001ffff\U000e0001-\U000e007f]"
)
_PICTURES = str.maketrans("🐶🐕🐍🐝🚗🚙🚕🩸", "개개뱀벌차차차피")
# One letter with all that belongs to it, however it was encoded: conjoining jamo, combining
# marks, and jamo that a keyboard left apart ("ㄱㅏ슴").
_CLUSTER = re.compile(
    "(?:[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
    "|(?P<apart>[ㄱ-ㅊㅌㅍㅎ][ㅏ-ㅖㅘ-ㅛㅝ-ㅟㅢㅣ](?:[ㄱ-ㅎ](?![ㄱ-ㅣ]))?)|.)[\u0300-\u036f]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`lowered` keeps the letters' places of `original`; `squeezed` has places of its own, and
    `words` the stretch of squeezed text that each of them was written together with.
    The scripts tell which patterns can match at all, and so do the bits of `korean` and `spaced`,
    one for each of the lexicon's wordings; all are set where nobody sifted them."""

    sent: str
    original: str
    raw: tuple[int, ...]
    lowered: str
    squeezed: str
    origin: tuple[int, ...]
    words: tuple[tuple[int, int], ...]
    has_latin: bool
    has_other: bool
    korean: int = -1
    spaced: int = -1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Places in `original` of a stretch of `squeezed`."""
        return self.origin[start], self.origin[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """What was sent, letter for letter, at a stretch of `original`."""
        return self.sent[self.raw[start] : self.raw[end]].strip()

    def begins_word(self, place: int) -> bool:
        """Whether a place of `squeezed` begins a word as it was written; inside long words, where
        spaces were left out, every place may."""
        first, end = self.words[place]
        return place == first or end - first >= _LONG_WORD


def read(text: str) -> Reading:
    """The reading of a text; never fails, whatever the text."""
    original, raw = _composed(text)
    lowered = original.lower()
    if len(lowered) != len(original):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in original)
    squeezed, origin, words = _squeezed(lowered)
    return Reading(
        text,
        original,
        raw,
        lowered,
        squeezed,
        origin,
        words,
        has_latin=_LATIN.search(lowered) is not None,
        has_other=_OTHER.search(lowered) is not None,
    )


def masked(reading: Reading, korean: re.Pattern[str], spaced: re.Pattern[str]) -> Reading:
    """The same text with idioms blanked out; every place stays where it was."""
    squeezed = korean.sub(lambda found: BOUNDARY * len(found[0]), reading.squeezed)
    lowered = spaced.sub(lambda found: BOUNDARY * len(found[0]), reading.lowered)
    return replace(reading, lowered=lowered, squeezed=squeezed, korean=-1, spaced=-1)


def erased(reading: Reading, spans: Sequence[tuple[int, int]]) -> Reading:
    """The same text with stretches of `squeezed` blanked out; every place stays."""
    return blanked(reading, [reading.span(start, end) for start, end in spans])


def sifted(reading: Reading, korean: Sieve, spaced: Sieve) -> Reading:
    """The same text with the wordings marked that may be in it; no other is looked for."""
    return replace(
        reading,
        korean=korean.passed(reading.squeezed) if reading.has_other else 0,
        spaced=spaced.passed(reading.lowered) if reading.has_latin else 0,
    )


def blanked(reading: Reading, spans: Sequence[tuple[int, int]]) -> Reading:
    """The same text with stretches of the original blanked out; every place stays."""
    if not spans:
        return reading
    gone = {place for span in spans for place in range(*span)}
    squeezed = (
        BOUNDARY if origin in gone else letter
        for letter, origin in zip(reading.squeezed, reading.origin, strict=True)
    )
    lowered = (BOUNDARY if place in gone else c for place, c in enumerate(reading.lowered))
    return replace(
        reading, lowered="".join(lowered), squeezed="".join(squeezed), korean=-1, spaced=-1
    )


def _composed(text: str) -> tuple[str, tuple[int, ...]]:
    """Composed without control letters, and the place in the text of every letter and the end."""
    if unicodedata.is_normalized("NFC", text) and not _UNUSUAL.search(text):
        return text, tuple(range(len(text) + 1))
    letters: list[str] = []
    places: list[int] = []
    for found in _CLUSTER.finditer(text):
        written = _joined(found[0]) if found["apart"] else found[0]
        for letter in unicodedata.normalize("NFC", written):
            if letter == "\n" or unicodedata.category(letter) not in ("Cf", "Cc"):
                letters.append(letter)
                places.append(found.start())
    return "".join(letters), (*places, len(text))


def _joined(jamo: str) -> str:
    onset, vowel, coda = jamo[0], jamo[1], jamo[2:]
    if not is_onset(onset) or not all(map(can_close, coda)):
        return jamo
    return together(onset, vowel, coda)


def _squeezed(lowered: str) -> tuple[str, tuple[int, ...], tuple[tuple[int, int], ...]]:
    softened = _SOFT.sub(lambda found: " " * len(found[0]), lowered).translate(_PICTURES)
    points = {found.start() for found in _NUMBER_POINT.finditer(softened)}
    letters: list[str] = []
    origin: list[int] = []
    starts: list[int] = []
    fresh = True
    for place, letter in enumerate(softened):
        repeated = place > 0 and letter != lowered[place] and letter == softened[place - 1]
        if repeated or _parts(letter):
            fresh = True
            continue
        breaks = _breaks(letter) and place not in points
        if fresh or breaks:
            starts.append(len(letters))
        fresh = breaks
        letters.append(BOUNDARY if breaks else letter)
        origin.append(place)
    return "".join(letters), tuple(origin), _words(starts, len(letters))


def _words(starts: list[int], length: int) -> tuple[tuple[int, int], ...]:
    ends = [*starts[1:], length][: len(starts)]
    return tuple(
        (start, end) for start, end in zip(starts, ends, strict=True) for _ in range(start, end)
    )


@lru_cache(maxsize=_LETTERS)
def _parts(letter: str) -> bool:
    """Spaces and pictures stand between words without ending the statement."""
    return letter != "\n" and (letter.isspace() or unicodedata.category(letter) in ("So", "Mn"))


@lru_cache(maxsize=_LETTERS)
def _breaks(letter: str) -> bool:
    if letter in _BREAKS:
        return True
    # Other signs end a statement; a percent sign belongs to its number.
    return letter != "%" and unicodedata.category(letter) in ("Sm", "Sc", "Sk")
