"""A scriptable chat completions server that misbehaves in every way that OpenAI was seen to."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

GOOD_CODES = ("hvctayn", "hvmriayn", "hvec")
GOOD_COMMENT = "영상 검사를 바로 할 수 있는 응급실이 도움이 됩니다"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. `cut` ends the connection in the middle of the body."""

    body: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    delay_s: float = 0.0
    cut: bool = False


@dataclass(slots=True)
class FakeOpenAi:
    """Answers from the script, then good ones; every request that came in is kept."""

    script: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/chat/completions", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        self.requests.append(await request.json())
        self.keys.append(request.headers.get("authorization", ""))
        reply = self.script.pop(0) if self.script else completion()
        await asyncio.sleep(reply.delay_s)
        if reply.cut:
            return StreamingResponse(_broken(reply.body), headers={"content-length": "100000"})
        return Response(
            reply.body, reply.status, headers=dict(reply.headers), media_type=reply.media_type
        )


async def _broken(body: str) -> AsyncIterator[bytes]:
    yield body.encode()


def completion(
    codes: Sequence[object] = GOOD_CODES, comment: object = GOOD_COMMENT, **changed: Any
) -> Reply:
    """A whole answer; `changed` overrides keys of its only choice."""
    return content(json.dumps({"codes": list(codes), "comment": comment}), **changed)


def content(text: str | None, **changed: Any) -> Reply:
    """An answer with this text, whatever it is."""
    message = {"role": "assistant", "content": text, "refusal": None}
    return _enveloped([{"index": 0, "finish_reason": "stop", "message": message, **changed}])


def refusal() -> Reply:
    message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    return _enveloped([{"index": 0, "finish_reason": "stop", "message": message}])


def nothing() -> Reply:
    """A completion without a choice."""
    return _enveloped([])


def problem(status: int, code: str, message: str = "no", **headers: str) -> Reply:
    """An error as the API tells it."""
    told = {"error": {"message": message, "type": code, "param": None, "code": code}}
    return Reply(json.dumps(told), status, {k.replace("_", "-"): v for k, v in headers.items()})


def page() -> Reply:
    """A 200 of some proxy."""
    return Reply("<html><body>Sign in</body></html>", media_type="text/html")


def _enveloped(choices: list[dict[str, Any]]) -> Reply:
    told = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o",
        "choices": choices,
        "usage": {"prompt_tokens": 1200, "completion_tokens": 60, "total_tokens": 1260},
    }
    return Reply(json.dumps(told))
