"""Settings of auth."""

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """`issuer` is what tokens carry as `iss`; lives are in seconds."""

    model_config = SettingsConfigDict(env_prefix="ER_AUTH_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_AUTH_DATABASE_URL", "ER_DATABASE_URL")
    )
    issuer: str = "smart-er-match"
    guest_life_s: int = Field(7200, gt=0, le=7200)
