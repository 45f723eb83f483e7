"""Where the grammar leaves an answer open. What it forces need not be decoded when the model
serves, and so hardly any of it is learnt."""

from collections.abc import Sequence
from pathlib import Path

from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper, grammar_from

TUNED_GRAMMAR = Path(__file__).parents[1] / "grammars" / "extract-tuned.gbnf"


class _Bytes:
    """A tokenizer whose tokens are the bytes and an end."""

    tokens = (*(bytes([value]) for value in range(256)), b"<end>")
    bos_token_id = None
    eos_token_id = 256
    special_token_ids = (256,)

    def __call__(self, text: bytes) -> list[int]:
        return list(text)


class Choices:
    """A grammar, in GBNF, that is asked about whole answers."""

    def __init__(self, grammar: str) -> None:
        bytewise = LLTokenizer(TokenizerWrapper(_Bytes()))
        self._matcher = LLMatcher(bytewise, grammar_from("gbnf", grammar))

    def places(self, answer: str, lengths: Sequence[int]) -> list[int]:
        """The answer's tokens that are open, by their place. A token is open where one of its
        bytes is, or the byte behind it, as another token could reach over it. Raises ValueError for
        what is no answer of the grammar."""
        is_open = [*self._open_bytes(answer.encode()), False]
        ends = [sum(lengths[: place + 1]) for place in range(len(lengths))]
        if ends[-1] != len(is_open) - 1:
            raise ValueError("these tokens do not make the answer")
        spans = zip([0, *ends], ends, strict=False)
        return [place for place, (start, end) in enumerate(spans) if any(is_open[start : end + 1])]

    def _open_bytes(self, answer: bytes) -> list[bool]:
        self._matcher.reset()
        found: list[bool] = []
        while len(found) < len(answer):
            forced = self._matcher.compute_ff_bytes()
            part = forced or answer[len(found) : len(found) + 1]
            if not answer.startswith(part, len(found)) or not self._matcher.consume_tokens([*part]):
                raise ValueError("no answer of the grammar")
            found += [not forced] * len(part)
        return found
