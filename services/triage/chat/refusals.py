"""Hospitals that already said no, by the name that people call them."""

from dataclasses import dataclass

from services.triage.chat.book import Words

PLACES_BEFORE = frozenset(
    ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "강남", "분당", "일산"]
)


@dataclass(frozen=True, slots=True)
class Refusals:
    """`nameless` tells that some hospital said no, of which only "병원" or "여기" is known."""

    names: tuple[str, ...] = ()
    nameless: bool = False


def find_refusals(text: str, words: Words) -> Refusals:
    """Names in the order of the text, as they were written."""
    lowered = text.lower()
    names: list[str] = []
    nameless = False
    for pattern in words.hospital_refused:
        for found in pattern.finditer(lowered):
            name = _with_place(text, found.start(1), text[found.start(1) : found.end(1)].strip())
            if name.replace(" ", "") in words.nameless_hospital:
                nameless = True
            elif not any(name in known or known in name for known in names):
                names.append(name)
    return Refusals(tuple(names), nameless and not names)


def _with_place(text: str, start: int, name: str) -> str:
    """ "서울 아산병원" is one name."""
    before = text[:start].split()
    joined = before and text[:start].endswith(" ") and before[-1] in PLACES_BEFORE
    return f"{before[-1]} {name}" if joined else name
