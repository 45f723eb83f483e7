"""Liveness and readiness: the loop answers; own dependencies answer. Peers are never asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import stamina
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

Check = Callable[[], Awaitable[str]]
"""Says in a word how a dependency is; raises when it is not usable."""

CHECK_TIMEOUT_S = 2.0
START_TIMEOUT_S = 10.0


class Unusable(Exception):
    """Something that a service needs cannot be used; the text is one line for an operator."""


def at_start(*, on: tuple[type[Exception], ...]) -> AsyncIterator[stamina.Attempt]:
    """Attempts at reaching a dependency that may still be starting: for ten seconds, no longer."""
    return stamina.retry_context(
        on=on, attempts=None, timeout=START_TIMEOUT_S, wait_initial=0.2, wait_max=1.0
    )


router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The event loop answers."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "a dependency is not usable"}})
async def readyz(request: Request) -> JSONResponse:
    """Every dependency of this service, each with what it said."""
    checks: Mapping[str, Check] = request.state.checks
    results = await asyncio.gather(*(_run(check) for check in checks.values()))
    report = {
        name: {"ok": ok, "detail": detail}
        for name, (ok, detail) in zip(checks, results, strict=True)
    }
    ready = all(ok for ok, _ in results)
    return JSONResponse({"ready": ready, "checks": report}, 200 if ready else 503)


async def _run(check: Check) -> tuple[bool, str]:
    try:
        return True, await asyncio.wait_for(check(), CHECK_TIMEOUT_S)
    except Exception as error:  # noqa: BLE001 - whatever a dependency raises, it is not usable
        return False, type(error).__name__
