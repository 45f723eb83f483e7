"""Client apps: who shows a key of theirs is counted by auth, against the key's daily quota."""

from datetime import UTC, datetime

from fastapi import Request

from services.gateway.errors import Forbidden, RateLimited
from shared.context import Deadline
from shared.contracts.auth import ApiKeyShown, ApiKeyUse, KeyScope
from shared.peer import Peer
from shared.problems import ProblemError, Unauthenticated

HEADER = "x-api-key"
KEY_LIMIT = 256
COUNT_S = 1.0
SCOPES: dict[str, KeyScope] = {
    "recommendation": "recommendation",
    "hospitals": "hospitals",
    "chat": "chat",
    "status": "status",
    "auth": "auth",
}


def shown(request: Request) -> str | None:
    """The key that a request shows."""
    key = request.headers.get(HEADER)
    if key is not None and not 0 < len(key) <= KEY_LIMIT:
        raise Unauthenticated("the key is not valid")
    return key


async def counted(auth: Peer, key: str, tags: list[str]) -> ApiKeyUse | None:
    """The app, after this call of an address with these tags was counted; None where auth cannot
    be asked: then the caller is one without a key, and help goes on within that limit."""
    scope = next((SCOPES[tag] for tag in tags if tag in SCOPES), None)
    if scope is None:
        raise Forbidden("no key opens this address")
    try:
        use = await auth.call(
            "POST",
            "/v1/api-key-uses",
            ApiKeyUse,
            body=ApiKeyShown(key=key, scope=scope),
            deadline=Deadline.after(COUNT_S),
            passes=(Unauthenticated, Forbidden),
        )
    except (Unauthenticated, Forbidden):
        raise
    except ProblemError:
        return None
    if use.exceeded:
        raise RateLimited(retry_after_s=int((use.resets_at - datetime.now(UTC)).total_seconds()))
    return use
