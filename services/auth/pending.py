"""What waits in Redis for its one use: logins that began, nonces, one-time codes, tokens shown.

Each lies under the fingerprint of its secret and is sealed with it: who reads Redis alone reads
nothing. Each is taken out by the read that uses it.
"""

import json
import secrets
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from services.auth.sealing import Sealer, fingerprint
from shared.contracts.auth import Provider, SignedIn

LOGIN_S = 600
CODE_S = 60
CODE_PREFIX = "erc_"


@dataclass(frozen=True, slots=True)
class Login:
    """A code flow that began; `browser` is the fingerprint of the secret that the browser holds."""

    provider: Provider
    browser: str
    nonce: str
    code_verifier: str
    redirect_uri: str | None


class Pending:
    """Every method may raise RedisError."""

    def __init__(self, redis: Redis, *, dataset: str) -> None:
        self._redis = redis
        self._prefix = f"er:{dataset}:auth"

    async def begin(self, login: Login) -> str:
        """Keep a login; its state."""
        state = secrets.token_urlsafe(32)
        await self._keep("login", state, json.dumps(asdict(login)), LOGIN_S)
        return state

    async def take_login(self, state: str) -> Login | None:
        """The login of that state, once."""
        text = await self._take("login", state)
        return None if text is None else Login(**json.loads(text))

    async def make_nonce(self, provider: Provider) -> str:
        nonce = secrets.token_urlsafe(24)
        await self._keep("nonce", nonce, provider, LOGIN_S)
        return nonce

    async def take_nonce(self, provider: Provider, nonce: str) -> bool:
        """Whether the nonce was made by us for this provider and not used; it is, from now on."""
        return await self._take("nonce", nonce) == provider

    async def make_code(self, signed_in: SignedIn) -> str:
        """A one-time code for tokens that must not stand in an address."""
        code = CODE_PREFIX + secrets.token_urlsafe(32)
        await self._keep("code", code, signed_in.model_dump_json(), CODE_S)
        return code

    async def take_code(self, provider: Provider, code: str) -> SignedIn | None:
        """The tokens of a code, once, and for the provider that it was made for."""
        text = await self._take("code", code)
        if text is None:
            return None
        signed_in = SignedIn.model_validate_json(text)
        return signed_in if signed_in.user.provider == provider else None

    async def claim(self, token: str, seconds: float) -> bool:
        """Whether a provider's token is shown for the first time; it is remembered as long as it
        lives."""
        name = f"{self._prefix}:shown:{fingerprint(token)}"
        return bool(await self._redis.set(name, b"1", nx=True, ex=max(60, int(seconds) + 60)))

    async def _keep(self, kind: str, secret: str, text: str, seconds: int) -> None:
        name = f"{self._prefix}:{kind}:{fingerprint(secret)}"
        await self._redis.set(name, Sealer(secret, kind).seal(text, name), ex=seconds)

    async def _take(self, kind: str, secret: str) -> str | None:
        name = f"{self._prefix}:{kind}:{fingerprint(secret)}"
        sealed = await self._redis.getdel(name)
        return None if not isinstance(sealed, bytes) else Sealer(secret, kind).open(sealed, name)
