"""What a text says of a body in trouble that no symptom names: unknown is not harmless."""

from collections.abc import Iterable, Sequence

from services.triage.domain.mentions import Mention, find_mentions
from services.triage.domain.reading import Reading
from services.triage.knowledge.model import UNCLEAR, UNCLEAR_GRAVE, Unclear


def unclear_cues(
    reading: Reading, findings: Sequence[Mention], *, understood: bool, words: Unclear
) -> frozenset[str]:
    """`findings` are the symptoms' mentions of any stance, `understood` whether one was said.

    Beside an understood complaint only what concerns a vital part, and is no part of a finding,
    counts: a sprain that is told in many words stays a sprain.
    """
    matchers = (words.vital,) if understood else (words.vital, words.trouble)
    told = find_mentions(reading, matchers)
    if not any(m.stance == "said" and not _is_known(m, findings) for m in told):
        return frozenset()
    pressing = any(m.stance == "said" for m in find_mentions(reading, (words.intense,)))
    return frozenset({UNCLEAR, UNCLEAR_GRAVE} if pressing else {UNCLEAR})


def _is_known(told: Mention, findings: Iterable[Mention]) -> bool:
    return any(found.start < told.end and told.start < found.end for found in findings)
