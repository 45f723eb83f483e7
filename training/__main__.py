"""`python -m training`: data, training, export, and a first look at the result."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from training import export
from training.bases import Base, Encoded, encode
from training.choices import TUNED_GRAMMAR, Choices
from training.dataset import Dataset, dataset, evaluated_texts, held_out
from training.examples import Example, read_examples
from training.held_out import score
from training.merging import merge
from training.prompts import DIALECTS
from training.recipes import Recipe, Stage, recipe
from training.sft import Training, adapted, compile_layers

ROOT = Path(__file__).parents[1]
NAME = "smart-er-match extraction"
SMOKE_TOLD = 8
SCORED_EVERY = 5
WHOLE_EVERY = 8
"""Of so many conversations one is learnt whole: a server that draws a token before it looks at the
grammar is slow wherever the model would not have written what is forced."""


def main(
    base: Annotated[Path, typer.Option(help="GGUF file, or a folder of safetensors")],
    work: Annotated[Path, typer.Option(help="where checkpoints and results go")],
    recipe_name: Annotated[str, typer.Option("--recipe", help="of training/recipes")] = "gemma",
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "cpu",
    begun: Annotated[
        Path | None, typer.Option("--begun", help="an adapter GGUF to go on from, with --stage")
    ] = None,
    stage: Annotated[str | None, typer.Option(help="leave out the stages before this one")] = None,
    taught: Annotated[Path | None, typer.Option(help="of python -m training.teaching")] = None,
    compiled: Annotated[
        bool, typer.Option("--compiled", help="join small steps; needs a C++ compiler")
    ] = False,
) -> None:
    """Train an adapter and score it on hand-written utterances that were held out."""
    wanted = recipe(recipe_name)
    lessons = read_examples(taught) if taught else []
    work.mkdir(parents=True, exist_ok=True)
    source = Base(base, device=device)
    model = adapted(source, wanted, export.read_adapter(begun) if begun else None)
    if compiled:
        compile_layers(model)
    training = Training(model, source, wanted, work, typer.echo)
    if stage:
        training.begin_at(stage)
    training.resume()
    while training.stage < len(wanted.stages):
        data = _data(wanted, wanted.stages[training.stage], lessons)
        training.run(_encoded(data, source, wanted))
    adapter = work / "adapter.gguf"
    export.adapter(model, adapter, name=NAME)
    if base.suffix == ".gguf":
        merge(base, adapter, work / "merged.gguf")
        told = held_out()[::SCORED_EVERY]
        told = told[:SMOKE_TOLD] if recipe_name.startswith("smoke") else told
        grammar = TUNED_GRAMMAR.read_text(encoding="utf-8")
        result = score(base, adapter, grammar, DIALECTS[wanted.family], told)
        typer.echo(json.dumps({"recipe": recipe_name, "held_out": asdict(result)}))


def _data(wanted: Recipe, stage: Stage, lessons: Sequence[Example]) -> Dataset:
    """The data of a stage; no two stages compose the same utterances."""
    data = dataset(
        count=stage.composed,
        seed=wanted.seed + 10 * wanted.stages.index(stage),
        rounds=stage.rounds,
        taught=lessons,
        evaluated=evaluated_texts(ROOT / "tests" / "eval"),
    )
    typer.echo(
        f"{stage.name}: {len(data.train)} utterances; {data.too_near} too near to evaluated ones"
    )
    return data


def _encoded(data: Dataset, base: Base, wanted: Recipe) -> list[Encoded]:
    dialect = DIALECTS[wanted.family]
    choices = Choices(TUNED_GRAMMAR.read_text(encoding="utf-8"))
    made = (
        encode(one, base, dialect, wanted.longest, choices, whole=place % WHOLE_EVERY == 0)
        for place, one in enumerate(data.train)
    )
    return [one for one in made if one]


if __name__ == "__main__":
    typer.run(main)
