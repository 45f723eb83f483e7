"""Settings that every service has, from the environment (and `.env` in the dev profile)."""

import os
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

DEV_SERVICE_KEY = "for-development-only"

S = TypeVar("S", bound=BaseSettings)


class SettingsError(Exception):
    """Settings that cannot be used; the text is one line and holds no value."""


class CommonSettings(BaseSettings):
    """What is true for every process. Secrets have no usable default outside dev."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    profile: Literal["dev", "production"] = Field("dev", validation_alias="ER_PROFILE")
    dataset: Literal["live", "demo"] = Field("live", validation_alias="ER_DATASET")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="ER_LOG_LEVEL"
    )
    service_key: SecretStr = Field(SecretStr(DEV_SERVICE_KEY), validation_alias="ER_SERVICE_KEY")

    @property
    def simulated(self) -> bool:
        return self.dataset == "demo"


def load(kind: type[S]) -> S:
    """Settings from the environment, or SettingsError that names each wrong variable."""
    production = os.environ.get("ER_PROFILE") == "production"
    try:
        settings = kind(_env_file=None if production else ".env")
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"settings: {wrong}") from None
    if isinstance(settings, CommonSettings) and settings.profile == "production":
        _refuse_unsafe(settings)
    return settings


def _refuse_unsafe(settings: CommonSettings) -> None:
    if settings.simulated:
        raise SettingsError("settings: ER_DATASET: the production profile refuses simulated data")
    if len(settings.service_key.get_secret_value()) < 32:
        raise SettingsError("settings: ER_SERVICE_KEY: production needs 32 characters or more")
    if settings.service_key.get_secret_value() == DEV_SERVICE_KEY:
        raise SettingsError(
            "settings: ER_SERVICE_KEY: the development key is refused in production"
        )
