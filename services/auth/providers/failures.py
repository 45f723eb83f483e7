"""What a provider's refusal means to our caller. Codes are switched on, texts never: they change,
and nothing of a provider's body is told on. Sources: contracts of the providers' error pages."""

from collections.abc import Callable, Mapping
from typing import Any

from services.auth.errors import (
    Forbidden,
    ProviderMisconfigured,
    ProviderUnavailable,
    invalid_token,
)
from shared import logs
from shared.problems import InvalidRequest, ProblemError

KAKAO_API: Mapping[int, Callable[[], ProblemError]] = {
    -401: invalid_token,
    -402: lambda: Forbidden("the provider asks for a further consent"),
    -406: lambda: Forbidden("the provider does not allow this account"),
    -101: invalid_token,
    -103: invalid_token,
    -1: lambda: ProviderUnavailable("kakao has a fault of its own"),
    -7: lambda: ProviderUnavailable("kakao has a fault of its own"),
    -9798: lambda: ProviderUnavailable("kakao is under maintenance"),
    -10: lambda: _alarmed("kakao", "quota", ProviderUnavailable("kakao takes no more calls")),
}
KAKAO_LOGIN: Mapping[str, Callable[[], ProblemError]] = {
    "KOE006": lambda: _alarmed("kakao", "KOE006", _wrong_code()),
    "KOE320": lambda: _wrong_code(),  # noqa: PLW0108 - it is defined below
    "KOE101": lambda: misconfigured("kakao", "KOE101"),
    "KOE003": lambda: ProviderUnavailable("kakao has a fault of its own"),
}
NAVER_API: Mapping[str, Callable[[], ProblemError]] = {
    "024": invalid_token,
    "028": lambda: misconfigured("naver", "028"),
}
OURS = frozenset({"invalid_client", "unauthorized_client", "invalid_request", "invalid_scope"})
THEIRS = frozenset({"server_error", "temporarily_unavailable"})


def kakao_api(status: int, body: Mapping[str, Any] | None) -> ProblemError:
    """Of kapi, by `code`; an answer that says nothing known is a fault of the provider."""
    code = (body or {}).get("code")
    if isinstance(code, int) and code in KAKAO_API:
        return KAKAO_API[code]()
    if code in (-2, -3, -5, -8):
        return misconfigured("kakao", str(code))
    return invalid_token() if status == 401 else ProviderUnavailable("kakao answers otherwise")


def naver_api(status: int, body: Mapping[str, Any] | None) -> ProblemError:
    """Of openapi.naver.com, by `resultcode`."""
    code = str((body or {}).get("resultcode", ""))
    if code in NAVER_API:
        return NAVER_API[code]()
    if status == 403:
        return Forbidden("the provider does not allow this")
    return invalid_token() if status == 401 else ProviderUnavailable("naver answers otherwise")


def refused_code(provider: str, error: str) -> ProblemError:
    """Of a token endpoint, by `error` (RFC 6749, 5.2); Naver sends it with status 200, too."""
    if error in OURS:
        return misconfigured(provider, error)
    if error in THEIRS:
        return ProviderUnavailable(f"{provider} has a fault of its own")
    return _wrong_code()


def token_response(provider: str) -> Callable[[Any], Any]:
    """A hook that reads Kakao's own code before only its OAuth name is left."""

    def hook(response: Any) -> Any:
        try:
            code = response.json().get("error_code")
        except (ValueError, AttributeError):
            return response
        if provider == "kakao" and code in KAKAO_LOGIN:
            raise KAKAO_LOGIN[code]()
        return response

    return hook


def misconfigured(provider: str, code: str) -> ProblemError:
    """500, and an operator is told."""
    return _alarmed(provider, code, ProviderMisconfigured("the login is not set up rightly"))


def _wrong_code() -> ProblemError:
    told = {"pointer": "/code", "message": "the code is used, expired or unknown"}
    return InvalidRequest("the provider does not take the code", errors=[told])


def _alarmed(provider: str, code: str, problem: ProblemError) -> ProblemError:
    log = logs.logger("auth.providers")
    log.error("an operator must look at a provider", provider=provider, code=code)
    return problem
