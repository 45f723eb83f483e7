"""Tiny models made here, of the real architectures: they know nothing, but llama.cpp runs them.

Weights are random, so that what they write is noise under whatever grammar binds them. The words
of the answers' keys and of the codes are single tokens, which keeps answers short.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, INNER, CONTEXT = 64, 2, 2, 128, 8192
TEMPLATE_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
KEYS = (
    '{"age":', '"gender":', '"symptoms":', '"negated":', '"is_self":', '"history":',
    '"special_note":', '"M"', '"F"', "null", "true", "false", "[]", '""', '"}', '""}',
)  # fmt: skip
SHORTEST = frozenset(("null", "[]", '""}', ","))
"""Keys need no liking: at their place the grammar allows nothing else."""


def byte_letters() -> list[str]:
    """The letters by which byte-level vocabularies write the 256 bytes."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in seen}
    unseen = [byte for byte in range(256) if byte not in letters]
    letters |= {byte: chr(256 + place) for place, byte in enumerate(unseen)}
    return [letters[byte] for byte in range(256)]


def tiny_qwen2(
    path: Path,
    *,
    codes: Iterable[str] = (),
    seed: int = 7,
    terse: bool = False,
    joined: Sequence[str] = (),
) -> Path:
    """A Qwen2 of about a hundred thousand weights with a byte-level vocabulary and ChatML. A
    `terse` one leans to the shortest answer: null, empty lists, no words. `joined` are pairs of
    letters that are one token; transformers wants more than one of them."""
    chance = np.random.default_rng(seed)
    letters = byte_letters()
    words = [*joined, *KEYS, *(f'"{code}"' for code in codes)]
    tokens = [*letters, *dict.fromkeys(words), *TEMPLATE_TOKENS]
    kinds = [gguf.TokenType.NORMAL] * (len(tokens) - 3) + [gguf.TokenType.CONTROL] * 3
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_name("tiny-qwen2")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{pair[0]} {pair[1]}" for pair in joined or ("ab",)])
    writer.add_bos_token_id(len(tokens) - 3)
    writer.add_eos_token_id(len(tokens) - 1)
    writer.add_add_bos_token(False)
    for name, shape in _shapes(len(tokens)).items():
        if name.endswith("norm.weight"):
            tensor = np.ones(shape, dtype=np.float32)
        else:
            tensor = chance.normal(0, 0.08, shape).astype(np.float32)
        if terse and name in ("token_embd.weight", "output.weight"):
            # The first place of every state is large, whatever was read: what stands there in the
            # output's rows is how much each token is liked.
            tensor[:, 0] = 4.0 if name == "token_embd.weight" else [t in SHORTEST for t in tokens]
        writer.add_tensor(name, tensor)
    _write(writer)
    return path


def tiny_adapter(path: Path, *, seed: int = 9, prompt: str | None = None) -> Path:
    """A LoRA adapter for the tiny model that changes what it writes; `prompt` is what it says of
    the prompts that it was made for."""
    chance = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 64.0)
    if prompt is not None:
        writer.add_string("er.prompt", prompt)
    for layer in range(LAYERS):
        name = f"blk.{layer}.ffn_down.weight"
        for part, shape in (("lora_a", (4, INNER)), ("lora_b", (WIDTH, 4))):
            writer.add_tensor(f"{name}.{part}", chance.normal(0, 1, shape).astype(np.float32))
    _write(writer)
    return path


def _shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
        "output.weight": (vocabulary, WIDTH),
    }
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        shapes |= {f"{block}.attn_{part}.weight": (WIDTH, WIDTH) for part in ("q", "k", "v")}
        shapes |= {f"{block}.attn_{part}.bias": (WIDTH,) for part in ("q", "k", "v")}
        shapes |= {
            f"{block}.attn_output.weight": (WIDTH, WIDTH),
            f"{block}.attn_norm.weight": (WIDTH,),
            f"{block}.ffn_norm.weight": (WIDTH,),
            f"{block}.ffn_gate.weight": (INNER, WIDTH),
            f"{block}.ffn_up.weight": (INNER, WIDTH),
            f"{block}.ffn_down.weight": (WIDTH, INNER),
        }
    return shapes


def _write(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
