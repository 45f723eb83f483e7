"""`python -m training`: data, training, export, and a first look at the result."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from training import export
from training.dataset import dataset, evaluated_texts
from training.held_out import score
from training.prompts import DIALECTS
from training.sft import Base, Recipe, train

ROOT = Path(__file__).parents[1]
GRAMMAR = ROOT / "grammars" / "extract.gbnf"
SMOKE = replace(Recipe(), steps=20, batch_tokens=1024, whole_head=False)


def main(
    base: Annotated[Path, typer.Option(help="GGUF file, or a folder of safetensors")],
    work: Annotated[Path, typer.Option(help="where checkpoints and results go")],
    family: Annotated[str, typer.Option(help=", ".join(DIALECTS))] = "gemma",
    composed: Annotated[int, typer.Option(help="composed utterances")] = 24_000,
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "cpu",
    smoke: Annotated[bool, typer.Option(help="twenty steps of everything")] = False,
) -> None:
    """Train an adapter and score it on hand-written utterances that were held out."""
    recipe = SMOKE if smoke else Recipe()
    data = dataset(
        count=200 if smoke else composed,
        seed=recipe.seed,
        evaluated=evaluated_texts(ROOT / "tests" / "eval"),
    )
    typer.echo(
        f"{len(data.train)} utterances, {data.too_near} left out as too near to evaluated ones"
    )
    dialect = DIALECTS[family]
    model = train(Base(base, device=device), data.train, dialect, recipe, work, told=typer.echo)
    adapter = work / "adapter.gguf"
    export.adapter(model, adapter, name="smart-er-match extraction")
    if base.suffix == ".gguf":
        told = data.held_out[:8] if smoke else data.held_out
        result = score(base, adapter, GRAMMAR.read_text(encoding="utf-8"), dialect, told)
        typer.echo(json.dumps({"recipe": asdict(recipe), "held_out": asdict(result)}))


if __name__ == "__main__":
    typer.run(main)
