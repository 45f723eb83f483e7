"""A private PostgreSQL with PostGIS and a private Redis, living in the state folder."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from services.cli.cluster import (
    ADMIN,
    POSTGRES_SIGNALS,
    Access,
    data_version,
    make_cluster,
    make_database,
    postgres_home,
    postmaster_file,
    stop_left_postgres,
)
from services.cli.processes import end, works_in
from services.cli.programs import (
    Account,
    PostgresPrograms,
    ProgramMissing,
    find_postgres,
    find_redis,
    unprivileged_account,
)
from services.cli.serving import Server, ServerFailed, serving
from services.cli.state import (
    Secrets,
    StateBusy,
    exit_on_signals,
    free_port,
    state_lock,
    write_private,
)

__all__ = [
    "ProgramMissing",
    "Secrets",
    "ServerFailed",
    "StateBusy",
    "free_port",
    "local_postgres",
    "local_redis",
    "state_lock",
    "stop_left_redis",
]

REDIS_SIGNALS = (signal.SIGTERM, signal.SIGKILL)
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "80",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Rows and statements may hold what a patient said, so the log tells neither.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@contextmanager
def local_postgres(state: Path, *, database: str) -> Iterator[str]:
    """The superuser's address of a running PostgreSQL in which the database and PostGIS exist.

    The caller holds the lock of the state folder. Raises ProgramMissing and ServerFailed.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", database):
        raise ValueError(f"not a plain database name: {database!r}")
    state = state.resolve()
    account = unprivileged_account()
    password = Secrets(state).get("postgres_admin")
    with exit_on_signals():
        data = postgres_home(state, account) / "data"
        stop_left_postgres(data)
        programs = find_postgres(major=data_version(data))
        if not data.exists():
            make_cluster(programs, account, data, password)
        with serving(_postgres(programs, account, data), state) as port:
            access = Access(programs.path("psql"), port, password)
            make_database(access, database)
            yield f"postgresql://{ADMIN}:{password}@127.0.0.1:{port}/{database}"


@contextmanager
def local_redis(state: Path) -> Iterator[str]:
    """The address of a running Redis that keeps its data in the state folder.

    The caller holds the lock of the state folder. Raises ProgramMissing and ServerFailed.
    """
    state = state.resolve()
    folder = state / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    password = Secrets(state).get("redis")
    with exit_on_signals():
        stop_left_redis(folder)
        with serving(_redis(find_redis(), folder, password), state) as port:
            yield _redis_url(port, password)


def stop_left_redis(folder: Path) -> None:
    """End the Redis that a killed run left on this folder."""
    try:
        pid = int((folder / "redis.pid").read_text())
    except (FileNotFoundError, ValueError):
        return
    if works_in(pid, folder):
        end(pid, REDIS_SIGNALS)


def _postgres(programs: PostgresPrograms, account: Account, data: Path) -> Server:
    def start(port: int, output: int) -> subprocess.Popen[bytes]:
        settings = {**POSTGRES_SETTINGS, "port": str(port)}
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return account.start([programs.path("postgres"), "-D", str(data), *options], output=output)

    def is_ready(pid: int, _: int) -> bool:
        lines = postmaster_file(data)
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    return Server("postgres", start, is_ready, POSTGRES_SIGNALS)


def _redis(program: str, folder: Path, password: str) -> Server:
    configuration = folder / "redis.conf"

    def start(port: int, output: int) -> subprocess.Popen[bytes]:
        write_private(configuration, _redis_configuration(port, folder, password))
        return Account().start([program, str(configuration)], output=output)

    def is_ready(_: int, port: int) -> bool:
        client = Redis.from_url(
            _redis_url(port, password), socket_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    return Server("redis", start, is_ready, REDIS_SIGNALS)


def _redis_url(port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _redis_configuration(port: int, folder: Path, password: str) -> str:
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "protected-mode": "yes",
        "requirepass": password,
        "dir": _quoted(folder),
        "pidfile": _quoted(folder / "redis.pid"),
        "daemonize": "no",
        "logfile": '""',
        "save": '""',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }
    return "".join(f"{key} {value}\n" for key, value in settings.items())


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
