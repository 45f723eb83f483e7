"""Supervised fine-tuning with LoRA: loss on the answer only.

The head can be cut to the tokens that answers use, which is most of the work on a processor without
an accelerator. It was measured what that costs: tokens that were never trained against then win at
most steps, the grammar has to look through the whole vocabulary instead of the best token alone,
and an answer of 0.7 s takes over 60 s. So the whole head is the rule, and the cut one for trials.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from peft import (
    LoraConfig,
    PeftModel,
    get_peft_model,
    get_peft_model_state_dict,
    set_peft_model_state_dict,
)
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.examples import Example
from training.prompts import Dialect
from training.tokens import SentencePieceTokens

CHECKPOINT_EVERY_S = 600.0
_PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the outcome beside the data. `batch_tokens` bounds a step."""

    seed: int = 20261126
    rank: int = 16
    alpha: int = 32
    rate: float = 4e-4
    epochs: float = 2.0
    batch_tokens: int = 8_192
    warmup: float = 0.03
    longest: int = 640
    whole_head: bool = True
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens of one conversation; the answer begins at `start`."""

    tokens: list[int]
    start: int


class Base:
    """A base model and its tokens, from a GGUF file or a folder of safetensors."""

    def __init__(self, source: Path, *, device: str) -> None:
        where: dict[str, Any] = {"pretrained_model_name_or_path": str(source)}
        if source.suffix == ".gguf":
            where = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name}
            self.encode: Callable[[str], list[int]] = SentencePieceTokens(source).encode
        else:
            tokenizer = AutoTokenizer.from_pretrained(**where)
            self.encode = lambda text: list(tokenizer(text, add_special_tokens=False).input_ids)
        self.model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32).to(device)
        self.device = device


def encode(example: Example, base: Base, dialect: Dialect, longest: int) -> Encoded | None:
    """The conversation as tokens; None where it is longer than what is trained on."""
    prompt = base.encode(dialect.prompt(example.text))
    answer = base.encode(example.answer() + dialect.end)
    opening = [] if dialect.begin is None else [dialect.begin]
    tokens = [*opening, *prompt, *answer]
    return Encoded(tokens, len(tokens) - len(answer)) if len(tokens) <= longest else None


def train(
    base: Base,
    examples: Sequence[Example],
    dialect: Dialect,
    recipe: Recipe,
    folder: Path,
    *,
    told: Callable[[str], None],
) -> PeftModel:
    """Trains and returns the model with its adapter; goes on from a checkpoint in `folder`. How far
    it is goes to `told`, a JSON object a line."""
    torch.manual_seed(recipe.seed)
    encoded = [one for one in (encode(e, base, dialect, recipe.longest) for e in examples) if one]
    model = get_peft_model(base.model, _lora(recipe))
    model.train()
    run = _Run(model, encoded, recipe, folder, device=base.device, told=told)
    run.resume()
    for batch in run.batches():
        run.step(batch)
    run.save()
    return model


def _lora(recipe: Recipe) -> LoraConfig:
    return LoraConfig(
        r=recipe.rank, lora_alpha=recipe.alpha, target_modules=_PROJECTIONS, lora_dropout=0.05,
        task_type="CAUSAL_LM",
    )  # fmt: skip


class _Run:
    """One training: where it stands, and how it goes on after it was ended."""

    def __init__(
        self,
        model: PeftModel,
        encoded: Sequence[Encoded],
        recipe: Recipe,
        folder: Path,
        *,
        device: str,
        told: Callable[[str], None],
    ) -> None:
        self._model, self._recipe, self._folder, self._device = model, recipe, folder, device
        self._encoded, self._told = encoded, told
        trained = [p for p in model.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(trained, lr=recipe.rate, weight_decay=0.01)
        self._vocabulary = None if recipe.whole_head else self._answer_tokens()
        self._plan = [b for epoch in range(math.ceil(recipe.epochs)) for b in self._epoch(epoch)]
        share = recipe.epochs / math.ceil(recipe.epochs)
        self._total = recipe.steps or max(1, round(len(self._plan) * share))
        self._done = 0
        self._saved_at = self._began_at = time.monotonic()
        self._losses: list[float] = []

    def batches(self) -> Iterator[list[Encoded]]:
        while self._done < self._total:
            yield self._plan[self._done % len(self._plan)]

    def step(self, batch: Sequence[Encoded]) -> None:
        """One update on one batch."""
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.rate * self._pace()
        with torch.autocast(self._device, torch.bfloat16, enabled=self._device == "cuda"):
            loss = self._loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._done += 1
        self._losses.append(float(loss.detach()))
        self._tell()

    def save(self) -> None:
        """The adapter, the optimizer and the place, written whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        state = {
            "adapter": get_peft_model_state_dict(self._model),
            "optimizer": self._optimizer.state_dict(),
            "done": self._done,
            "recipe": asdict(self._recipe),
        }
        unfinished = self._folder / "checkpoint.part"
        torch.save(state, unfinished)
        unfinished.replace(self._folder / "checkpoint.pt")
        self._saved_at = time.monotonic()

    def resume(self) -> None:
        path = self._folder / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self._device, weights_only=True)
        if state["recipe"] != asdict(self._recipe):
            raise ValueError(f"{path} belongs to another recipe; remove it to begin anew")
        set_peft_model_state_dict(self._model, state["adapter"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._done = state["done"]

    def _answer_tokens(self) -> torch.Tensor:
        used = sorted({t for one in self._encoded for t in one.tokens[one.start :]})
        return torch.tensor(used, device=self._device)

    def _epoch(self, epoch: int) -> list[list[Encoded]]:
        """Batches of like length, so that little is padded; shuffled anew in every epoch."""
        random = Random(self._recipe.seed + epoch)  # noqa: S311 - reproducible, not secret
        order = sorted(self._encoded, key=lambda one: len(one.tokens) + random.random() * 24)
        batches: list[list[Encoded]] = [[]]
        for one in order:
            widest = len(one.tokens)
            if batches[-1] and widest * (len(batches[-1]) + 1) > self._recipe.batch_tokens:
                batches.append([])
            batches[-1].append(one)
        random.shuffle(batches)
        return batches

    def _pace(self) -> float:
        warm = max(1, round(self._total * self._recipe.warmup))
        if self._done < warm:
            return (self._done + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (self._done - warm) / max(1, self._total - warm)))

    def _loss(self, batch: Sequence[Encoded]) -> torch.Tensor:
        """Cross entropy at the answers' places."""
        width = max(len(one.tokens) for one in batch)
        padded = [one.tokens + [0] * (width - len(one.tokens)) for one in batch]
        seen = [[1] * len(one.tokens) + [0] * (width - len(one.tokens)) for one in batch]
        tokens = torch.tensor(padded, device=self._device)
        mask = torch.tensor(seen, device=self._device)
        inner = self._model.get_base_model()
        hidden = inner.model(input_ids=tokens, attention_mask=mask).last_hidden_state
        rows = [(i, p) for i, one in enumerate(batch) for p in range(one.start, len(one.tokens))]
        at = torch.tensor(rows, device=self._device)
        head = inner.get_output_embeddings().weight
        wanted = tokens[at[:, 0], at[:, 1]]
        if self._vocabulary is not None:
            head, wanted = head[self._vocabulary], torch.searchsorted(self._vocabulary, wanted)
        logits = hidden[at[:, 0], at[:, 1] - 1] @ head.T.to(hidden.dtype)
        return torch.nn.functional.cross_entropy(logits.float(), wanted)

    def _tell(self) -> None:
        now = time.monotonic()
        if self._done % 50 == 0 or self._done == self._total:
            recent = self._losses[-50:]
            told = {"step": self._done, "of": self._total, "loss": sum(recent) / len(recent)}
            self._told(json.dumps(told | {"seconds": round(now - self._began_at, 1)}))
        if now - self._saved_at > CHECKPOINT_EVERY_S:
            self.save()
