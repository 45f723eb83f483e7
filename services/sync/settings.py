"""Settings of sync."""

from typing import Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings, SettingsError

NATIONAL_URL = "http://apis.data.go.kr/B552657/ErmctInfoInqireService"


class Settings(CommonSettings):
    """Times are in seconds. `nmc_key` may be given percent-encoded or not."""

    model_config = SettingsConfigDict(env_prefix="ER_SYNC_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_SYNC_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    nmc_url: str = NATIONAL_URL
    nmc_key: SecretStr = SecretStr("")
    interval_s: float = Field(300, ge=1, le=3600)
    nmc_connect_timeout_s: float = Field(5, gt=0)
    nmc_read_timeout_s: float = Field(15, gt=0)
    nmc_total_timeout_s: float = Field(30, gt=0)

    @model_validator(mode="after")
    def _require_key(self) -> Self:
        national = self.nmc_url.rstrip("/") == NATIONAL_URL
        if not self.nmc_key.get_secret_value() and (
            self.profile == "production" or (national and not self.simulated)
        ):
            raise SettingsError(
                "settings: ER_SYNC_NMC_KEY: the national feed needs the service key of data.go.kr"
            )
        return self
