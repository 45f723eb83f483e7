"""Settings of the gateway."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from limits import RateLimitItem, parse
from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.contracts.auth import JWKS_MAX_AGE_S
from shared.settings import CommonSettings


def _listed(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _limit(value: object) -> object:
    if not isinstance(value, str):
        return value
    return None if value.strip().lower() == "off" else parse(value)


def _networks(value: object) -> object:
    parts = _listed(value)
    return [ip_network(part) for part in parts] if isinstance(parts, list) else parts


Limit = Annotated[RateLimitItem | None, NoDecode, BeforeValidator(_limit)]
Texts = Annotated[list[str], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[list[IPv4Network | IPv6Network], NoDecode, BeforeValidator(_networks)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s;,'\"/]+/[^\s;,'\"]*\{z\}[^\s;,'\"]*$")]
Tiles = Annotated[Address | None, BeforeValidator(lambda value: value or None)]


class Settings(CommonSettings):
    """Limits are written as `60/minute`, or `off`; lists with commas; networks as CIDR."""

    model_config = SettingsConfigDict(env_prefix="ER_GATEWAY_", arbitrary_types_allowed=True)

    port: int = 8000
    inner_port: int = 8100
    redis_url: SecretStr = Field(validation_alias="ER_REDIS_URL")
    auth_url: str = Field("http://127.0.0.1:8101", validation_alias="ER_AUTH_URL")
    sync_url: str = Field("http://127.0.0.1:8102", validation_alias="ER_SYNC_URL")
    triage_url: str = Field("http://127.0.0.1:8103", validation_alias="ER_TRIAGE_URL")
    matching_url: str = Field("http://127.0.0.1:8104", validation_alias="ER_MATCHING_URL")
    issuer: str = Field("smart-er-match", validation_alias="ER_AUTH_ISSUER")
    limit_address: Limit = Field(parse("60/minute"), validate_default=False)
    limit_token: Limit = Field(parse("120/minute"), validate_default=False)
    limit_guest: Limit = Field(parse("20/hour"), validate_default=False)
    limit_login: Limit = Field(parse("10/minute"), validate_default=False)
    limit_failed_login: Limit = Field(parse("5/minute"), validate_default=False)
    jwks_max_age_s: int = Field(
        JWKS_MAX_AGE_S, gt=0, le=JWKS_MAX_AGE_S, validation_alias="ER_AUTH_JWKS_MAX_AGE_S"
    )
    public_url: str = Field("http://127.0.0.1:8000", validation_alias="ER_PUBLIC_URL")
    cors: Texts = []
    streams: Annotated[int, Field(ge=0)] = 5000
    tiles: Tiles = None
    tiles_credit: str = ""
    trusted_proxies: Networks = Field([], validation_alias="ER_TRUSTED_PROXIES")
