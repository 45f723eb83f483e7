"""Answers that a client need not read twice."""

import hashlib

from fastapi import Request, Response
from pydantic import BaseModel

AGEING = {"age_s"}
"""What changes by itself: a client that keeps an answer counts the age from `reported_at`."""


def conditional(request: Request, answer: BaseModel) -> Response:
    """The answer with a weak ETag over all but its ages; 304 where the client holds it already."""
    told = answer.model_dump_json(exclude=AGEING)
    tag = f'W/"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}
    if tag in [known.strip() for known in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(answer.model_dump_json(), media_type="application/json", headers=headers)
