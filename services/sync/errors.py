"""The problems of sync, and how failures beneath it are told to a caller."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError

from services.sync.failures import SourceFailure
from services.sync.worker import WorkerLost
from shared import db
from shared.contracts.sync import SearchRequest
from shared.problems import InvalidRequest, ProblemError, Unavailable, UpstreamFailed, render


class HospitalNotFound(ProblemError):
    slug, title, status = "hospital-not-found", "Hospital not found", 404


def source_problem(failure: SourceFailure) -> ProblemError:
    """A round that brought nothing, with the failure's kind and what an operator can do."""
    problem = UpstreamFailed(f"the source gave nothing ({failure.kind}): {failure.next_step}")
    problem.extra = {"cause": failure.kind}
    return problem


class OverrideNotInForce(ProblemError):
    slug, title, status = "not-found", "Override not in force", 404


def wrong_override(pointer: str, message: str) -> ProblemError:
    told = {"pointer": pointer, "message": message}
    return InvalidRequest("the override does not fit", errors=[told])


def half_a_place(request: SearchRequest) -> ProblemError:
    missing = "/latitude" if request.latitude is None else "/longitude"
    told = {"pointer": missing, "message": "latitude and longitude come together"}
    return InvalidRequest("a place needs both numbers", errors=[told])


def install(app: FastAPI) -> None:
    """A database, a Redis or a worker that went away is told as unavailable."""
    db.install(app)
    app.add_exception_handler(RedisError, _unavailable)
    app.add_exception_handler(WorkerLost, _without_worker)


async def _unavailable(_: Request, __: Exception) -> JSONResponse:
    return render(Unavailable("Redis does not answer now"))


async def _without_worker(_: Request, __: Exception) -> JSONResponse:
    return render(Unavailable("the round's worker ended; the next round starts another"))
