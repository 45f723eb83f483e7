"""Cross entropy over the tokens to learn, most of them where the grammar leaves an answer open.

The head is most of the work without an accelerator: 262,144 tokens for each place. To cut it to the
tokens that answers use ruined serving, as tokens that were never trained against then won at most
steps. Drawing the others anew at every update, and counting each for all those that it stands for,
leaves none of them untrained.
"""

import math
from collections.abc import Sequence

import torch

from training.bases import Encoded

DRAWN = 8_192


def answer_loss(
    hidden: torch.Tensor, batch: Sequence[Encoded], head: torch.Tensor, *, drawn: int | None = None
) -> torch.Tensor:
    """The mean over the tokens to learn. `hidden` is batch x width x features, `head` vocabulary x
    features; `drawn` bounds the wrong tokens that are scored, None scores all."""
    rows = [(i, p) for i, one in enumerate(batch) for p in one.learnt]
    at = torch.tensor(rows, device=hidden.device)
    right = torch.tensor([batch[i].tokens[p] for i, p in rows], device=hidden.device)
    before = hidden[at[:, 0], at[:, 1] - 1]
    if drawn is None or drawn >= len(head):
        return torch.nn.functional.cross_entropy(_scores(before, head), right)
    scored, weights = candidates(right, len(head), drawn)
    logits = _scores(before, head[scored]) + weights.log()
    return torch.nn.functional.cross_entropy(logits, torch.searchsorted(scored, right))


def candidates(
    right: torch.Tensor, vocabulary: int, drawn: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens to score, in order, and for how many each of them counts: the right ones for
    themselves, the drawn ones together for all the others."""
    own = torch.unique(right)
    chance = torch.randint(vocabulary, (drawn,), device=right.device)
    others = torch.unique(chance[~torch.isin(chance, own)])
    share = (vocabulary - len(own)) / max(1, len(others))
    scored, order = torch.cat([own, others]).sort()
    weights = torch.cat([torch.ones(len(own)), torch.full((len(others),), share)])
    return scored, weights.to(right.device)[order]


def _scores(before: torch.Tensor, head: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.linear(before, head.to(before.dtype)).float()


def warmed_cosine(done: int, total: int, warmup: float) -> float:
    """The share of the highest rate at a step: up in a line, then down half a wave."""
    warm = max(1, round(total * warmup))
    if done < warm:
        return (done + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (done - warm) / max(1, total - warm)))
