"""A scriptable server of llama.cpp's dialect: it answers from a list, hangs, fails or lies."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Mode = Literal[
    "well", "loading", "busy", "failing", "garbage", "hanging", "slow", "cut", "free", "endless"
]
GOOD = (
    '{"age":72,"gender":"M","symptoms":["chest_pain"],"negated":[],"is_self":false,'
    '"history":[],"special_note":""}'
)


@dataclass
class FakeLlama:
    """`mode` may change while it runs; `asked` holds the bodies of all completions. `logprob` is
    told of the answer as one token, where it is asked for; None is a server that tells none."""

    key: str = "key-of-the-fake"
    mode: Mode = "well"
    content: str = GOOD
    slow_s: float = 0.5
    logprob: float | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: int = 0

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/health", self._health),
                Route("/completion", self._completion, methods=["POST"]),
            ]
        )

    @property
    def texts(self) -> list[dict[str, Any]]:
        """The completions that were no canaries."""
        return [body for body in self.asked if "canary" not in body["grammar"]]

    async def _health(self, _: Request) -> Response:
        if self.mode == "loading":
            return _problem(503, "Loading model")
        return JSONResponse({"status": "ok"})

    async def _completion(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _problem(401, "Invalid API Key")
        body = await request.json()
        self.asked.append(body)
        match self.mode:
            case "loading":
                return _problem(503, "Loading model")
            case "busy":
                return JSONResponse({"error": {}}, 503, {"retry-after": "1"})
            case "failing":
                return _problem(500, "broken")
            case "garbage":
                return PlainTextResponse("<html>it works</html>")
            case "endless":
                return PlainTextResponse("x" * 400_000)
            case "hanging":
                await self._until_left(request, 60)
            case "slow":
                await self._until_left(request, self.slow_s)
        return JSONResponse(self._answer(body))

    async def _until_left(self, request: Request, seconds: float) -> None:
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if await request.is_disconnected():
                self.left += 1
                return

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        binds = self.mode != "free"
        if "canary" in body["grammar"]:
            content = '{"canary":7}' if binds else "Hello! How may I help you today?"
        else:
            content = self.content if binds else "The patient seems to have chest pain."
        told = [{"token": content, "logprob": self.logprob}] if body.get("n_probs") else []
        cut = self.mode == "cut" and "canary" not in body["grammar"]
        return {
            "content": content[:30] if cut else content,
            "stop_type": "limit" if cut else "eos",
            "truncated": False,
            "model": "/somewhere/secret/fake-model.gguf",
            "tokens_evaluated": 100,
            "tokens_predicted": 20,
            "timings": {"prompt_ms": 10.0, "predicted_ms": 40.0, "cache_n": 90},
            "completion_probabilities": [] if self.logprob is None else told,
        }


def _problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": status, "message": message}}, status)
