"""`python -m training.agreement`: does llama.cpp with the adapter think what the trained one does?

Both get the same tokens: a held-out prompt and a part of its right answer. Compared is what they
think of the next token.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import torch
import typer
import xllamacpp

from training import export
from training.bases import Base, Encoded, encode
from training.choices import TUNED_GRAMMAR, Choices
from training.dataset import held_out
from training.held_out import parameters
from training.prompts import DIALECTS
from training.recipes import recipe
from training.sft import adapted

LIKELIEST = 64
PLACES = 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """`kl` is that of the trained model from llama.cpp in nats, over llama.cpp's likeliest tokens;
    mean and largest over all places of all prompts."""

    prompts: int
    places: int
    top1: float
    kl_mean: float
    kl_largest: float


def agreement(base: Base, model: torch.nn.Module, url: str, told: Sequence[Encoded]) -> Agreement:
    """Compares them at a few places of each answer."""
    same, kls = 0, []
    with httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
        for one, place in _places(told):
            served = _served(client, one.tokens[:place])
            trained = _trained(base, model, one.tokens[:place])
            best = max(served, key=lambda token: served[token])
            same += int(trained.argmax()) == best
            kls.append(divergence(served, {token: float(trained[token]) for token in served}))
    return Agreement(len(told), len(kls), same / len(kls), sum(kls) / len(kls), max(kls))


def divergence(told: Mapping[int, float], other: Mapping[int, float]) -> float:
    """Kullback-Leibler of `told` from `other`, both logarithms over the same tokens, in nats."""
    own, others = _normalised(told), _normalised(other)
    return sum(math.exp(own[token]) * (own[token] - others[token]) for token in own)


def _normalised(logs: Mapping[int, float]) -> dict[int, float]:
    most = max(logs.values())
    whole = most + math.log(sum(math.exp(log - most) for log in logs.values()))
    return {token: log - whole for token, log in logs.items()}


def _places(told: Sequence[Encoded]) -> Iterator[tuple[Encoded, int]]:
    for one in told:
        for part in range(PLACES):
            yield one, one.learnt[part * len(one.learnt) // PLACES]


def _served(client: httpx.Client, tokens: Sequence[int]) -> dict[int, float]:
    body = {"prompt": list(tokens), "n_predict": 1, "temperature": 0, "n_probs": LIKELIEST}
    answer = client.post("/completion", json=body).raise_for_status().json()
    likeliest = answer["completion_probabilities"][0]["top_logprobs"]
    return {one["id"]: one["logprob"] for one in likeliest}


def _trained(base: Base, model: torch.nn.Module, tokens: Sequence[int]) -> torch.Tensor:
    with torch.no_grad():
        told = model(input_ids=torch.tensor([tokens], device=base.device), use_cache=False)
    logs: torch.Tensor = told.logits[0, -1].float().log_softmax(-1)
    return logs


def main(
    base: Path,
    adapter: Path,
    recipe_name: Annotated[str, typer.Option("--recipe")] = "gemma",
    count: Annotated[int, typer.Option(help="prompts")] = 50,
) -> None:
    """Print how far they agree."""
    wanted = recipe(recipe_name)
    source = Base(base, device="cpu", half=False)
    model = adapted(source, wanted, export.read_adapter(adapter)).eval()
    dialect = DIALECTS[wanted.family]
    choices = Choices(TUNED_GRAMMAR.read_text(encoding="utf-8"))
    made = (encode(one, source, dialect, wanted.longest, choices) for one in held_out())
    server = xllamacpp.Server(parameters(base, adapter))
    told = agreement(source, model, server.listening_address, [one for one in made if one][:count])
    typer.echo(json.dumps({"agreement": {f: getattr(told, f) for f in told.__slots__}}))


if __name__ == "__main__":
    typer.run(main)
