"""Redis connections with bounded waits."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.health import Unusable, at_start

TIMEOUT_S = 2.0
LOST = (RedisError, OSError, RuntimeError)
"""What a lost Redis raises; a RuntimeError is uvloop's word for a write to a closed connection."""


class CacheUnusable(Unusable):
    """Redis is absent."""


def connect(url: str, *, timeout_s: float = TIMEOUT_S) -> Redis:
    """A client that gives up after so long; nothing is opened until it is used."""
    return Redis.from_url(
        url,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 1),
    )


async def ping(redis: Redis) -> str:
    """Health check of a Redis connection."""
    await redis.ping()
    return "answers"


async def require(redis: Redis) -> None:
    """Wait up to ten seconds for Redis to answer."""
    try:
        async for attempt in at_start(on=(RedisError, OSError)):
            with attempt:
                await ping(redis)
    except (RedisError, OSError) as error:
        reason = f"Redis does not answer ({type(error).__name__})"
        raise CacheUnusable(reason) from error
