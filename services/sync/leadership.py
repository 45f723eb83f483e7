"""Two PostgreSQL advisory locks: who leads, and whose turn it is to write.

The leader holds a connection with the first lock as long as it lives; when it dies, the server
lets go of the lock and the next that asks has it. Writing takes the second lock for one round or
one publication, whoever writes, and the round commits on the very connection that holds it: who has
lost the lock can commit nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared import db

LEADER_KEY = 0x6572_0002
TURN_KEY = 0x6572_0003

TURN_TIMEOUT_S = 120.0
TURN_POLL_S = 0.1

# A leader whose machine vanished says no goodbye: the server finds out after 3 + 2 × 2 seconds.
KEEPALIVE = {
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "7000",
}


class Leadership:
    """The first lock. Not for several tasks at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    @property
    def held(self) -> bool:
        """As of the last time it was asked for."""
        return self._connection is not None

    async def hold(self) -> bool:
        """Whether this replica leads: asks for the lock, or makes sure that it is still ours.
        Raises what a lost database raises, and then leads no longer."""
        try:
            if self._connection is None:
                self._connection = await self._acquire()
            else:
                await self._connection.execute(sa.text("SELECT 1"))
                await self._connection.commit()
        except db.LOST:
            await self.release()
            raise
        return self.held

    async def release(self) -> None:
        """Lead no longer, also where the server cannot be told."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _end(connection, LEADER_KEY)

    async def _acquire(self) -> AsyncConnection | None:
        connection = await self._engine.connect()
        try:
            for name, value in KEEPALIVE.items():
                await connection.execute(
                    sa.text("SELECT set_config(:name, :value, false)"),
                    {"name": name, "value": value},
                )
            taken = await _try(connection, LEADER_KEY)
        except BaseException:
            await connection.invalidate()
            await connection.close()
            raise
        if taken:
            return connection
        await connection.close()
        return None


class Turn:
    """The second lock. Within the process it is waited for as long as it takes; of another replica
    we wait two minutes, which no round of its takes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._here = asyncio.Lock()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[AsyncConnection]:
        """Hold the lock for a block, whose writes go by this connection. Raises what a lost
        database raises, TimeoutError where another replica does not let go."""
        async with self._here, self._engine.connect() as connection:
            try:
                async with asyncio.timeout(TURN_TIMEOUT_S):
                    while not await _try(connection, TURN_KEY):  # noqa: ASYNC110 - no event here
                        await asyncio.sleep(TURN_POLL_S)
                yield connection
            finally:
                await _end(connection, TURN_KEY)


async def _try(connection: AsyncConnection, key: int) -> bool:
    query = sa.text("SELECT pg_try_advisory_lock(:key)")
    taken: bool = await connection.scalar(query, {"key": key})
    await connection.commit()  # the lock belongs to the session, not to the transaction
    return taken


async def _end(connection: AsyncConnection, key: int) -> None:
    """Give the lock back with its connection; a connection that cannot be asked is thrown away,
    and the lock goes with it."""
    try:
        await connection.rollback()
        await connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        await connection.commit()
    except db.LOST:
        await connection.invalidate()
    finally:
        await connection.close()
