"""Settings of triage."""

from typing import Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings

DEV_CHAT_KEY = "for-development-only"
SHORTEST_KEY = 32


class Settings(CommonSettings):
    """Rules need no setting; the database keeps which rules were served when, and dialogues."""

    model_config = SettingsConfigDict(env_prefix="ER_TRIAGE_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_TRIAGE_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    chat_key: SecretStr = Field(SecretStr(DEV_CHAT_KEY), validation_alias="ER_CHAT_KEY")

    @model_validator(mode="after")
    def chat_key_is_secret(self) -> Self:
        key = self.chat_key.get_secret_value()
        if self.profile == "production" and (key == DEV_CHAT_KEY or len(key) < SHORTEST_KEY):
            raise ValueError(
                "ER_CHAT_KEY: production needs a key of its own, 32 characters or more"
            )
        return self
