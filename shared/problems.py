"""Errors as RFC 9457 problems: slug, title and status are class data, the detail is for people."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.context import trace_id

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """A mistake or failure that the caller may be told about."""

    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    status: ClassVar[int] = 500

    def __init__(
        self,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers
        self.extra = extra or {}


class InvalidRequest(ProblemError):
    slug, title, status = "invalid-request", "Invalid request", 422

    def __init__(self, detail: str, *, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail, extra={"errors": errors or [{"pointer": "", "message": detail}]})


class BodyTooLarge(ProblemError):
    slug, title, status = "body-too-large", "Body too large", 413


class UnsupportedMediaType(ProblemError):
    slug, title, status = "unsupported-media-type", "Unsupported media type", 415


class Unauthenticated(ProblemError):
    slug, title, status = "unauthenticated", "Not authenticated", 401

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class NotFound(ProblemError):
    slug, title, status = "not-found", "Not found", 404


class UpstreamFailed(ProblemError):
    slug, title, status = "upstream-failed", "A part of the system failed", 502


class Unavailable(ProblemError):
    slug, title, status = "unavailable", "Not available now", 503


class DeadlineExceeded(ProblemError):
    slug, title, status = "deadline-exceeded", "Out of time", 504


def render(problem: ProblemError) -> JSONResponse:
    """The response that tells a problem."""
    body = {
        "type": f"urn:er:{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "trace_id": trace_id(),
        **problem.extra,
    }
    return JSONResponse(body, problem.status, dict(problem.headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error that a handler or the framework raises a problem."""
    app.add_exception_handler(ProblemError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this class alone
    return render(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    errors = [{"pointer": _pointer(e["loc"]), "message": e["msg"]} for e in error.errors()]
    return render(InvalidRequest("the request does not fit", errors=errors))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    kind = _BY_STATUS.get(error.status_code, ProblemError)
    problem = kind(str(error.detail))
    problem.headers = error.headers
    return render(problem)


def _pointer(loc: tuple[int | str, ...]) -> str:
    # FastAPI begins with where it looked; a pointer into the body (RFC 6901) begins in the body.
    parts = loc[1:] if loc[:1] == ("body",) else loc
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class MethodNotAllowed(ProblemError):
    slug, title, status = "method-not-allowed", "Method not allowed", 405


_BY_STATUS: dict[int, Callable[[str], ProblemError]] = {
    400: InvalidRequest,  # what FastAPI says of a body that it cannot decode
    401: Unauthenticated,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
    503: Unavailable,
}
