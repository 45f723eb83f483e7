"""A text as the rules read it: composed, lowered, and once more without its spaces.

Korean is matched without spaces, because people leave them out or put them anywhere;
`origin` leads every letter back to its place in what was written.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

BOUNDARY = "|"
_BREAKS = frozenset(".,!?;:/|·()[]{}<>\"'“”‘’\n。，！？、")
_SOFT = re.compile(r"\.{2,}|…+|[ㅠㅜㅋㅎ~^ㅡ]+")
_LATIN = re.compile("[a-z]")
_OTHER = re.compile("[^\\x00-\\u024f]")
_NUMBER_POINT = re.compile(r"(?<=\d)\.(?=\d)")


@dataclass(frozen=True, slots=True)
class Reading:
    """`lowered` keeps the letters' places of `original`; `squeezed` has places of its own.
    The scripts tell which patterns can match at all."""

    original: str
    lowered: str
    squeezed: str
    origin: tuple[int, ...]
    has_latin: bool
    has_other: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Places in `original` of a stretch of `squeezed`."""
        return self.origin[start], self.origin[end - 1] + 1


def read(text: str) -> Reading:
    composed = unicodedata.normalize("NFC", text)
    original = "".join(
        c for c in composed if unicodedata.category(c) not in ("Cf", "Cc") or c == "\n"
    )
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in original)
    return Reading(
        original,
        lowered,
        *_squeezed(lowered),
        has_latin=_LATIN.search(lowered) is not None,
        has_other=_OTHER.search(lowered) is not None,
    )


def masked(reading: Reading, korean: re.Pattern[str], spaced: re.Pattern[str]) -> Reading:
    """The same text with idioms blanked out; every place stays where it was."""
    squeezed = korean.sub(lambda found: BOUNDARY * len(found[0]), reading.squeezed)
    lowered = spaced.sub(lambda found: BOUNDARY * len(found[0]), reading.lowered)
    return replace(reading, lowered=lowered, squeezed=squeezed)


def _squeezed(lowered: str) -> tuple[str, tuple[int, ...]]:
    softened = _SOFT.sub(lambda found: " " * len(found[0]), lowered)
    points = {found.start() for found in _NUMBER_POINT.finditer(softened)}
    letters: list[str] = []
    origin: list[int] = []
    for place, letter in enumerate(softened):
        if letter.isspace() and letter != "\n":
            continue
        letters.append(BOUNDARY if _breaks(letter) and place not in points else letter)
        origin.append(place)
    return "".join(letters), tuple(origin)


def _breaks(letter: str) -> bool:
    if letter in _BREAKS:
        return True
    # Emoji and other signs end a statement; a percent sign belongs to its number.
    return letter != "%" and unicodedata.category(letter).startswith("S")
