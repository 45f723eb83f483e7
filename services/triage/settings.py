"""Settings of triage."""

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Rules need no setting; the database keeps which rules were served when."""

    model_config = SettingsConfigDict(env_prefix="ER_TRIAGE_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_TRIAGE_DATABASE_URL", "ER_DATABASE_URL")
    )
