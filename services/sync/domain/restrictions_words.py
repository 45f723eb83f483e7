"""The table of words, and where they stand in a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml


class Kind(StrEnum):
    """What a word or a number does in a message."""

    REFUSES = "refuses"
    PERHAPS = "perhaps"
    ACCEPTS = "accepts"
    ASKS = "asks"
    WAITS = "waits"
    FULL = "full"
    LACKS = "lacks"
    HOTLINE = "hotlines"
    FOLLOWED = "followed"
    PARTLY = "partly"
    SOME = "some"
    TRANSFER = "transfers"
    EVERYONE = "everyone"
    ROOM = "room"
    CHILD = "children"
    ADULT = "adults"
    SUBJECT = "subjects"
    THING = "things"
    DEPARTMENT = "departments"
    HOURS = "hours"
    DAYS = "days"
    BESIDE = "beside"
    NARROWER = "narrower"
    ASIDE = "asides"
    NOTICE = "notices"
    WAY = "ways"
    PROCEDURE = "procedures"
    FILLER = "fillers"
    LIMIT = "limit"
    RANGE = "range"
    UNTIL = "until"
    FROM = "from"
    ONLY = "only"
    EXCEPT = "except"
    BREAK = "break"
    OPEN = "open"
    CLOSE = "close"


AFTER_PARTICLE = "accepts_after_particle"
PARTICLE = "\u2192"
"""Before a word that counts only right after a particle."""
_HANGUL = re.compile("[가-힣]")

VERDICTS = frozenset(
    {Kind.REFUSES, Kind.PERHAPS, Kind.ACCEPTS, Kind.ASKS, Kind.WAITS, Kind.FULL, Kind.LACKS}
    | {Kind.HOTLINE}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number at its place; `value` is what the table or the reader knows of it."""

    start: int
    end: int
    kind: Kind
    value: Any = None


@dataclass(frozen=True, slots=True)
class Words:
    """The compiled table."""

    pattern: re.Pattern[str]
    entries: Mapping[str, tuple[Kind, Any]]
    departments: Mapping[str, Mapping[str, Any]]
    particles: frozenset[str]
    morning: str

    def find(self, text: str) -> list[Token]:
        """Every known word of a lower-case text, the longest at each place."""
        return [self._token(match) for match in self.pattern.finditer(text)]

    def _token(self, match: re.Match[str]) -> Token:
        bare = _bare(match[0])
        kind, value = self.entries[bare]
        return Token(match.start(), match.end(), kind, bare if value is None else value)


@cache
def words() -> Words:
    """The table, read once."""
    text = resources.files(__package__).joinpath("restrictions.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = yaml.safe_load(text)
    entries: dict[str, tuple[Kind, Any]] = {}
    spelled: dict[str, str] = {}
    for word, kind, value in _listed(table):
        # The first mention wins: verdicts stand first, fillers last.
        entries.setdefault(_bare(word.removeprefix(PARTICLE)), (kind, value))
        spelled[_bare(word)] = word if " " in word else spelled.get(_bare(word), word)
    ordered = sorted(spelled, key=len, reverse=True)
    return Words(
        pattern=re.compile("|".join(_pattern(spelled[bare]) for bare in ordered)),
        entries=entries,
        departments={_bare(w): row for row in table["departments"] for w in row["words"]},
        particles=frozenset(table["particles"]),
        morning=table["morning"],
    )


def _listed(table: Mapping[str, Any]) -> Iterable[tuple[str, Kind, Any]]:
    for name, listed in table["verdicts"].items():
        if name == AFTER_PARTICLE:
            yield from ((PARTICLE + word, Kind.ACCEPTS, None) for word in listed)
        else:
            yield from ((word, Kind(name), None) for word in listed)
    for name, listed in table["patients"].items():
        if name != Kind.CHILD:
            yield from ((word, Kind(name), None) for word in listed)
    rows = {**table, Kind.CHILD: table["patients"][Kind.CHILD]}
    for kind in (Kind.SUBJECT, Kind.THING, Kind.CHILD, Kind.DEPARTMENT, Kind.HOURS, Kind.DAYS):
        yield from ((word, kind, row) for row in rows[kind] for word in row["words"])
    for kind in (
        Kind.BESIDE, Kind.NARROWER, Kind.ASIDE, Kind.NOTICE, Kind.WAY, Kind.PROCEDURE, Kind.FILLER
    ):  # fmt: skip
        yield from ((word, kind, None) for word in table[kind])


def _bare(word: str) -> str:
    return re.sub(r"\s+", "", word.lower())


def _pattern(word: str) -> str:
    if word.startswith(PARTICLE):
        return rf"(?:(?<=[은는도만터상])|(?<=까지))\s*{_pattern(word[len(PARTICLE) :])}(?![가-힣])"
    pattern = r"\s*".join(re.escape(part) for part in word.lower().split())
    if len(word) == 1 and not _HANGUL.fullmatch(word):
        # A sign for "none"; "X선" and "2×3" are other things.
        return rf"(?<![a-z0-9/.-]){pattern}(?![a-z0-9가-힣/.-])"
    if word.endswith("0"):
        return pattern + r"(?!\d|[:.~]|\s*시|개월|세|%)"
    if re.fullmatch(r"[a-z0-9/ -]+", word.lower()):
        return rf"(?<![a-z0-9]){pattern}(?![a-z0-9])"
    if word.endswith("중"):
        # "수술 중" is a state, "수술 중환자실" is not.
        return pattern + r"(?!환|증|앙|등|재|단|지)"
    return pattern
