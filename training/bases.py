"""Base models, and conversations as their tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.choices import Choices
from training.examples import Example
from training.prompts import Dialect
from training.tokens import SENTENCE_PIECE, SentencePieceTokens, kind_of


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens of one conversation, and the places of those to learn."""

    tokens: list[int]
    learnt: list[int]


class Base:
    """A base model and its tokens, from a GGUF file or a folder of safetensors. Its frozen weights
    are held as bfloat16 where the device multiplies those faster, unless `half` says otherwise."""

    def __init__(self, source: Path, *, device: str, half: bool = True) -> None:
        where: dict[str, Any] = {"pretrained_model_name_or_path": str(source)}
        if source.suffix == ".gguf":
            where = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name}
        self.encode, self.piece = _tokens(source, where)
        fast = device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        self.is_half = half and fast
        kind = torch.bfloat16 if self.is_half else torch.float32
        model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
        self.model = model.to(device=device, dtype=kind)
        self.device = device


def _tokens(
    source: Path, where: dict[str, Any]
) -> tuple[Callable[[str], list[int]], Callable[[int], str]]:
    """How a text becomes tokens, and what a token is written as. llama.cpp's own way for
    SentencePiece, where another reader of the file differs from it."""
    if source.suffix == ".gguf" and kind_of(source) == SENTENCE_PIECE:
        own = SentencePieceTokens(source)
        return own.encode, own.piece
    tokenizer = AutoTokenizer.from_pretrained(**where)

    def encoded(text: str) -> list[int]:
        return list(tokenizer(text, add_special_tokens=False).input_ids)

    return encoded, tokenizer.convert_ids_to_tokens


def encode(
    example: Example,
    base: Base,
    dialect: Dialect,
    longest: int,
    choices: Choices,
    *,
    whole: bool = False,
) -> Encoded | None:
    """The conversation as tokens; None where it is longer than what is trained on. Learnt is what
    the grammar leaves open, and nothing behind the last such token stands there; of a `whole` one
    the answer with its end is learnt."""
    opening = [] if dialect.begin is None else [dialect.begin]
    prompt = [*opening, *base.encode(dialect.prompt(example.text))]
    answer = base.encode(example.answer())
    if whole:
        answer = [*answer, *base.encode(dialect.end)]
        places = [*range(len(answer))]
    else:
        places = choices.places(example.answer(), [len(base.piece(token)) for token in answer])
        answer = answer[: places[-1] + 1]
    tokens = [*prompt, *answer]
    learnt = [len(prompt) + place for place in places]
    return Encoded(tokens, learnt) if len(tokens) <= longest else None
