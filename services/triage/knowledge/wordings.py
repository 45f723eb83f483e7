"""Wordings as they are looked for in a text, and what takes a wording back again."""

import re
from dataclasses import dataclass
from typing import Literal

TAKEN_BACK = "taken_back"
CHEST_WALL = "chest_wall"


@dataclass(frozen=True, slots=True)
class Matcher:
    """The compiled wordings of one code, cue, disease or circumstance.

    `korean` runs on Korean without spaces, `spaced` on the lowered original. `own_not` are the
    syllables before which a "not" belongs to a wording itself ("소변이 안 나와" has 나). A
    `literal` one is no finding where it is only compared to ("as if stabbed"), a `consequence`
    not where a pain, a short breath or a spinning head explains it ("it hurts so much that I
    cannot sleep"). `number` is its bit in the lexicon's sieves, which are made of what its two
    patterns need.
    """

    name: str
    ko: str
    korean: re.Pattern[str] | None
    spaced: re.Pattern[str] | None
    own_not: frozenset[str]
    over: frozenset[str]
    literal: bool
    consequence: Literal["pain", "breath", "spin"] | None
    korean_needs: frozenset[str] | None
    spaced_needs: frozenset[str] | None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Bounded:
    """What is `found` belongs to a small `cause` that the text names, with what it `needs`.
    The cause may have to stand `before`: what only follows as an explanation takes nothing back.
    The text `keeps` the finding and loses only the alarming words, or loses both; where it is
    `sure` the text need not say that it is over. `tells` is the cue that stands for it."""

    cause: re.Pattern[str]
    found: re.Pattern[str]
    needs: re.Pattern[str] | None
    keeps: bool
    before: bool
    sure: bool
    tells: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How a text takes back what it tells. `named` diseases are only asked about or feared.
    `figures` of speech, what is `mistaken` (a wording that ends what was supposed) and what is
    `bounded` are no findings where the text is `settled` and quiet: none of the `loud` findings
    and cues, no `relapse`, nobody `frail`. Each matcher of `well` is one kind of sign that
    somebody is well; those of `besides` count only beside one of them."""

    named: Matcher
    figures: Matcher
    mistaken: Matcher
    bounded: tuple[Bounded, ...]
    settled: Matcher
    well: tuple[Matcher, ...]
    besides: tuple[Matcher, ...]
    relapse: Matcher
    frail: Matcher
    loud: frozenset[str]
    loud_cues: frozenset[str]
