"""Waiting for what happens in its own time, with an end."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 15) -> None:
    """Return as soon as `condition` holds; fail where it does not in time."""
    give_up = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < give_up, "waited in vain"
        await asyncio.sleep(0.02)
