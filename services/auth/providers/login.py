"""The logins that are set up here: each provider's two flows, ending in a proof or a problem."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.auth.errors import ProviderUnknown, invalid_token, wrong
from services.auth.providers import idtokens, kakao, naver
from services.auth.providers.endpoints import Endpoint
from services.auth.providers.idtokens import Proof, ProviderKeys
from services.auth.providers.outbound import Outbound
from shared.contracts.auth import Provider, ProviderTokenRequest


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one code flow needs and the browser never sees, but for the nonce."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))


class Logins:
    """Asks the providers; keeps nothing but their public keys."""

    def __init__(
        self, endpoints: Mapping[Provider, Endpoint], outbound: Outbound, *, public_url: str
    ) -> None:
        self._endpoints = endpoints
        self._outbound = outbound
        self._public_url = public_url.rstrip("/")
        self._keys = {name: ProviderKeys(to, outbound) for name, to in endpoints.items()}

    def callback(self, provider: Provider) -> str:
        """Our address for one provider's answer: a path each, so that none can answer for
        another (RFC 9700, 4.4)."""
        return f"{self._public_url}/v1/auth/{provider}/callback"

    def authorization_url(self, provider: Provider, state: str, made: Secrets) -> str:
        return self._outbound.authorization_url(
            self._at(provider),
            redirect_uri=self.callback(provider),
            state=state,
            nonce=made.nonce,
            code_verifier=made.code_verifier,
        )

    def require(self, provider: Provider) -> None:
        """ProviderUnknown where nobody set it up."""
        self._at(provider)

    def is_issuer(self, provider: Provider, issuer: str | None) -> bool:
        """Whether an answer that names its sender (RFC 9207) names the right one."""
        return issuer is None or issuer in self._at(provider).issuers

    async def by_code(
        self,
        provider: Provider,
        code: str,
        *,
        redirect_uri: str,
        code_verifier: str | None,
        state: str = "",
    ) -> Proof:
        """What a code brings: an ID token, without which nothing is proven."""
        to = self._at(provider)
        told = await self._outbound.exchange(
            to, code=code, redirect_uri=redirect_uri, code_verifier=code_verifier, state=state
        )
        if to.classic:
            return await naver.by_own_access_token(
                str(told.get("access_token", "")), to, self._outbound
            )
        id_token = told.get("id_token")
        if not isinstance(id_token, str):
            raise invalid_token()
        return await idtokens.read(id_token, to, self._keys[provider])

    async def by_posted(self, provider: Provider, shown: ProviderTokenRequest) -> Proof:
        """What a posted token or code proves; whether its nonce is ours is the caller's."""
        to = self._at(provider)
        if shown.code is not None:
            if shown.redirect_uri is None:
                raise wrong("/redirect_uri", "a code comes with the address it was sent to")
            return await self.by_code(
                provider,
                shown.code,
                redirect_uri=shown.redirect_uri,
                code_verifier=shown.code_verifier,
            )
        if shown.id_token is not None and not to.classic:
            return await idtokens.read(shown.id_token, to, self._keys[provider])
        if provider == "kakao" and shown.access_token is not None:
            return await kakao.by_access_token(shown.access_token, to, self._outbound)
        # A bare access token of Naver or Google does not say for whom it was issued.
        raise invalid_token()

    def _at(self, provider: Provider) -> Endpoint:
        to = self._endpoints.get(provider)
        if to is None:
            raise ProviderUnknown(f"logins with {provider} are not set up here")
        return to
