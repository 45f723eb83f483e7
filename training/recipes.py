"""What decides the outcome of a training beside the data: one file per model."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "recipes"
Family = Literal["gemma", "qwen"]


class Stage(BaseModel):
    """One pass over a mixture of the data. `rate` is the highest learning rate, reached after
    `warmup` of the steps; `steps` ends the stage early."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    composed: Annotated[int, Field(ge=0)]
    rounds: Annotated[int, Field(ge=0)]
    epochs: Annotated[float, Field(gt=0)]
    rate: Annotated[float, Field(gt=0)]
    batch_tokens: Annotated[int, Field(gt=0)]
    head: Literal["whole", "sampled"]
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.03
    steps: Annotated[int, Field(gt=0)] | None = None


class Recipe(BaseModel):
    """The stages, in their order, and the adapter's shape. `longest` is in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: Family
    seed: int
    rank: Annotated[int, Field(gt=0)]
    alpha: Annotated[int, Field(gt=0)]
    longest: Annotated[int, Field(gt=0)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]


def recipe(name: str, folder: Path = FOLDER) -> Recipe:
    """The recipe of that name; a ValueError where the file is not its shape."""
    return Recipe.model_validate(yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")))
