"""Base models, and conversations as their tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.examples import Example
from training.prompts import Dialect
from training.tokens import SENTENCE_PIECE, SentencePieceTokens, kind_of


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens of one conversation; the answer begins at `start`."""

    tokens: list[int]
    start: int


class Base:
    """A base model and its tokens, from a GGUF file or a folder of safetensors. Its frozen weights
    are held as bfloat16 where the device multiplies those faster, unless `half` says otherwise."""

    def __init__(self, source: Path, *, device: str, half: bool = True) -> None:
        where: dict[str, Any] = {"pretrained_model_name_or_path": str(source)}
        if source.suffix == ".gguf":
            where = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name}
        self.encode = _encoder(source, where)
        fast = device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        self.is_half = half and fast
        kind = torch.bfloat16 if self.is_half else torch.float32
        model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
        self.model = model.to(device=device, dtype=kind)
        self.device = device


def _encoder(source: Path, where: dict[str, Any]) -> Callable[[str], list[int]]:
    """llama.cpp's own way for SentencePiece, where another reader of the file differs from it."""
    if source.suffix == ".gguf" and kind_of(source) == SENTENCE_PIECE:
        return SentencePieceTokens(source).encode
    tokenizer = AutoTokenizer.from_pretrained(**where)
    return lambda text: list(tokenizer(text, add_special_tokens=False).input_ids)


def encode(example: Example, base: Base, dialect: Dialect, longest: int) -> Encoded | None:
    """The conversation as tokens; None where it is longer than what is trained on."""
    prompt = base.encode(dialect.prompt(example.text))
    answer = base.encode(example.answer() + dialect.end)
    opening = [] if dialect.begin is None else [dialect.begin]
    tokens = [*opening, *prompt, *answer]
    return Encoded(tokens, len(tokens) - len(answer)) if len(tokens) <= longest else None
