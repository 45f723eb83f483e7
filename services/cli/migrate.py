"""The schema of every owner: roles, schemas and migrations, applied by one migrator at a time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit

from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from services.catalog import OWNERS
from services.cli.state import Secrets
from shared.db import ABSENT, DatabaseUnusable, async_url, migrations, ping, role_of
from shared.health import at_start

MIGRATION_LOCK = 0x6572_0001
LOCK_TIMEOUT_S = 300


async def prepare_database(admin_url: str, role_urls: Mapping[str, str]) -> None:
    """Bring a database from any earlier state, also an empty one, to what this code needs.

    `role_urls` tells by owner with which password its role may log in; a role without one is
    worked under by `SET ROLE` alone. Raises DatabaseUnusable with one line.
    """
    engine = create_async_engine(async_url(admin_url), poolclass=NullPool)
    try:
        async with _only_migrator(engine):
            async with engine.begin() as connection:
                await _make_owners(connection, role_urls)
            for owner in _in_order():
                async with engine.begin() as connection:
                    await connection.execute(text(f"SET LOCAL ROLE {role_of(owner)}"))
                    await connection.run_sync(_upgrade, owner)
    except DBAPIError as error:
        raise DatabaseUnusable(f"migrate: {_first_line(error)}") from error
    finally:
        await engine.dispose()


def generate_role_urls(admin_url: str, secrets: Secrets) -> dict[str, str]:
    """An address per owner on the admin's server and database, with a password kept in secrets."""
    address = urlsplit(admin_url)
    place = address.netloc.rpartition("@")[2]
    return {
        owner: address._replace(
            netloc=f"{role_of(owner)}:{secrets.get(f'postgres_{owner}')}@{place}"
        ).geturl()
        for owner in OWNERS
    }


@asynccontextmanager
async def _only_migrator(engine: AsyncEngine) -> AsyncIterator[None]:
    await _wait_for(engine)
    async with engine.connect() as guard:
        await guard.execution_options(isolation_level="AUTOCOMMIT")
        await guard.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'"))
        await guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        yield  # the lock goes with the connection


async def _wait_for(engine: AsyncEngine) -> None:
    try:
        async for attempt in at_start(on=ABSENT):
            with attempt:
                await ping(engine)
    except (OSError, TimeoutError) as error:
        reason = f"migrate: the database does not answer ({type(error).__name__})"
        raise DatabaseUnusable(reason) from error


async def _make_owners(connection: AsyncConnection, role_urls: Mapping[str, str]) -> None:
    await connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    await connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    for owner in OWNERS:
        role = role_of(owner)
        known = await connection.scalar(
            text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role}
        )
        if not known:
            await connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))
        await connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
        await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {owner} AUTHORIZATION {role}"))
        await _let_log_in(connection, role, role_urls.get(owner, ""))


async def _let_log_in(connection: AsyncConnection, role: str, url: str) -> None:
    address = urlsplit(url)
    if address.username != role or not address.password:
        return
    # A role statement takes no parameters, so the server quotes the password.
    statement = await connection.scalar(
        text(
            "SELECT format('ALTER ROLE %I LOGIN PASSWORD %L',"
            " CAST(:role AS text), CAST(:password AS text))"
        ),
        {"role": role, "password": unquote(address.password)},
    )
    await connection.exec_driver_sql(str(statement))


def _in_order() -> list[str]:
    """Matching reads a view that sync's migrations publish, so it comes last."""
    return sorted(OWNERS, key=lambda owner: owner == "matching")


def _upgrade(connection: Connection, owner: str) -> None:
    config = migrations(owner)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _first_line(error: DBAPIError) -> str:
    """The server's own words, without the statement and its parameters."""
    words = str(error.orig).partition("\n")[0]
    return words.rpartition(">: ")[2] or type(error.orig).__name__
