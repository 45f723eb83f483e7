"""What auth adds: to a bare ES256 verification, and to a bare script in Redis."""

import asyncio
import base64
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from redis.asyncio import Redis

from services.auth import keys
from services.auth.sealing import fingerprint
from services.auth.sessions import SCRIPT, Lives, Sessions
from services.auth.tokens import user_token
from services.cli.bench.reports import Report, Wanted, table
from services.cli.local import local_redis
from services.cli.state import exit_on_signals
from shared import tokens
from shared.contracts.auth import AUDIENCE

BLOCKS, IN_BLOCK = 10, 300
REFRESHES, AT_ONCE = 400, 16
GOAL = 0.5
LIVES = Lives(idle_s=3600, absolute_s=3600, grace_s=3)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same work done by us and bare, in operations a second."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def bench(_: Wanted) -> Report:
    """Both halves on this machine alone; a private Redis lives in a temporary folder."""
    verified = verification()
    with (
        tempfile.TemporaryDirectory(prefix="er-bench-") as folder,
        exit_on_signals(),
        local_redis(Path(folder)) as url,
    ):
        refreshed = asyncio.run(refreshing(url))
    named = {"verification": verified, "refresh": refreshed}
    rows = [(n, f"{p.ours:,.0f}", f"{p.bare:,.0f}", f"{p.ratio:.2f}") for n, p in named.items()]
    heads = ("a second", "ours", "bare", "ratio")
    title = f"auth (goal: verification at least {GOAL})"
    figures = {n: {"ours": p.ours, "bare": p.bare, "ratio": p.ratio} for n, p in named.items()}
    return Report([table(title, heads, rows)], figures)


def verification() -> Pair:
    """A token read with all its checks, against its signature alone, block by block in turn."""
    key = keys.generate()
    now = datetime.now(UTC)
    made = user_token(key, issuer="bench", user="u", session="s", life_s=900, now=now)
    token, public = made.access_token, tokens.key_set([key.public.model_dump()])
    bare = _bare_verification(key, token)

    def ours() -> None:
        tokens.verify(token, public, issuer="bench", audience=AUDIENCE)

    return _in_turn(ours, bare)


async def refreshing(url: str) -> Pair:
    """Refreshes of many sessions at once, against the script with arguments made beforehand."""
    redis = Redis.from_url(url, max_connections=AT_ONCE)
    sessions = Sessions(redis, dataset="bench", lives=LIVES)
    script = redis.register_script(SCRIPT)

    async def bare(old: str, new: str) -> object:
        prefix = "er:bench:auth"
        arguments = (f"{prefix}:family:", 3600, 3000, b"x" * 71, f"{prefix}:revoked:", 3600)
        names = [f"{prefix}:refresh:{old}", f"{prefix}:refresh:{new}"]
        return await script(keys=names, args=arguments)

    rates: list[Pair] = []
    for block in range(1 + BLOCKS):
        opened = [(await sessions.open(f"u{n}", "kakao")).refresh_token for n in range(REFRESHES)]
        half = REFRESHES // 2
        prepared = [(fingerprint(token), fingerprint(f"{token}+")) for token in opened[half:]]
        ours_rate = await _rate([lambda t=token: sessions.rotate(t) for token in opened[:half]])  # type: ignore[misc]
        bare_rate = await _rate([lambda p=pair: bare(*p) for pair in prepared])  # type: ignore[misc]
        if block > 0:  # the first one warms up
            rates.append(Pair(ours_rate, bare_rate))
    await redis.aclose()
    return _median(rates)


async def _rate(calls: Sequence[Callable[[], Awaitable[object]]]) -> float:
    waiting = iter(calls)

    async def work() -> None:
        for call in waiting:
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return len(calls) / (time.perf_counter() - began)


def _bare_verification(key: keys.SigningKey, token: str) -> Callable[[], None]:
    private = serialization.load_pem_private_key(key.private_key.encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)  # noqa: S101 - it was made so
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    halves = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    der, content, public = encode_dss_signature(*halves), signed.encode(), private.public_key()
    algorithm = ec.ECDSA(hashes.SHA256())
    return lambda: public.verify(der, content, algorithm)


def _in_turn(ours: Callable[[], None], bare: Callable[[], None]) -> Pair:
    rates = []
    for block in range(1 + BLOCKS):
        pair = Pair(_times(ours), _times(bare))
        if block > 0:
            rates.append(pair)
    return _median(rates)


def _times(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(IN_BLOCK):
        call()
    return IN_BLOCK / (time.perf_counter() - began)


def _median(rates: Sequence[Pair]) -> Pair:
    return Pair(
        statistics.median(rate.ours for rate in rates),
        statistics.median(rate.bare for rate in rates),
    )
