"""Settings of triage."""

from typing import Annotated, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings

DEV_CHAT_KEY = "for-development-only"
SHORTEST_KEY = 32


def _none_if_blank(value: object) -> object:
    """A variable that is set to nothing, as compose files do, is not set."""
    return None if value == "" else value


class Settings(CommonSettings):
    """Rules need no setting; the database keeps which rules were served when, and dialogues.
    Without a key of OpenAI the clinical table answers alone. Money is in US dollars."""

    model_config = SettingsConfigDict(env_prefix="ER_TRIAGE_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_TRIAGE_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    chat_key: SecretStr = Field(SecretStr(DEV_CHAT_KEY), validation_alias="ER_CHAT_KEY")
    openai_url: str = "https://api.openai.com/v1"
    openai_key: Annotated[SecretStr | None, BeforeValidator(_none_if_blank)] = None
    openai_model: str = Field("gpt-4o", min_length=1)
    openai_timeout_ms: int = Field(1500, ge=100, le=1500)
    openai_daily_usd: float = Field(5, ge=0)
    openai_usd_per_million_in: float = Field(2.5, ge=0)
    openai_usd_per_million_out: float = Field(10, ge=0)

    @model_validator(mode="after")
    def chat_key_is_secret(self) -> Self:
        key = self.chat_key.get_secret_value()
        if self.profile == "production" and (key == DEV_CHAT_KEY or len(key) < SHORTEST_KEY):
            raise ValueError(
                "ER_CHAT_KEY: production needs a key of its own, 32 characters or more"
            )
        return self
