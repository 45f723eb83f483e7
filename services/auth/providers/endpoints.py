"""Where the providers are, and who we are to them. Addresses as of November 2026; those of Kakao
and Naver are told by third parties, so every one of them can be set."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.auth import Provider


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One provider. The first of `client_ids` is ours on the web; all of them are accepted as
    audience (Kakao's native key, Google's clients of other platforms)."""

    name: Provider
    client_ids: tuple[str, ...]
    client_secret: str
    app_id: str
    issuers: tuple[str, ...]
    authorize_url: str
    token_url: str
    jwks_url: str
    api_url: str
    classic: bool = False

    @property
    def client_id(self) -> str:
        return self.client_ids[0]

    @property
    def space(self) -> str:
        """Subjects of one space are comparable: Naver's two logins tell different ones."""
        return f"{self.name}-classic" if self.classic else self.name


DEFAULTS: Mapping[Provider, Mapping[str, str]] = {
    "kakao": {
        "issuer": "https://kauth.kakao.com",
        "authorize_url": "https://kauth.kakao.com/oauth/authorize",
        "token_url": "https://kauth.kakao.com/oauth/token",
        "jwks_url": "https://kauth.kakao.com/.well-known/jwks.json",
        "api_url": "https://kapi.kakao.com",
    },
    "naver": {
        "issuer": "https://nid.naver.com",
        "authorize_url": "https://nid.naver.com/oauth2/authorize",
        "token_url": "https://nid.naver.com/oauth2/token",
        "jwks_url": "https://nid.naver.com/oauth2/jwks",
        "api_url": "https://openapi.naver.com",
    },
    "google": {
        "issuer": "https://accounts.google.com,accounts.google.com",
        "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_url": "https://oauth2.googleapis.com/token",
        "jwks_url": "https://www.googleapis.com/oauth2/v3/certs",
        "api_url": "",
    },
}
NAVER_CLASSIC = {
    "authorize_url": "https://nid.naver.com/oauth2.0/authorize",
    "token_url": "https://nid.naver.com/oauth2.0/token",
}


def endpoint(name: Provider, given: Mapping[str, str], *, classic: bool = False) -> Endpoint | None:
    """From what was set, over the known addresses; None where no client id was."""
    client_ids = _listed(given.get("client_id", ""))
    if not client_ids:
        return None
    known = {**DEFAULTS[name], **(NAVER_CLASSIC if classic else {})}
    at = {**known, **{key: value for key, value in given.items() if value}}
    return Endpoint(
        name=name,
        client_ids=client_ids,
        client_secret=at.get("client_secret", ""),
        app_id=at.get("app_id", ""),
        issuers=_listed(at["issuer"]),
        authorize_url=at["authorize_url"],
        token_url=at["token_url"],
        jwks_url=at["jwks_url"],
        api_url=at["api_url"].rstrip("/"),
        classic=classic,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
