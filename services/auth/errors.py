"""The problems of auth, and how failures beneath it are told to a caller."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError

from services.auth.keystore import RotationRefused
from shared import db
from shared.problems import InvalidRequest, NotFound, ProblemError, Unavailable, render


class ProviderTokenInvalid(ProblemError):
    """What was shown does not prove a login with us; it is never told which check failed."""

    slug, title, status = "provider-token-invalid", "The provider's token is not valid", 401


class ProviderUnavailable(ProblemError):
    slug, title, status = "provider-unavailable", "The provider does not answer", 503


class ProviderMisconfigured(ProblemError):
    """The provider refuses what we sent: an operator must look."""


class Forbidden(ProblemError):
    slug, title, status = "forbidden", "Not allowed", 403


class Conflict(ProblemError):
    slug, title, status = "conflict", "Conflict", 409


class SessionOver(ProblemError):
    slug, title, status = "unauthenticated", "Not authenticated", 401


class ProviderUnknown(NotFound):
    """A provider that nobody has set up here."""


def invalid_token() -> ProblemError:
    return ProviderTokenInvalid("the login could not be confirmed")


def wrong(pointer: str, message: str) -> ProblemError:
    told = {"pointer": pointer, "message": message}
    return InvalidRequest("the request does not fit", errors=[told])


def install(app: FastAPI) -> None:
    """A database or a Redis that went away is told as unavailable."""
    db.install(app)
    app.add_exception_handler(RedisError, _unavailable)
    app.add_exception_handler(RotationRefused, _refused)


async def _unavailable(_: Request, __: Exception) -> JSONResponse:
    return render(Unavailable("sessions cannot be read or written now"))


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return render(Conflict(str(error)))
