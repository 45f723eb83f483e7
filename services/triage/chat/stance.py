"""Yes, no and don't-know, as whole words of the question that was asked."""

import re
from typing import Literal

from services.triage.chat.book import Words

Stance = Literal["yes", "no", "unknown"]

_TOKEN = re.compile(r"[가-힣]+|[ㄱ-ㅎㅏ-ㅣ]+|[a-z']+|\d+(?:\.\d+)?")
_CRYING = re.compile(r"[ㅠㅜㅋㅎ]+")
_NEGATIVE = re.compile(r"없|않|못|(?:^|\s)안(?:\s|[가-힣])|\bno\b|\bnot\b|n't\b")
LONG = 2


def tokens_of(text: str) -> list[str]:
    """The words of a text, without signs and without crying and laughing."""
    return _TOKEN.findall(_CRYING.sub(" ", text.lower()))


def stance_of(text: str, words: Words) -> Stance | None:
    """What a text answers to a yes-or-no question, or None where it answers something else.

    What follows a first word beats it: "네 없어요" is a no, "아니요 있어요" is a yes.
    """
    tokens = tokens_of(text)
    if not tokens:
        return None
    whole = _whole("".join(tokens), words)
    if whole is not None:
        return whole
    first, rest = tokens[0], tokens[1:]
    if first in words.unknown or tokens[-1] in words.unknown:
        return "unknown"
    after = _whole("".join(rest), words) if rest else None
    if first in words.yes and not (rest and rest[0] in words.counted_by):
        return after if after in ("no", "unknown") else "yes"
    if first in words.no:
        return after if after in ("yes", "unknown") else "no"
    if first in words.unsure_no:
        # "아니" also opens a protest ("아니 머리가 아프다니까요"), which answers nothing.
        is_answer = after == "no" or len(rest) < LONG or _NEGATIVE.search(" ".join(rest))
        return "no" if is_answer else None
    return None


def is_bare(text: str, words: Words) -> bool:
    """Whether a text is a yes, a no or a don't-know and nothing else."""
    tokens = tokens_of(text)
    known = words.yes | words.no | words.unsure_no | words.unknown
    return bool(tokens) and (
        all(token in known for token in tokens) or _whole("".join(tokens), words) is not None
    )


def _whole(squeezed: str, words: Words) -> Stance | None:
    if squeezed in words.unknown or words.unknown_whole.fullmatch(squeezed):
        return "unknown"
    if squeezed in words.no or words.no_whole.fullmatch(squeezed):
        return "no"
    if squeezed in words.yes or words.yes_whole.fullmatch(squeezed):
        return "yes"
    return None
