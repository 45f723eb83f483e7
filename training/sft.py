"""Supervised fine-tuning with LoRA in stages: loss on the answer only; resumed where it ended."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import (
    LoraConfig,
    PeftModel,
    get_peft_model,
    get_peft_model_state_dict,
    set_peft_model_state_dict,
)

from training.bases import Base, Encoded
from training.batching import batches, width
from training.losses import DRAWN, answer_loss, warmed_cosine
from training.recipes import Recipe, Stage

CHECKPOINT_EVERY_S = 600.0
TELL_EVERY = 10
_PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
State = Mapping[str, torch.Tensor]


def adapted(base: Base, recipe: Recipe, begun: State | None = None) -> PeftModel:
    """The base with a trainable adapter: a fresh one that changes nothing, or `begun`. No dropout:
    what it draws costs a processor a quarter of its time."""
    torch.manual_seed(recipe.seed)
    wanted = LoraConfig(
        r=recipe.rank, lora_alpha=recipe.alpha, target_modules=_PROJECTIONS, task_type="CAUSAL_LM"
    )
    model = get_peft_model(base.model, wanted)
    if begun is not None:
        set_peft_model_state_dict(model, dict(begun))
    return model


def compile_layers(model: PeftModel) -> None:
    """Joins the small steps of a layer, which are most of the time on a processor. One compilation
    of a minute serves all layers and shapes; it needs a C++ compiler."""
    for layer in model.get_base_model().model.layers:
        layer.compile(dynamic=True)


class Training:
    """One training: where it stands, and how it goes on after it was ended. `told` gets a line of
    JSON every few steps."""

    def __init__(
        self,
        model: PeftModel,
        base: Base,
        recipe: Recipe,
        folder: Path,
        told: Callable[[str], None],
    ) -> None:
        self._model, self._base, self._recipe, self._told = model, base, recipe, told
        self._checkpoint = folder / "checkpoint.pt"
        self._stage, self._done = 0, 0
        self._saved_at = self._began_at = time.monotonic()
        self._losses: list[float] = []
        self._optimizer = self._fresh_optimizer()

    @property
    def stage(self) -> int:
        """The stage that it stands in; the count of the stages where all is done."""
        return self._stage

    def begin_at(self, name: str) -> None:
        """Leave out the stages before that one; raises ValueError where there is none."""
        self._stage = [stage.name for stage in self._recipe.stages].index(name)

    def run(self, encoded: Sequence[Encoded]) -> None:
        """The stage that it stands in, on that data, to its end."""
        stage = self._recipe.stages[self._stage]
        plan = _plan(encoded, stage, self._recipe.seed)
        self._model.train()
        while self._done < len(plan):
            self._step(plan[self._done], stage, len(plan))
            if time.monotonic() - self._saved_at > CHECKPOINT_EVERY_S:
                self.save()
        self._stage, self._done = self._stage + 1, 0
        self._optimizer = self._fresh_optimizer()
        self.save()

    def save(self) -> None:
        """The adapter, the optimizer and the place, written whole or not at all."""
        state = {
            "adapter": get_peft_model_state_dict(self._model),
            "optimizer": self._optimizer.state_dict(),
            "stage": self._stage,
            "done": self._done,
            "recipe": self._recipe.model_dump(mode="json"),
        }
        unfinished = self._checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self._checkpoint)
        self._saved_at = time.monotonic()

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one; ValueError where it is another recipe's."""
        if not self._checkpoint.exists():
            return
        state = torch.load(self._checkpoint, map_location=self._base.device, weights_only=True)
        if state["recipe"] != self._recipe.model_dump(mode="json"):
            raise ValueError(f"{self._checkpoint} is of another recipe; remove it to begin anew")
        set_peft_model_state_dict(self._model, state["adapter"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._stage, self._done = state["stage"], state["done"]

    def _fresh_optimizer(self) -> Any:
        trained = [p for p in self._model.parameters() if p.requires_grad]
        return torch.optim.AdamW(trained, weight_decay=0.01)

    def _step(self, batch: Sequence[Encoded], stage: Stage, total: int) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = stage.rate * warmed_cosine(self._done, total, stage.warmup)
        device = self._base.device
        with torch.autocast(device, torch.bfloat16, enabled=self._base.is_half):
            loss = self._loss(batch, DRAWN if stage.head == "sampled" else None)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._done += 1
        self._tell(float(loss.detach()), stage.name, total)

    def _loss(self, batch: Sequence[Encoded], drawn: int | None) -> torch.Tensor:
        wide = width(batch)
        padded = [one.tokens + [0] * (wide - len(one.tokens)) for one in batch]
        inner = self._model.get_base_model()
        # No mask: what is padded stands behind, where no token of the conversation looks.
        tokens = torch.tensor(padded, device=self._base.device)
        hidden = inner.model(input_ids=tokens, use_cache=False).last_hidden_state
        return answer_loss(hidden, batch, inner.get_output_embeddings().weight, drawn=drawn)

    def _tell(self, loss: float, stage: str, total: int) -> None:
        self._losses = [*self._losses[1 - TELL_EVERY :], loss]
        if self._done % TELL_EVERY == 0 or self._done == total:
            mean = sum(self._losses) / len(self._losses)
            seconds = round(time.monotonic() - self._began_at, 1)
            line = {"stage": stage, "step": self._done, "of": total, "loss": round(mean, 4)}
            self._told(json.dumps(line | {"seconds": seconds}))


def _plan(encoded: Sequence[Encoded], stage: Stage, seed: int) -> list[list[Encoded]]:
    """The batches of all epochs, the last one in part where their number is not whole."""
    once = [
        batches(encoded, stage.batch_tokens, seed + epoch) for epoch in range(int(stage.epochs) + 1)
    ]
    total = stage.steps or max(1, round(len(once[0]) * stage.epochs))
    every = [batch for epoch in once for batch in epoch]
    return [every[step % len(every)] for step in range(total)]
