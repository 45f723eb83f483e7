"""The two moods of a message: a request is read strictly, an answer with tolerance."""

from pydantic import BaseModel, ConfigDict


class Request(BaseModel):
    """What a caller sends: an unknown field is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What a service tells: a reader ignores fields that it does not know yet."""

    model_config = ConfigDict(extra="ignore", frozen=True)
