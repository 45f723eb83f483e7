"""Tokens under a grammar: one is chosen where the grammar leaves a choice, and those that it forces
behind it come along unasked.

Most of an answer is forced (keys, punctuation, the rest of a code after its first letters). What is
forced needs no look at the vocabulary, which is most of a small model's work, and is read in one go
with the token before it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLTokenizer, grammar_from

from services.triage.engines.worker.task import BadRequest

TOP_K = 40


class Grammar:
    """One GBNF grammar at its place in one text."""

    def __init__(self, matcher: LLMatcher) -> None:
        self._matcher = matcher

    @classmethod
    def parsed(cls, tokens: LLTokenizer, text: str) -> "Grammar":
        """At its beginning; raises BadRequest for what is no grammar."""
        try:
            matcher = LLMatcher(tokens, grammar_from("gbnf", text), log_level=0)
        except ValueError:
            raise BadRequest("Failed to parse grammar") from None
        if matcher.is_error():
            raise BadRequest("Failed to parse grammar")
        return cls(matcher)

    def copy(self) -> "Grammar":
        """Another one at the same place, which goes its own way."""
        return Grammar(self._matcher.deep_copy())

    @property
    def is_done(self) -> bool:
        """Whether nothing may come any more."""
        return bool(self._matcher.is_stopped())

    def allowed(self, size: int) -> Any:
        """The tokens that may come next, of a vocabulary of that size."""
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        return np.flatnonzero(np.unpackbits(bits, bitorder="little")[:size])

    def accept(self, token: int) -> None:
        """Go on behind a token that may come; raises BadRequest where the grammar cannot."""
        if not self._matcher.consume_token(token):
            raise BadRequest("the grammar cannot be followed")

    def forced(self) -> list[int]:
        """The tokens that have to come now, accepted; none where there is a choice."""
        found: list[int] = self._matcher.compute_ff_tokens()
        for token in found:
            self.accept(token)
        return found


@dataclass(slots=True)
class Sampler:
    """Chooses tokens; greedy at temperature 0, else a draw among the likeliest forty."""

    grammar: Grammar | None
    temperature: float
    chance: np.random.Generator
    logprob: float = 0.0
    """Of the token that was chosen last, among those that might have come."""

    def opening(self) -> list[int]:
        """The tokens that every text of the grammar begins with."""
        return self.grammar.forced() if self.grammar else []

    def next(self, logits: Any) -> list[int]:
        """The next token, and those that have to follow it."""
        if self.grammar is None:
            return [self._drawn(logits)]  # nobody asks how sure free words are
        allowed = self.grammar.allowed(len(logits))
        if not len(allowed):
            raise BadRequest("the grammar allows no token of this model")
        open_to = logits[allowed].astype(np.double)
        place = self._drawn(open_to)
        self.logprob = -float(np.log(np.exp(open_to - open_to[place]).sum()))
        token = int(allowed[place])
        self.grammar.accept(token)
        return [token, *self.grammar.forced()]

    @property
    def is_done(self) -> bool:
        """Whether nothing but an end may come."""
        return self.grammar is not None and self.grammar.is_done

    def _drawn(self, logits: Any) -> int:
        """The place of the one that was drawn."""
        if self.temperature == 0:
            return int(np.argmax(logits))
        few = min(TOP_K, len(logits))
        best = np.argpartition(logits, -few)[-few:]
        scaled = (logits[best] - logits[best].max()) / self.temperature
        odds = np.exp(scaled.astype(np.double))
        return int(self.chance.choice(best, p=odds / odds.sum()))
