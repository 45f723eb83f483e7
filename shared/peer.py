"""Inner calls: one way to ask another service, with the trace, the token and the time left."""

import asyncio
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared import context
from shared.app import service_token
from shared.problems import DeadlineExceeded, ProblemError, Unavailable, UpstreamFailed

PASSED_ON = ("errors", "resume")
"""Members of a peer's problem that go on to the caller."""

A = TypeVar("A", bound=BaseModel)


class Peer:
    """Another service at an address. It does not own the transport that it is given; a transport
    and no client, as cookies, redirects and proxies have no place between services."""

    def __init__(
        self, name: str, *, url: str, key: str, transport: httpx.AsyncBaseTransport
    ) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._token = f"Bearer {service_token(key, name)}"
        self._transport = transport

    async def call(
        self,
        method: str,
        path: str,
        answer: type[A],
        *,
        deadline: context.Deadline,
        body: BaseModel | None = None,
        passes: tuple[type[ProblemError], ...] = (),
    ) -> A:
        """The peer's answer. Its problems become 502 with the slug as cause, but for those in
        `passes`, which are raised as they are; a dead peer is 503, a late one 504."""
        content = await self._send(method, path, body, deadline, passes)
        try:
            return answer.model_validate_json(content)
        except ValidationError as error:
            raise UpstreamFailed(f"{self.name} answered what we cannot read") from error

    async def send(
        self,
        path: str,
        body: BaseModel | None,
        *,
        deadline: context.Deadline,
        passes: tuple[type[ProblemError], ...] = (),
        method: str = "POST",
    ) -> None:
        """Send something that has no answer."""
        await self._send(method, path, body, deadline, passes)

    async def _send(
        self,
        method: str,
        path: str,
        body: BaseModel | None,
        deadline: context.Deadline,
        passes: tuple[type[ProblemError], ...],
    ) -> bytes:
        left = deadline.left()
        if left <= 0:
            raise DeadlineExceeded(f"no time was left to ask {self.name}")
        request = self._request(method, path, body, left)
        try:
            async with asyncio.timeout(left):
                response = await self._transport.handle_async_request(request)
                content = await response.aread()
        except TimeoutError as error:
            raise DeadlineExceeded(f"{self.name} did not answer in time") from error
        except (httpx.TransportError, RuntimeError) as error:  # uvloop: closed under a write
            raise Unavailable(f"{self.name} does not answer") from error
        if response.status_code >= httpx.codes.BAD_REQUEST:
            raise self._problem(response, passes)
        return content

    def _request(
        self, method: str, path: str, body: BaseModel | None, left: float
    ) -> httpx.Request:
        headers = {
            "authorization": self._token,
            "traceparent": context.current_trace().traceparent,
            "accept-language": context.language(),
            context.TIME_LEFT_HEADER: str(int(left * 1000)),
        }
        if body is None:
            return httpx.Request(method, self._url + path, headers=headers)
        headers["content-type"] = "application/json"
        content = body.model_dump_json(exclude_unset=True).encode()
        return httpx.Request(method, self._url + path, headers=headers, content=content)

    def _problem(
        self, response: httpx.Response, passes: tuple[type[ProblemError], ...]
    ) -> ProblemError:
        try:
            told = response.json()
            slug = str(told["type"]).removeprefix("urn:er:")
        except (ValueError, KeyError, TypeError):
            slug, told = "unreadable", {}
        for kind in passes:
            if kind.slug == slug:
                passed = kind(str(told.get("detail", "")))
                passed.extra = {name: told[name] for name in PASSED_ON if name in told}
                return passed
        return UpstreamFailed(f"{self.name} failed", extra={"cause": slug})
