"""Problems that the gateway passes on as they are, or makes itself."""

from shared.problems import NotFound, ProblemError


class HospitalNotFound(NotFound):
    slug, title = "hospital-not-found", "No such hospital"


class SessionNotFound(NotFound):
    slug, title = "session-not-found", "No such session"


class SessionEnded(ProblemError):
    slug, title, status = "session-ended", "The session has ended", 410


class SessionExpired(ProblemError):
    slug, title, status = "session-expired", "The session has expired", 410


class Conflict(ProblemError):
    slug, title, status = "conflict", "Conflict", 409


class RateLimited(ProblemError):
    slug, title, status = "rate-limited", "Too many requests", 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__("wait a moment", headers={"Retry-After": str(max(1, retry_after_s))})


class Forbidden(ProblemError):
    slug, title, status = "forbidden", "Not allowed", 403


class ProviderTokenInvalid(ProblemError):
    slug, title, status = "provider-token-invalid", "The provider's token is not valid", 401


class ProviderUnavailable(ProblemError):
    slug, title, status = "provider-unavailable", "The provider does not answer", 503
