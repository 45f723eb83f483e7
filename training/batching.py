"""Which conversations are trained on together. Of like length, so that little is padded: at most
`GRID` - 1 tokens a conversation."""

from collections.abc import Sequence
from random import Random

from training.bases import Encoded

GRID = 8
"""Widths are multiples of it, so that few shapes have to be compiled."""

JITTER_TOKENS = 8


def batches(encoded: Sequence[Encoded], tokens: int, seed: int) -> list[list[Encoded]]:
    """Everything once, in batches of at most `tokens` padded tokens, shuffled by the seed."""
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    order = sorted(encoded, key=lambda one: len(one.tokens) + random.random() * JITTER_TOKENS)
    found: list[list[Encoded]] = [[]]
    for one in order:
        if found[-1] and width([*found[-1], one]) * (len(found[-1]) + 1) > tokens:
            found.append([])
        found[-1].append(one)
    random.shuffle(found)
    return [batch for batch in found if batch]


def width(batch: Sequence[Encoded]) -> int:
    """How wide the padded batch is."""
    longest = max(len(one.tokens) for one in batch)
    return -(-longest // GRID) * GRID
