"""The tokenizer of a GGUF file as llama.cpp applies it.

Another reading of the same file gave other tokens for `user`, and a model that is trained on other
tokens than it is served with has learnt something else. For SentencePiece models the neighbours
whose union scores best are joined first; what is no token then falls back to bytes.
"""

import heapq
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import gguf

SENTENCE_PIECE = "llama"
_SPACE = "▁"
_SPECIAL_KINDS = (3, 4)


def kind_of(path: Path) -> str:
    """The kind of a file's tokenizer, as llama.cpp names it."""
    return str(gguf.GGUFReader(str(path)).fields["tokenizer.ggml.model"].contents())


class SentencePieceTokens:
    """Tokens and scores of a file whose `tokenizer.ggml.model` is `llama`."""

    def __init__(self, path: Path) -> None:
        fields = gguf.GGUFReader(str(path)).fields
        kind = fields["tokenizer.ggml.model"].contents()
        if kind != SENTENCE_PIECE:
            raise ValueError(f"a tokenizer of the kind {kind} is not read here")
        texts: Sequence[str] = fields["tokenizer.ggml.tokens"].contents()
        kinds: Sequence[int] = fields["tokenizer.ggml.token_type"].contents()
        self._texts = texts
        self._ids: Mapping[str, int] = {text: i for i, text in enumerate(texts)}
        self._scores: Sequence[float] = fields["tokenizer.ggml.scores"].contents()
        special = [t for t, k in zip(texts, kinds, strict=True) if k in _SPECIAL_KINDS and t]
        special.sort(key=len, reverse=True)
        self._special = re.compile("(" + "|".join(map(re.escape, special)) + ")")

    def piece(self, token: int) -> str:
        """What the token is written as, a space as a low line."""
        return self._texts[token]

    def encode(self, text: str) -> list[int]:
        """Tokens of a text whose special tokens are read as such; nothing is put before it."""
        found: list[int] = []
        for part in self._special.split(text):
            if part in self._ids and self._special.fullmatch(part):
                found.append(self._ids[part])
            elif part:
                found += self._pieces(part.replace(" ", _SPACE))
        return found

    def _pieces(self, text: str) -> Iterator[int]:
        joined = _joined(text, self._ids, self._scores)
        for piece in joined:
            known = self._ids.get(piece)
            if known is not None:
                yield known
            else:
                yield from (self._ids[f"<0x{byte:02X}>"] for byte in piece.encode())


def _joined(text: str, ids: Mapping[str, int], scores: Sequence[float]) -> Iterator[str]:
    """The pieces when the best pair is joined until none is left, the leftmost among equals."""
    pieces: list[str] = list(text)
    after = [*range(1, len(pieces)), -1]
    before = list(range(-1, len(pieces) - 1))
    waiting: list[tuple[float, int, int, str]] = []

    def offer(left: int, right: int) -> None:
        if left < 0 or right < 0:
            return
        union = pieces[left] + pieces[right]
        known = ids.get(union)
        if known is not None:
            heapq.heappush(waiting, (-scores[known], left, right, union))

    for left in range(len(pieces) - 1):
        offer(left, left + 1)
    while waiting:
        _, left, right, union = heapq.heappop(waiting)
        if not pieces[left] or not pieces[right] or pieces[left] + pieces[right] != union:
            continue
        if after[left] != right:
            continue
        pieces[left], pieces[right] = union, ""
        after[left] = after[right]
        if after[right] >= 0:
            before[after[right]] = left
        offer(before[left], left)
        offer(left, after[left])
    return (piece for piece in pieces if piece)
