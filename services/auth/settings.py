"""Settings of auth."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from services.auth import keys
from services.auth.keystore import Overlap, Source
from services.auth.providers.endpoints import DEFAULTS, Endpoint, endpoint
from services.auth.sessions import Lives
from shared.contracts.auth import JWKS_MAX_AGE_S, Provider
from shared.settings import CommonSettings, SettingsError
from shared.tokens import LEEWAY_S

DEV_DATA_KEY = "for-development-only"
PROVIDER_SETTINGS = (
    "client_id", "client_secret", "app_id", "issuer", "api_url", "token_url", "authorize_url",
    "jwks_url",
)  # fmt: skip


def _listed(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


class Settings(CommonSettings):
    """`issuer` is what tokens carry as `iss`; lives are in seconds. A provider without a client
    id is not offered; `client_id` may list further accepted ones after a comma."""

    model_config = SettingsConfigDict(env_prefix="ER_AUTH_")

    database_url: SecretStr = Field(
        validation_alias=AliasChoices("ER_AUTH_DATABASE_URL", "ER_DATABASE_URL")
    )
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    triage_url: str = Field("http://127.0.0.1:8103", validation_alias="ER_TRIAGE_URL")
    public_url: str = Field("http://127.0.0.1:8000", validation_alias="ER_PUBLIC_URL")
    issuer: str = "smart-er-match"
    access_life_s: int = Field(600, gt=0, le=900)
    guest_life_s: int = Field(7200, gt=0, le=7200)
    refresh_idle_s: int = Field(14 * 86_400, gt=0, le=14 * 86_400)
    refresh_absolute_s: int = Field(30 * 86_400, gt=0, le=30 * 86_400)
    refresh_grace_s: float = Field(3.0, ge=0, le=5)
    fresh_login_s: int = Field(300, gt=0, le=900)
    jwks_max_age_s: int = Field(JWKS_MAX_AGE_S, gt=0, le=JWKS_MAX_AGE_S)
    signing_keys: SecretStr = SecretStr("")
    signing_keys_file: Path | None = None
    data_key: SecretStr = SecretStr(DEV_DATA_KEY)
    redirect_uris: Annotated[list[str], NoDecode, BeforeValidator(_listed)] = []
    naver_classic: Literal["on", "off"] = "off"
    kakao_client_id: str = ""
    kakao_client_secret: SecretStr = SecretStr("")
    kakao_app_id: str = ""
    kakao_issuer: str = ""
    kakao_api_url: str = ""
    kakao_token_url: str = ""
    kakao_authorize_url: str = ""
    kakao_jwks_url: str = ""
    naver_client_id: str = ""
    naver_client_secret: SecretStr = SecretStr("")
    naver_app_id: str = ""
    naver_issuer: str = ""
    naver_api_url: str = ""
    naver_token_url: str = ""
    naver_authorize_url: str = ""
    naver_jwks_url: str = ""
    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_app_id: str = ""
    google_issuer: str = ""
    google_api_url: str = ""
    google_token_url: str = ""
    google_authorize_url: str = ""
    google_jwks_url: str = ""

    def source(self) -> Source:
        """Where signing keys come from; raises SettingsError or KeyUnreadable."""
        bundle = self.signing_keys.get_secret_value().replace("\\n", "\n")
        if self.signing_keys_file is not None:
            try:
                bundle = self.signing_keys_file.read_text()
            except (OSError, ValueError):
                raise SettingsError(
                    "settings: ER_AUTH_SIGNING_KEYS_FILE: it cannot be read"
                ) from None
        return Source(self.service_key.get_secret_value(), keys.read(bundle) if bundle else ())

    def overlap(self) -> Overlap:
        """A key is shown for two lives of the verifiers' cache before it signs, and kept as long
        as the longest token afterwards."""
        longest = max(self.access_life_s, self.guest_life_s)
        return Overlap(2 * self.jwks_max_age_s, longest + 2 * LEEWAY_S)

    def lives(self) -> Lives:
        return Lives(self.refresh_idle_s, self.refresh_absolute_s, self.refresh_grace_s)

    def endpoints(self) -> Mapping[Provider, Endpoint]:
        """The providers that are set up."""
        found = {name: self._endpoint(name) for name in DEFAULTS}
        return {name: to for name, to in found.items() if to is not None}

    def refuse_unsafe(self) -> None:
        """In production keys are given and secret; a provider that is not there is no login."""
        if self.profile != "production":
            return
        if not self.signing_keys.get_secret_value() and self.signing_keys_file is None:
            raise SettingsError(
                "settings: ER_AUTH_SIGNING_KEYS_FILE: production needs signing keys"
                " from a file, or from the secret ER_AUTH_SIGNING_KEYS"
            )
        if len(self.data_key.get_secret_value()) < 32:
            raise SettingsError(
                "settings: ER_AUTH_DATA_KEY: production needs 32 characters or more"
            )
        plain = [name for name, to in self.endpoints().items() if not _is_safe(to)]
        if plain:
            raise SettingsError(f"settings: {', '.join(plain)}: production speaks https alone")

    def _endpoint(self, name: Provider) -> Endpoint | None:
        given = {}
        for part in PROVIDER_SETTINGS:
            value = getattr(self, f"{name}_{part}")
            given[part] = value.get_secret_value() if isinstance(value, SecretStr) else value
        return endpoint(name, given, classic=name == "naver" and self.naver_classic == "on")


def _is_safe(to: Endpoint) -> bool:
    urls = (to.authorize_url, to.token_url, to.jwks_url, to.api_url or "https://")
    return all(url.startswith("https://") for url in urls)
