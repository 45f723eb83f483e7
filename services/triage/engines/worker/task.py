"""What the parent tells the worker, and what the worker is asked."""

from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

BackendName = Literal["native", "llama-cpp-python"]

LOAD_FAILED = 3
"""Exit code: the model or the adapter cannot be loaded, so that trying again is of no use soon."""


class Task(BaseModel):
    """One line of JSON on the worker's standard input; a key on a command line could be read by
    everybody. `context` counts the tokens of one request, `queue` the requests that may wait."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: BackendName
    model: str
    adapter: str | None = None
    key: Annotated[str, Field(min_length=16)]
    threads: Annotated[int, Field(ge=1)]
    context: Annotated[int, Field(ge=256)] = 4096
    queue: Annotated[int, Field(ge=0)] = 8


class CompletionRequest(BaseModel):
    """The part of the dialect's request that the worker honours; the rest is ignored, as llama.cpp
    does. There is no completion without an end, and none without a grammar's leave."""

    prompt: Annotated[str, Field(max_length=100_000)]
    n_predict: Annotated[int, Field(ge=1, le=2048)]
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    grammar: Annotated[str, Field(max_length=100_000)] = ""
    cache_prompt: bool = True
    stop: Annotated[list[str], Field(max_length=8)] = []
    seed: int | None = None
    n_probs: Annotated[int, Field(ge=0, le=16)] = 0


class BadRequest(Exception):
    """A request that cannot be served; the text is one line and holds nothing of the prompt."""


class Backend(Protocol):
    """What decodes. `complete` returns an answer of the dialect; cancelling it ends the work."""

    async def complete(self, request: CompletionRequest) -> dict[str, Any]: ...

    async def close(self) -> None: ...
