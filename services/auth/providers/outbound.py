"""HTTP to the providers: verified TLS, three seconds, no redirects, no proxies, bounded answers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from services.auth.errors import ProviderUnavailable
from services.auth.providers import failures
from services.auth.providers.endpoints import Endpoint
from shared import logs

TIMEOUT_S = 3.0
LIMIT_BYTES = 256 * 1024
CONNECTIONS = httpx2.Limits(max_connections=50, max_keepalive_connections=10)
SCOPES = {"kakao": "openid", "naver": "openid", "google": "openid email profile"}
NO_MARKUP = {"accept": "application/json", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Told:
    """A provider's answer; `body` is None where it is no JSON object."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None


class Outbound:
    """One pool of connections to all providers."""

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self._transport = transport
        self._client = httpx2.AsyncClient(transport=transport, trust_env=False)

    def authorization_url(
        self, to: Endpoint, *, redirect_uri: str, state: str, nonce: str, code_verifier: str
    ) -> str:
        """Where the browser logs in, with our state, nonce and PKCE challenge (S256)."""
        more = {} if to.classic else {"nonce": nonce, "code_verifier": code_verifier}
        client = self._oauth(to, redirect_uri)
        url, _ = client.create_authorization_url(to.authorize_url, state=state, **more)
        return str(url)

    async def exchange(
        self, to: Endpoint, *, code: str, redirect_uri: str, code_verifier: str | None, state: str
    ) -> Mapping[str, Any]:
        """The token endpoint's answer to a code; raises what its refusal means to our caller."""
        client = self._oauth(to, redirect_uri)
        client.register_compliance_hook("access_token_response", failures.token_response(to.name))
        more = {"state": state} if to.classic else {"code_verifier": code_verifier}
        async with _bounded(to.name):
            try:
                told: Mapping[str, Any] = await client.fetch_token(
                    to.token_url, code=code, grant_type="authorization_code", **more
                )
            except OAuthError as error:
                raise failures.refused_code(to.name, str(error.error)) from None
        return told

    async def get(self, provider: str, url: str, *, bearer: str | None = None) -> Told:
        """A JSON answer, whatever its status."""
        headers = {**NO_MARKUP, **({"authorization": f"Bearer {bearer}"} if bearer else {})}
        async with _bounded(provider):
            answer = await self._client.get(url, headers=headers)
        try:
            body = answer.json()
        except ValueError:
            body = None
        kept = {name.lower(): value for name, value in answer.headers.items()}
        return Told(answer.status_code, kept, body if isinstance(body, dict) else None)

    def _oauth(self, to: Endpoint, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            to.client_id,
            to.client_secret or None,
            token_endpoint_auth_method="client_secret_post" if to.client_secret else "none",
            scope=None if to.classic else SCOPES[to.name],
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            transport=self._transport,
            trust_env=False,
        )


@asynccontextmanager
async def outbound() -> AsyncIterator[Outbound]:
    """Opened in the lifespan. Certificates are verified, and there is no switch for that."""
    inner = httpx2.AsyncHTTPTransport(verify=ssl.create_default_context(), limits=CONNECTIONS)
    async with inner:
        yield Outbound(_Bounded(inner))


class _Bounded(httpx2.AsyncBaseTransport):
    """Reads an answer whole, up to the limit: a provider may be broken or worse."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        content = bytearray()
        try:
            async for part in response.aiter_raw():
                content += part
                if len(content) > LIMIT_BYTES:
                    raise httpx2.ReadError("the answer is too long")
        finally:
            await response.aclose()
        headers = {"content-type": response.headers.get("content-type", "")}
        headers["cache-control"] = response.headers.get("cache-control", "")
        return httpx2.Response(response.status_code, headers=headers, content=bytes(content))


@asynccontextmanager
async def _bounded(provider: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            yield
    except (TimeoutError, httpx2.HTTPError, ValueError) as error:
        log = logs.logger("auth.providers")
        log.warning("a provider fails", provider=provider, error=type(error).__name__)
        raise ProviderUnavailable(f"{provider} does not answer as it should") from None
