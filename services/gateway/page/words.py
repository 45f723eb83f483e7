"""The page's own words, from the file that its script reads too."""

import json
from functools import cache
from pathlib import Path

from shared.context import Language

FILE = Path(__file__).parents[1] / "web" / "words.json"


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return words


def say(language: Language, word: str, *values: object) -> str:
    """One of the page's words; `{0}` and the like take the values."""
    return _words()[word][language].format(*values)


def age(language: Language, seconds: int | None) -> str:
    """The age of a report in words; unknown stays unknown."""
    if seconds is None:
        return say(language, "age_unknown")
    for size, word in ((86400, "days_n"), (3600, "hours_n"), (60, "minutes_n")):
        if seconds >= size:
            return say(language, "ago", say(language, word, seconds // size))
    return say(language, "ago", say(language, "now"))


def beds(language: Language, available: int | None, total: int | None) -> str:
    """Free beds in words; fewer than none means more patients than beds."""
    if available is None:
        return say(language, "beds_unknown")
    if available < 0:
        return say(language, "beds_over", -available)
    if total is None:
        return say(language, "beds_free", available)
    return say(language, "beds_of", available, total)
