"""What a text says of a body in trouble that no symptom names: unknown is not harmless."""

import re
from collections.abc import Iterable, Sequence

from services.triage.domain.mentions import Mention, find_mentions, names_said, places_said
from services.triage.domain.reading import Reading, erased
from services.triage.knowledge.model import (
    MANY_ALARMS,
    OBSERVED_ALARM,
    SEVERAL_ALARMS,
    UNCLEAR,
    UNCLEAR_GRAVE,
    VITAL_PAIR,
    Unclear,
)

SEVERAL = 3
PAIR = 2
# Kinds that also stand in talk about things; alone they say nothing of a body.
_OF_THINGS = frozenset({"onset", "progress", "unable", "intense", "picture", "form", "force"})
# Who is spoken of: somebody who does not tell it himself, or cannot bear much.
_OBSERVED = frozenset({"third", "host"})
# What belongs to the telling of an old disease.
_BACKGROUND = _OBSERVED | {"region"}
# Kinds about the whole body or the person; a small complaint seldom has two of them.
_STRONG = frozenset({"blood", "breath", "mind", "region"}) | _OBSERVED

# A wound that bleeds, somebody drowsy who does not speak, a faint that turns pale: one thing each.
_ONE_THING = frozenset(
    map(
        frozenset,
        (
            ("blood", "force"),
            ("mind", "voice"),
            ("force", "voice"),
            ("circulation", "collapse"),
            ("birth", "collapse"),
            ("birth", "force"),
            ("birth", "voice"),
            ("birth", "breath"),
            ("birth", "drowsy"),
            ("mind", "drowsy"),
            ("mind", "fit"),
            ("voice", "fit"),
            ("drowsy", "fit"),
            ("collapse", "fit"),
            ("voice", "drowsy"),
        ),
    )
)


def unclear_cues(
    reading: Reading,
    findings: Sequence[Mention],
    *,
    understood: bool,
    background: bool,
    well: int,
    words: Unclear,
) -> frozenset[str]:
    """`findings` are the symptoms' mentions of any stance, `understood` whether one was said,
    `background` whether a disease or an operation was: who only tells what somebody has, as an
    answer to that question, raises no alarm. `well` counts kinds of signs of well-being: a small
    complaint that was understood beside them raises none either.

    Beside an understood complaint only what concerns a vital part, and is no part of a finding,
    counts as unclear: a sprain that is told in many words stays a sprain. Where nothing was
    understood, two alarms about a body are enough.
    """
    places = places_said(_without_denied(reading, findings), words.alarms)
    kinds = frozenset(places)
    if background and not understood:
        kinds -= _BACKGROUND
    of_body = understood or bool(names_said(reading, (words.body,)))
    if kinds <= _OF_THINGS and not of_body:
        kinds = frozenset()
    cues = _unclear(reading, findings, understood=understood, words=words)
    # Who tells it and of whom says nothing of how they are; the frail were barred before.
    outweighed = _outweighs(well, [places[kind] for kind in kinds - _OBSERVED])
    if not understood and of_body and len(kinds) >= PAIR:
        cues |= {UNCLEAR, UNCLEAR_GRAVE} if len(kinds) >= SEVERAL else {UNCLEAR}
    if cues and kinds & _OBSERVED:
        cues |= {UNCLEAR_GRAVE}
    cues |= _functions(reading, kinds, words)
    if outweighed:
        # What was not understood stays urgent until it is asked.
        return cues if understood else cues - {UNCLEAR_GRAVE}
    return cues | _alarms(kinds, understood=understood)


def _functions(reading: Reading, kinds: frozenset[str], words: Unclear) -> frozenset[str]:
    """Two vital functions that fail, told in any words, are more than the worse of them; so is
    a mind that fails and that somebody else has to tell."""
    failing = names_said(reading, words.functions)
    pair = len(failing) >= PAIR and failing not in _ONE_THING
    observed = "third" in kinds and "mind" in failing
    return frozenset({VITAL_PAIR}) if pair or observed else frozenset()


def _outweighs(well: int, places: Sequence[tuple[int, int]]) -> bool:
    """Whether signs of well-being outweigh alarms: what stands in one place is one alarm."""
    return well > 0 and _apart(places) < SEVERAL + well


def _apart(places: Sequence[tuple[int, int]]) -> int:
    count, reach = 0, -1
    for start, end in sorted(places):
        count += start >= reach
        reach = max(reach, end)
    return count


_DENIAL = re.compile(r"[^|]{0,10}?(?:않|없|아니|안)[가-힣]{0,3}")


def _without_denied(reading: Reading, findings: Iterable[Mention]) -> Reading:
    """A denied finding raises no alarm, nor does the word that denies it."""
    spans = []
    for told in findings:
        if told.stance == "denied" and told.squeezed is not None:
            start, end = told.squeezed
            denial = _DENIAL.match(reading.squeezed, end)
            spans.append((start, denial.end() if denial else end))
    return erased(reading, spans)


def _unclear(
    reading: Reading, findings: Sequence[Mention], *, understood: bool, words: Unclear
) -> frozenset[str]:
    matchers = (words.vital,) if understood else (words.vital, words.trouble)
    told = find_mentions(reading, matchers)
    if not any(m.stance == "said" and not _is_known(m, findings) for m in told):
        return frozenset()
    pressing = names_said(reading, (words.intense,))
    return frozenset({UNCLEAR, UNCLEAR_GRAVE} if pressing else {UNCLEAR})


def _alarms(kinds: frozenset[str], *, understood: bool) -> frozenset[str]:
    cues = set()
    if len(kinds) >= SEVERAL:
        cues.add(SEVERAL_ALARMS)
        if not understood or len(kinds & _STRONG) >= PAIR or len(kinds) > SEVERAL:
            cues.add(MANY_ALARMS)
    if understood and len(kinds) >= PAIR and kinds & _OBSERVED:
        cues.add(OBSERVED_ALARM)
    return frozenset(cues)


def _is_known(told: Mention, findings: Iterable[Mention]) -> bool:
    return any(found.start < told.end and told.start < found.end for found in findings)
