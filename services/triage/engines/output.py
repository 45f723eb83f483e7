"""What a model's answer has to be: the contract that the grammar promises, checked once more."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.triage.engines.grammar import (
    HISTORY_WORDS,
    LIST_LIMIT,
    NOTE_WORDS,
    OLDEST_YEARS,
    WORD_LETTERS,
)

Codes = Annotated[list[str], Field(max_length=LIST_LIMIT)]
Disease = Annotated[
    str, Field(min_length=1, max_length=HISTORY_WORDS * (WORD_LETTERS + 1), pattern=r'^[^"\\\n]+$')
]


class UnreadableOutput(Exception):
    """An answer outside the contract; the text names the kind of fault and holds none of it."""


class ModelOutput(BaseModel):
    """One answer of a model. Nothing is implied: null is unknown, an absent key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    age: Annotated[int, Field(ge=0, le=OLDEST_YEARS)] | None
    gender: Literal["M", "F"] | None
    symptoms: Codes
    negated: Codes
    is_self: bool | None
    history: Annotated[list[Disease], Field(max_length=LIST_LIMIT)]
    special_note: Annotated[
        str, Field(max_length=NOTE_WORDS * (WORD_LETTERS + 1), pattern=r'^[^"\\\n]*$')
    ]


def read_output(content: str, codes: Collection[str]) -> ModelOutput:
    """The answer as the contract's model; raises UnreadableOutput, for an unknown code too."""
    try:
        output = ModelOutput.model_validate_json(content)
    except ValidationError as error:
        kinds = sorted({found["type"] for found in error.errors(include_input=False)})
        raise UnreadableOutput(", ".join(kinds)) from None
    if not {*output.symptoms, *output.negated} <= set(codes):
        raise UnreadableOutput("unknown_code")
    return output
