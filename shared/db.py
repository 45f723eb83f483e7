"""PostgreSQL: one engine per service under the role of its owner, and the guard of its schema."""

from importlib import import_module
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import FastAPI, Request, Response
from sqlalchemy import event, text
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.health import Unusable, at_start
from shared.problems import Unavailable, render

ABSENT = (OSError, DBAPIError, TimeoutError)

LOST = (SQLAlchemyError, OSError)
"""What PostgreSQL being away looks like: a refused connection reaches us as it is."""

DEFECTS = (ProgrammingError, DataError, IntegrityError)
"""Of these, what is a mistake of ours."""

CONNECT_TIMEOUT_S = 3.0


class DatabaseUnusable(Unusable):
    """The database is absent, or its schema is not the one that the code needs."""


def role_of(owner: str) -> str:
    """The database role under which a service works, whoever it logged in as."""
    return f"er_{owner}"


def connect(url: str, owner: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine of at most `pool_size` connections that work as the owner's role in its schema.
    One that the server closed is replaced before it is used."""
    works_as = {"role": role_of(owner), "application_name": f"er-{owner}", "timezone": "UTC"}
    waits = {"timeout": CONNECT_TIMEOUT_S, "command_timeout": 30}
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        pool_timeout=CONNECT_TIMEOUT_S,
        connect_args={**waits, "server_settings": works_as},
    )
    event.listen(engine.sync_engine, "checkout", _replace_closed)
    return engine


def async_url(url: str) -> str:
    """The address with asyncpg as its driver, whatever form an operator wrote it in."""
    scheme, separator, rest = url.partition("://")
    if scheme.split("+")[0] not in ("postgres", "postgresql") or not separator:
        raise DatabaseUnusable("database: the address must begin with postgresql://")
    return f"postgresql+asyncpg://{rest}"


async def require(engine: AsyncEngine, owner: str) -> None:
    """Wait up to ten seconds for the database; refuse one that is absent or of an old schema."""
    try:
        async for attempt in at_start(on=ABSENT):
            with attempt:
                found = await _revision(engine, owner)
    except ABSENT as error:
        reason = f"the database does not answer ({type(error).__name__})"
        raise DatabaseUnusable(reason) from error
    wanted = head_revision(owner)
    if found != wanted:
        raise DatabaseUnusable(
            f"the schema is at {found or 'nothing'}, {wanted} is needed; run ./er migrate"
        )


async def ping(engine: AsyncEngine) -> str:
    """Health check of a database connection."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    return "answers"


def install(app: FastAPI) -> None:
    """A database that went away while the service runs is told as unavailable."""
    for kind in LOST:
        app.add_exception_handler(kind, _unavailable)


def migrations(owner: str) -> Config:
    """The alembic configuration of one owner's migrations."""
    package = import_module(f"services.{owner}")
    config = Config()
    config.set_main_option(
        "script_location", str(Path(str(package.__file__)).parent / "migrations")
    )
    return config


def head_revision(owner: str) -> str:
    """The newest revision that the code brings along."""
    head = ScriptDirectory.from_config(migrations(owner)).get_current_head()
    if head is None:
        raise DatabaseUnusable("the code brings no migrations")
    return head


def _replace_closed(connection: Any, *_: object) -> None:
    # The driver knows of a closed socket by itself; the pool's own question takes three round
    # trips before every statement, a tenth of the work of a turn of the dialogue.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def _unavailable(_: Request, error: Exception) -> Response:
    if isinstance(error, DEFECTS):
        raise error
    return render(Unavailable("the database does not answer now"))


async def _revision(engine: AsyncEngine, owner: str) -> str | None:
    table = f"{owner}.alembic_version"
    async with engine.connect() as connection:
        exists = await connection.scalar(text("SELECT to_regclass(:name)"), {"name": table})
        if exists is None:
            return None
        revision: str | None = await connection.scalar(text(f"SELECT version_num FROM {table}"))  # noqa: S608 - the name is a constant of ours
        return revision
