"""Finds the wordings of the lexicon in a text, with the stance of each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from services.triage.domain.denials import denies_noun
from services.triage.domain.misreadings import is_misread
from services.triage.domain.negation import (
    Stance,
    english_stance,
    foreign_stance,
    is_list_joint,
    korean_stance,
)
from services.triage.domain.reading import Reading
from services.triage.knowledge.wordings import Matcher

_SENTENCE_END = re.compile(r"[.!?\n]")
_SHORT_NOUNS = frozenset(
    "배이눈귀코목등손발팔열토피변침숨알골질속몸입말볼혀살쉬약술물불칼개벌뱀떡게똥당맥힘밑잠관젖"
    "애아까차국담징혹앞줄요당인어이진"
)
_MAY_PRECEDE = re.compile(
    r"(?:머리|속|허리|좀|잘|꼭|다|더|왼|오른|양|한|쪽|두|윗|아랫|아래|뒷|앞|옆|온|헛|생|맨|새|핏|콧|귓|입|눈|코|귀|손|발|내|제|이|그|저|큰|깨|찬|식은"
    r"|우리|울|엄마|아빠|아이|애|아기|애기|막|또|너무|계속|자꾸|진짜|갑자기|미친|개|존나|코피|선|검은|까만|뜨거운|아|헐|와|더|못|안"
    r"|[은는을를가도고])$"
)
_COMPOUND = re.compile(r"[손발팔길골뒷뒤]목$")
_CORRECTION = re.compile(
    r"[가-힣]{0,4}[\s.,!…]*(?:아[,.]?\s*)?(?:아니(?:요|다|에요|아니)?|잘못|정정)[\s.,!…]+[가-힣]{0,6}\s?[가-힣]{0,3}\s*"
)

_NOT_THAT = re.compile(
    r"(배|머리|가슴|허리|옆구리|목|등|다리|팔|눈|귀|코|이|무릎|발목|손목|어깨|열|토|기침|설사|피)"
    r"(?:가|이|는|은|를|을|한게|한건)?(?:아니라|아니고|아니구|아니에요|아니예요|말고(?!도))"
)
_SECOND_THOUGHT = re.compile(r"다시\s?보니|알고\s?보니|사실|실은|정정|잘못|착각|아니|오타")
_REACH = 40


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
    possible = reading.korean | reading.spaced
    found = [
        mention
        for matcher in matchers
        if possible >> matcher.number & 1
        for mention in _of_one(reading, matcher)
    ]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    shared = _with_shared_denial(reading, _distinct(found))
    return tuple(_without_replaced(_taken_back(reading, _corrected(reading, shared))))


def names_said(reading: Reading, matchers: Iterable[Matcher]) -> frozenset[str]:
    """Which of the matchers are said at all, wherever: the first place of each is enough.
    Unlike `find_mentions` it heeds neither shared denials nor second thoughts."""
    return frozenset(places_said(reading, matchers))


def places_said(reading: Reading, matchers: Iterable[Matcher]) -> dict[str, tuple[int, int]]:
    """Where in the original each of the matchers that are said at all is said first."""
    possible = reading.korean | reading.spaced
    places = {}
    for matcher in matchers:
        if not possible >> matcher.number & 1:
            continue
        said = next((m for m in _of_one(reading, matcher) if m.stance == "said"), None)
        if said is not None:
            places[matcher.name] = (said.start, said.end)
    return places


def _of_one(reading: Reading, matcher: Matcher) -> Iterator[Mention]:
    bit = 1 << matcher.number
    if matcher.korean is not None and reading.has_other and reading.korean & bit:
        for start, end in _places(reading, matcher.korean):
            place = reading.span(start, end)
            stance = korean_stance(reading, start, end, matcher)
            if stance == "said" and is_misread(matcher.name, reading.squeezed, start, end):
                stance = "void"
            if stance == "said":
                stance = foreign_stance(reading, start, place)
            yield Mention(matcher, *place, stance, (start, end))
    if matcher.spaced is not None and reading.has_latin and reading.spaced & bit:
        for found in matcher.spaced.finditer(reading.lowered):
            stance = english_stance(reading.lowered, *found.span())
            if stance == "said" and denies_noun(_what_follows(reading, found.end()), 0):
                stance = "denied"
            yield Mention(matcher, found.start(), found.end(), stance, None)


def _what_follows(reading: Reading, place: int) -> str:
    """ "fever 없음", "head injury는 아니고": what stands behind an English word, unspaced."""
    return reading.lowered[place : place + _REACH].replace(" ", "")


def _places(reading: Reading, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where a pattern matches; a short noun in the middle of another word is no match."""
    found = pattern.search(reading.squeezed)
    while found:
        start, end = found.span()
        if _inside_another_word(reading, start, end):
            found = pattern.search(reading.squeezed, start + 1)
        else:
            yield start, end
            found = pattern.search(reading.squeezed, max(end, start + 1))


def _inside_another_word(reading: Reading, start: int, end: int) -> bool:
    if reading.begins_word(start):
        return False
    first, last = reading.words[start]
    if last - start == 1 and end > last:
        return True
    if reading.squeezed[start] not in _SHORT_NOUNS:
        return False
    before = reading.squeezed[first:start]
    return _MAY_PRECEDE.search(before) is None or (
        _COMPOUND.search(before + "목") is not None and reading.squeezed[start] == "목"
    )


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


def _corrected(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """Of "배가 아파요 아니 머리가 아파요" the later is meant."""
    kept = list(mentions)
    for place, mention in enumerate(kept):
        later = next((m for m in islice(kept, place + 1, None) if m.start >= mention.end), None)
        if later is None or mention.squeezed is None or mention.stance != "said":
            continue
        between = reading.lowered[mention.end : later.start]
        if _CORRECTION.fullmatch(between) and later.stance == "said":
            kept[place] = replace(mention, stance="denied")
    return kept


def _taken_back(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """What was said first and is denied on second thought: "열이 39도 아 잘못 쟀네 열은 아니네"."""
    parts = [(found[1], found.start()) for found in _NOT_THAT.finditer(reading.squeezed)]
    denied = [mention for mention in mentions if mention.stance == "denied"]
    return [
        replace(mention, stance="denied")
        if mention.stance == "said"
        and (_renamed(reading, mention, parts) or _reconsidered(reading, mention, denied))
        else mention
        for mention in mentions
    ]


def _renamed(reading: Reading, mention: Mention, parts: list[tuple[str, int]]) -> bool:
    if mention.squeezed is None:
        return False
    start, end = mention.squeezed
    return any(
        0 <= place - end <= _REACH and reading.squeezed.startswith(part, start)
        for part, place in parts
    )


def _reconsidered(reading: Reading, mention: Mention, denied: list[Mention]) -> bool:
    return any(
        later.matcher is mention.matcher
        and 0 <= later.start - mention.end <= _REACH
        and _SECOND_THOUGHT.search(reading.lowered, mention.end, later.start) is not None
        for later in denied
    )


def _without_replaced(mentions: list[Mention]) -> Iterator[Mention]:
    replacing = [m for m in mentions if m.matcher.over and m.stance == "said"]
    for mention in mentions:
        if not any(
            mention.matcher.name in other.matcher.over
            and other.start < mention.end
            and mention.start < other.end
            for other in replacing
        ):
            yield mention
