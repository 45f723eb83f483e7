"""Settings of matching."""

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """`snapshot_poll_s`: how often the pointer is read, beside the announcements. `osrm_url`: base
    address of a router, none for estimates alone; `holds`: whether "going" takes part of a bed."""

    model_config = SettingsConfigDict(env_prefix="ER_MATCHING_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_MATCHING_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    snapshot_poll_s: float = Field(5.0, gt=0)
    osrm_url: str = ""
    osrm_timeout_ms: int = Field(300, gt=0)
    holds: bool = True
