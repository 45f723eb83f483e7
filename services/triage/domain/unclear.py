"""What a text says of a body in trouble that no symptom names: unknown is not harmless."""

from collections.abc import Iterable, Sequence

from services.triage.domain.mentions import Mention, find_mentions, names_said
from services.triage.domain.reading import Reading
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
    words: Unclear,
) -> frozenset[str]:
    """`findings` are the symptoms' mentions of any stance, `understood` whether one was said,
    `background` whether a disease or an operation was: who only tells what somebody has, as an
    answer to that question, raises no alarm.

    Beside an understood complaint only what concerns a vital part, and is no part of a finding,
    counts as unclear: a sprain that is told in many words stays a sprain. Where nothing was
    understood, two alarms about a body are enough.
    """
    kinds = names_said(reading, words.alarms)
    if background and not understood:
        kinds -= _BACKGROUND
    of_body = understood or bool(names_said(reading, (words.body,)))
    if kinds <= _OF_THINGS and not of_body:
        kinds = frozenset()
    cues = _unclear(reading, findings, understood=understood, words=words)
    if not understood and of_body and len(kinds) >= PAIR:
        cues |= {UNCLEAR, UNCLEAR_GRAVE} if len(kinds) >= SEVERAL else {UNCLEAR}
    if cues and kinds & _OBSERVED:
        cues |= {UNCLEAR_GRAVE}
    return cues | _alarms(kinds, understood=understood) | _functions(reading, kinds, words)


def _functions(reading: Reading, kinds: frozenset[str], words: Unclear) -> frozenset[str]:
    """Two vital functions that fail, told in any words, are more than the worse of them; so is
    a mind that fails and that somebody else has to tell."""
    failing = names_said(reading, words.functions)
    pair = len(failing) >= PAIR and failing not in _ONE_THING
    observed = "third" in kinds and "mind" in failing
    return frozenset({VITAL_PAIR}) if pair or observed else frozenset()


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
