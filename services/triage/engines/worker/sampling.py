"""Tokens under a grammar without a look at the whole vocabulary: draw, check, mask on a miss.

A grammar that masks every token of a large vocabulary at every step costs more than the model
itself. Most drawn tokens are allowed, so one is drawn first and only that one is checked; after a
miss the likeliest few hundred are masked, and the whole vocabulary only where none of them may be.
"""

import ctypes
from dataclasses import dataclass
from typing import Any

import llama_cpp
import numpy as np

from services.triage.engines.worker.task import BadRequest

TOP_K = 40
LIKELIEST = 512
_ENTRY = np.dtype([("id", np.intc), ("logit", np.single), ("p", np.single)], align=True)


class Grammar:
    """One GBNF grammar at its place in one text; closed by who made it."""

    def __init__(self, vocabulary: Any, text: str) -> None:
        self._sampler = llama_cpp.llama_sampler_init_grammar(vocabulary, text.encode(), b"root")
        if not self._sampler:
            raise BadRequest("Failed to parse grammar")

    def masked(self, ids: Any, logits: Any) -> Any:
        """The logits of these tokens, minus infinity for those that may not come next."""
        entries = np.zeros(len(ids), dtype=_ENTRY)
        entries["id"], entries["logit"] = ids, logits
        array = llama_cpp.llama_token_data_array(
            data=entries.ctypes.data_as(llama_cpp.llama_token_data_p),
            size=len(ids),
            selected=-1,
            sorted=False,
        )
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        return entries["logit"]

    def allows(self, token: int) -> bool:
        return bool(np.isfinite(self.masked([token], [0.0])[0]))

    def accept(self, token: int) -> None:
        llama_cpp.llama_sampler_accept(self._sampler, token)

    def close(self) -> None:
        llama_cpp.llama_sampler_free(self._sampler)


@dataclass(slots=True)
class Sampler:
    """Draws tokens; greedy at temperature 0. `ends` are the tokens that end a text, which are
    looked at after every miss: behind the last bracket nothing else may come."""

    grammar: Grammar | None
    temperature: float
    ends: Any
    chance: np.random.Generator
    misses: int = 0

    def next(self, logits: Any) -> int:
        """The next token, accepted by the grammar."""
        token = self._drawn(logits)
        if self.grammar is None:
            return token
        if not self.grammar.allows(token):
            self.misses += 1
            token = self._drawn_among_allowed(self.grammar, logits)
        self.grammar.accept(token)
        return token

    def _drawn_among_allowed(self, grammar: Grammar, logits: Any) -> int:
        few = min(LIKELIEST, len(logits) - 1)
        likeliest = np.union1d(np.argpartition(logits, -few)[-few:], self.ends)
        masked = grammar.masked(likeliest, logits[likeliest])
        # Greedy needs the best allowed one; a draw needs the best forty, or all there are.
        enough = 1 if self.temperature == 0 else TOP_K
        if np.isfinite(masked).sum() < enough:
            likeliest = np.arange(len(logits))
            masked = grammar.masked(likeliest, logits)
        if not np.isfinite(masked).any():
            raise BadRequest("the grammar allows no token of this model")
        return int(likeliest[self._drawn(masked)])

    def _drawn(self, logits: Any) -> int:
        """The place of the one that was drawn."""
        if self.temperature == 0:
            return int(np.argmax(logits))
        few = min(TOP_K, len(logits))
        best = np.argpartition(logits, -few)[-few:]
        scaled = (logits[best] - logits[best].max()) / self.temperature
        odds = np.exp(scaled.astype(np.double))
        return int(self.chance.choice(best, p=odds / odds.sum()))
