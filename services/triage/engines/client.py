"""Client of the llama.cpp dialect: `GET /health` and `POST /completion`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import httpx
from pydantic import BaseModel, Field, ValidationError

Reason = Literal[
    "unreachable", "late", "busy", "loading", "refused", "failed", "malformed", "cut_off",
    "grammar_ignored", "no_address",
]  # fmt: skip
"""Why an engine gave no answer. `busy` and `cut_off` say nothing of its health."""

ANSWER_BYTES = 256 * 1024
HEALTH_TIMEOUT_S = 1.0


class EngineFailed(Exception):
    """An engine gave no answer that can be used; `retry_after_s` where it said so itself."""

    def __init__(self, reason: Reason, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server of the dialect listens, and its key. Another epoch is another server, even
    at the same place: it has to prove itself anew."""

    url: str
    key: str
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One completion. `stop` are strings that end it. `n_probs` of 1 asks how likely each token
    was, for which llama.cpp sorts its vocabulary at each."""

    prompt: str
    grammar: str
    n_predict: int
    temperature: float = 0.0
    stop: Sequence[str] = ()
    n_probs: int = 0

    @property
    def body(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt,
            "grammar": self.grammar,
            "n_predict": self.n_predict,
            "temperature": self.temperature,
            "stop": list(self.stop),
            "cache_prompt": True,
            "n_probs": self.n_probs,
        }


class _Timings(BaseModel):
    prompt_ms: Annotated[float, Field(ge=0)] = 0.0
    predicted_ms: Annotated[float, Field(ge=0)] = 0.0
    cache_n: Annotated[int, Field(ge=0)] = 0


class TokenChance(BaseModel):
    """A token of the answer, and the logarithm of how likely the model held it."""

    token: str = ""
    logprob: float | None = None


class Completion(BaseModel):
    """A finished answer: its end was the grammar's or the model's own, never a limit.
    `completion_probabilities` is empty where an engine does not tell them."""

    content: str
    stop_type: Literal["eos", "word"]
    tokens_evaluated: Annotated[int, Field(ge=0)]
    tokens_predicted: Annotated[int, Field(ge=0)]
    model: str | None = None
    timings: _Timings = _Timings()
    completion_probabilities: list[TokenChance] = []

    @property
    def tokens_read(self) -> int:
        """Those of the prompt that were not in the engine's state already."""
        return max(0, self.tokens_evaluated - self.timings.cache_n)

    @property
    def model_name(self) -> str | None:
        """The model's file without the folders of the machine it lies on."""
        return self.model.replace("\\", "/").rsplit("/", 1)[-1] if self.model else None


class LlamaClient:
    """Asks servers of the dialect over a transport that it does not own; no cookies, no proxies,
    no redirects. Leaving a call closes its connection, which ends the work at the server."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def healthy(self, address: Address) -> None:
        """Return where the server is ready for work; raises EngineFailed."""
        await self._send("GET", address, "/health", None, HEALTH_TIMEOUT_S)

    async def complete(self, address: Address, ask: Ask, *, within_s: float) -> Completion:
        """A finished completion; raises EngineFailed, `cut_off` where a limit ended it."""
        content = await self._send("POST", address, "/completion", ask.body, within_s)
        try:
            told = _Told.model_validate_json(content)
        except ValidationError:
            raise EngineFailed("malformed") from None
        if told.stop_type in ("limit", "none") or told.truncated:
            raise EngineFailed("cut_off")
        try:
            return Completion.model_validate_json(content)
        except ValidationError:
            raise EngineFailed("malformed") from None

    async def _send(
        self,
        method: str,
        address: Address,
        path: str,
        body: Mapping[str, Any] | None,
        within: float,
    ) -> bytes:
        headers = {"authorization": f"Bearer {address.key}"} if address.key else {}
        try:
            url = address.url.rstrip("/") + path
            request = httpx.Request(method, url, headers=headers, json=body)
            async with asyncio.timeout(within):
                response = await self._transport.handle_async_request(request)
                try:
                    content = await _bounded(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise EngineFailed("late") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise EngineFailed("unreachable") from None
        if response.status_code != httpx.codes.OK:
            raise _refusal(response, loading=b"Loading model" in content)
        return content


class _Told(BaseModel):
    stop_type: str
    truncated: bool = False


async def _bounded(response: httpx.Response) -> bytes:
    """The body, which a server that has gone mad cannot make endless."""
    parts, size = [], 0
    # As it comes: a few packed bytes could be unpacked to any size.
    async for part in response.aiter_raw():
        parts.append(part)
        size += len(part)
        if size > ANSWER_BYTES:
            raise EngineFailed("malformed")
    return b"".join(parts)


def _refusal(response: httpx.Response, *, loading: bool) -> EngineFailed:
    status = response.status_code
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        wait = response.headers.get("retry-after", "")
        after = float(wait) if wait.isdecimal() else None
        return EngineFailed("loading" if loading else "busy", retry_after_s=after)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return EngineFailed("busy")
    return EngineFailed("refused" if status < httpx.codes.INTERNAL_SERVER_ERROR else "failed")
