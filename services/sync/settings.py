"""Settings of sync."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import CommonSettings, SettingsError

NATIONAL_URL = "http://apis.data.go.kr/B552657/ErmctInfoInqireService"
NATIONAL_DAILY_CALLS = 1000
"""What data.go.kr grants an account before one asks for more."""


def _none_if_blank(value: object) -> object:
    """A variable that is set to nothing, as compose files do, is not set."""
    return None if value == "" else value


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
    daily_calls: Annotated[int | None, BeforeValidator(_none_if_blank)] = Field(None, ge=4)
    nmc_connect_timeout_s: float = Field(5, gt=0)
    nmc_read_timeout_s: float = Field(15, gt=0)
    nmc_total_timeout_s: float = Field(30, gt=0)
    payload_dir: Annotated[Path | None, BeforeValidator(_none_if_blank)] = None
    payload_s3: Annotated[str | None, BeforeValidator(_none_if_blank)] = Field(
        None, pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/.*)?$"
    )

    @property
    def calls_limit(self) -> int | None:
        """Calls of the source a day: as set, else what data.go.kr grants; a feed elsewhere (the
        simulator, a replay) has no quota of its own."""
        if self.daily_calls is not None:
            return self.daily_calls
        host = urlsplit(self.nmc_url).hostname or ""
        return NATIONAL_DAILY_CALLS if host.endswith("data.go.kr") else None

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

    @model_validator(mode="after")
    def _require_folder(self) -> Self:
        if self.payload_s3 and self.payload_dir is None:
            raise SettingsError(
                "settings: ER_SYNC_PAYLOAD_DIR: rounds are copied to S3 from there, so it is needed"
            )
        return self
