"""The outermost layer of a service: trace, limits of the body, last resort, access log, metrics."""

import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import context, logs, problems

BODY_LIMIT_BYTES = 64 * 1024
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SERVER_ERROR = 500
QUIET_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


class Edge:
    """ASGI middleware. It knows the route's template, never the address that was asked for. On the
    paths of `forms` a browser posts a form, everywhere else a body is JSON."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        registry: CollectorRegistry,
        simulated: bool,
        public: bool,
        forms: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._forms = forms
        self._log = logs.logger(service)
        self._simulated, self._public = simulated, public
        self._seconds = Histogram(
            "er_http_request_seconds", "Time of a request", ["route"], registry=registry
        )
        self._requests = Counter(
            "er_http_requests", "Requests", ["route", "method", "status"], registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = context.enter(headers.get("traceparent"), headers.get("accept-language"))
        began = time.perf_counter()
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["traceparent"] = trace.traceparent
                if self._simulated:
                    out["X-ER-Simulated"] = "1"
            await send(message)

        try:
            await self._guarded(scope, headers, receive, told)
        except Exception as error:  # noqa: BLE001 - the last resort; nothing of the error is told
            self._log.error("request failed", error=type(error).__name__, at=logs.frames(error))
            if status == 0:
                failed = problems.ProblemError("something went wrong on our side")
                await problems.render(failed)(scope, receive, told)
        self._account(scope, status, time.perf_counter() - began)

    async def _guarded(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        kind = FORM if scope["path"] in self._forms else JSON
        refused = _refusal(scope["method"], headers, kind)
        if refused is not None:
            return await problems.render(refused)(scope, receive, send)
        return await self._app(scope, _limited(receive), send)

    def _account(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        self._seconds.labels(route).observe(seconds)
        self._requests.labels(route, scope["method"], status).inc()
        if route not in QUIET_PATHS:
            # A call is one line of the public face; the inner calls behind it are for debugging.
            tell = self._log.info if self._public or status >= SERVER_ERROR else self._log.debug
            tell(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )


def _refusal(method: str, headers: Headers, wanted: str) -> problems.ProblemError | None:
    length = headers.get("content-length")
    if length is not None and length.isdigit() and int(length) > BODY_LIMIT_BYTES:
        return problems.BodyTooLarge(f"at most {BODY_LIMIT_BYTES} bytes")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = length not in (None, "0") or "transfer-encoding" in headers
    if method in ("POST", "PUT", "PATCH") and has_body and kind != wanted:
        return problems.UnsupportedMediaType(f"send {wanted}")
    return None


def _limited(receive: Receive) -> Receive:
    """A body without a stated length is counted as it comes."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message: dict[str, Any] = dict(await receive())
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT_BYTES:
            # The one kind of error that FastAPI lets through while it reads a body.
            raise HTTPException(413, f"at most {BODY_LIMIT_BYTES} bytes")
        return message

    return counted
