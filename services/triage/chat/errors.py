"""Problems of sessions."""

from shared.problems import NotFound, ProblemError


class SessionNotFound(NotFound):
    """Also for a session of somebody else: a foreign id tells nothing."""

    slug, title = "session-not-found", "No such session"


class SessionEnded(ProblemError):
    slug, title, status = "session-ended", "The session has ended", 410


class SessionExpired(ProblemError):
    slug, title, status = "session-expired", "The session has expired", 410

    def __init__(self, successor: str) -> None:
        super().__init__(
            "five minutes passed without a message; go on in the session of resume",
            extra={"resume": {"session_id": successor}},
        )


class Conflict(ProblemError):
    slug, title, status = "conflict", "Conflict", 409
