"""The private PostgreSQL and Redis: they start, stop, heal, and never meet those of another."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from services.catalog import OWNERS
from services.cli import cluster
from services.cli.cluster import postgres_home, stop_left_postgres
from services.cli.local import StateBusy, local_postgres, local_redis, state_lock, stop_left_redis
from services.cli.migrate import generate_role_urls, prepare_database
from services.cli.processes import command_of
from services.cli.programs import Account, child_environment, unprivileged_account
from services.cli.state import Secrets, exit_on_signals, read_json, write_json
from shared.db import DatabaseUnusable, head_revision, role_of

ROOT = Path(__file__).parents[2]
OWNERS_OF_TABLES = """
SELECT array_agg(DISTINCT pg_get_userbyid(relowner)::text)
FROM pg_class WHERE relnamespace = '{owner}'::regnamespace
"""
STARTER = """
import signal, sys, time
from pathlib import Path
from services.cli.local import local_postgres, local_redis, state_lock
# A shell starts what it sends to the background with SIGINT ignored, and that is inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and `nohup` starts with this one ignored
state = Path(sys.argv[1])
with state_lock(state), local_postgres(state, database="er_live") as url:
    with local_redis(state) as redis:
        print(url, redis, flush=True)
        time.sleep(300)
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    return folder


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def tell(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def data_folder(state: Path) -> Path:
    """Where the database lies: elsewhere, where the state folder is closed to its account."""
    return postgres_home(state.resolve(), unprivileged_account()) / "data"


def server_pids(state: Path) -> list[int]:
    files = (data_folder(state) / "postmaster.pid", state / "redis/redis.pid")
    return [int(file.read_text().split()[0]) for file in files]


def end_what_is_left(state: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        stop_left_postgres(data_folder(state))
        stop_left_redis(state / "redis")


def all_gone(pids: list[int]) -> bool:
    return not any(command_of(pid) for pid in pids)


@contextlib.contextmanager
def started(state: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Another process that holds the folder and runs both servers; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(state)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        url, redis = process.stdout.readline().split()
        yield process, url, redis
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        end_what_is_left(state)


async def test_they_start_keep_their_data_and_leave_nothing_running(state: Path) -> None:
    with state_lock(state):
        with local_postgres(state, database="er_live") as url, local_redis(state) as redis:
            first = (url, redis)
            assert str(await ask(url, "SELECT postgis_version()")).startswith("3.")
            assert await ask(url, "SHOW data_checksums") == "on"
            assert await ask(url, "SHOW unix_socket_directories") == ""
            assert await ask(url, "SHOW server_encoding") == "UTF8"
            await tell(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
            with Redis.from_url(redis) as client:
                client.set("kept", "7")
                assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            pids = server_pids(state)
        assert all_gone(pids)
        with local_postgres(state, database="er_live") as url, local_redis(state) as redis:
            assert (url, redis) == first
            assert await ask(url, "SELECT n FROM kept") == 7
            with Redis.from_url(redis) as client:
                assert client.get("kept") == b"7"


async def test_two_databases_of_one_folder_do_not_meet(state: Path) -> None:
    with local_postgres(state, database="er_live") as url:
        await tell(url, "CREATE TABLE live_only (n int)")
    with local_postgres(state, database="er_demo") as url:
        assert await ask(url, "SELECT to_regclass('live_only')") is None


def test_a_database_name_that_would_need_quotes_is_refused(state: Path) -> None:
    with pytest.raises(ValueError, match="database name"), local_postgres(state, database='a"; b'):
        pass


async def test_a_new_start_heals_what_a_killed_one_left(state: Path) -> None:
    with started(state) as (process, url, redis):
        await tell(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
        with Redis.from_url(redis) as client:
            client.set("kept", "7")
        left = server_pids(state)
        process.kill()
        process.wait()
        assert all(command_of(pid) for pid in left), "else there is nothing to heal"
        with local_postgres(state, database="er_live") as healed, local_redis(state) as again:
            assert all_gone(left)
            assert await ask(healed, "SELECT n FROM kept") == 7
            with Redis.from_url(again) as client:
                assert client.get("kept") == b"7"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_terminal_orphans_nothing(
    state: Path, number: signal.Signals
) -> None:
    with started(state) as (process, _, _):
        pids = server_pids(state)
        os.killpg(process.pid, number)
        process.wait(timeout=30)
        assert all_gone(pids)
    log = (state / "postgres.log").read_text()
    assert "received fast shutdown request" in log
    assert "database system is shut down" in log


def test_sigterm_tells_its_number_in_the_exit_code(state: Path) -> None:
    with started(state) as (process, _, _):
        process.terminate()
        assert process.wait(timeout=30) == 128 + signal.SIGTERM


def test_signal_handlers_of_others_are_left_alone() -> None:
    def mine(number: int, frame: object) -> None:
        raise AssertionError

    former = signal.signal(signal.SIGHUP, mine)
    try:
        with exit_on_signals():
            assert signal.getsignal(signal.SIGHUP) is mine
    finally:
        signal.signal(signal.SIGHUP, former)


def test_a_second_start_is_refused_and_names_the_first(state: Path) -> None:
    with started(state) as (process, _, _):
        busy = rf"^.* is in use by process {process.pid}:.*$"
        with pytest.raises(StateBusy, match=busy), state_lock(state):
            pass
        process.kill()
        process.wait()
        with state_lock(state):
            assert (state / "lock").read_text() == f"{os.getpid()}\n"


def test_the_folder_and_its_secrets_are_closed_to_others(state: Path) -> None:
    with state_lock(state), local_redis(state):
        assert state.stat().st_mode & 0o077 == 0
        assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600
        assert (state / "redis/redis.conf").stat().st_mode & 0o777 == 0o600
        password = Secrets(state).get("redis")
        pid = int((state / "redis/redis.pid").read_text())
        assert password not in command_of(pid)
        assert password.encode() not in Path(f"/proc/{pid}/environ").read_bytes()


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every account can enter, unlike those of tmp_path."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def system_account() -> Account:
    """What runs PostgreSQL where user namespaces are forbidden: only root has that question."""
    return Account(user="postgres") if os.geteuid() == 0 else Account()


async def test_data_lies_in_the_folder_where_the_account_can_enter(
    open_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.cli.local.unprivileged_account", system_account)
    monkeypatch.setattr(cluster, "ELSEWHERE", open_place / "elsewhere")
    state = open_place / "state"
    with state_lock(state), local_postgres(state, database="er_live") as url:
        assert await ask(url, "SHOW data_directory") == str(state / "postgres/data")
        assert (state / "postgres/data").stat().st_uid == system_account().uid
    assert not (open_place / "elsewhere").exists()


async def test_data_lies_elsewhere_under_a_closed_parent(
    open_place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("services.cli.local.unprivileged_account", system_account)
    monkeypatch.setattr(cluster, "ELSEWHERE", open_place / "elsewhere")
    state = open_place / "closed/state"
    state.mkdir(parents=True)
    state.parent.chmod(0o700)
    allowed = open_place / "elsewhere" if os.geteuid() == 0 else state
    with local_postgres(state, database="er_live") as url:
        assert Path(str(await ask(url, "SHOW data_directory"))).is_relative_to(allowed)
        await tell(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    assert (f"lies in {open_place}/elsewhere/" in capfd.readouterr().err) == (os.geteuid() == 0)
    with local_postgres(state, database="er_live") as url:
        assert await ask(url, "SELECT n FROM kept") == 7


async def test_the_account_of_this_machine_starts_under_a_closed_parent(tmp_path: Path) -> None:
    state = tmp_path / "closed" / "state"
    state.mkdir(parents=True)
    state.parent.chmod(0o700)
    with local_postgres(state, database="er_live") as url:
        assert await ask(url, "SELECT 1") == 1
        assert await ask(url, "SELECT pg_backend_pid() > 1")


def test_the_servers_do_not_see_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere.invalid")
    monkeypatch.setenv("ER_SERVICE_KEY", "not-for-a-server")
    assert set(child_environment()) == {"PATH", "LC_ALL", "TZ"}
    assert unprivileged_account().can("/bin/sh", "-c", 'test -z "$PGHOST$ER_SERVICE_KEY"')


async def test_a_port_taken_meanwhile_is_exchanged(state: Path) -> None:
    with local_postgres(state, database="er_live"), local_redis(state):
        before = read_json(state / "ports.json")
    with contextlib.ExitStack() as stack:
        for port in before.values():
            squatter = stack.enter_context(socket.create_server(("127.0.0.1", int(port))))
            assert squatter.getsockname()[1] == int(port)
        with local_postgres(state, database="er_live") as url, local_redis(state) as redis:
            assert await ask(url, "SELECT 1") == 1
            with Redis.from_url(redis) as client:
                assert client.ping()
            after = read_json(state / "ports.json")
    assert all(before[name] != after[name] for name in ("postgres", "redis"))


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A living process that has nothing to do with us."""
    process = subprocess.Popen(["sleep", "300"])
    yield process
    process.kill()
    process.wait()


def test_a_remembered_pid_that_became_somebody_else_does_not_stop_the_start(
    state: Path, stranger: subprocess.Popen[bytes]
) -> None:
    with started(state) as (process, _, _):
        process.kill()
        process.wait()
        for pid in server_pids(state):
            os.kill(pid, signal.SIGKILL)
            while command_of(pid):
                time.sleep(0.02)
    file = data_folder(state) / "postmaster.pid"
    file.write_text("\n".join([str(stranger.pid), *file.read_text().splitlines()[1:]]) + "\n")
    (state / "redis/redis.pid").write_text(f"{stranger.pid}\n")
    with local_postgres(state, database="er_live") as url, local_redis(state):
        assert asyncio.run(ask(url, "SELECT 1")) == 1
    assert stranger.poll() is None


async def test_two_state_folders_do_not_meet(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    with state_lock(one), state_lock(other), contextlib.ExitStack() as stack:
        urls = [stack.enter_context(local_postgres(s, database="er_live")) for s in (one, other)]
        redises = [stack.enter_context(local_redis(s)) for s in (one, other)]
        await tell(urls[0], "CREATE TABLE only_here (n int)")
        assert await ask(urls[1], "SELECT to_regclass('only_here')") is None
        key, place = urls[0].rpartition("@")[0], urls[1].rpartition("@")[2]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"{key}@{place}")
        key, place = redises[0].rpartition("@")[0], redises[1].rpartition("@")[2]
        with Redis.from_url(f"{key}@{place}") as client, pytest.raises(RedisError):
            client.ping()


def test_secrets_are_made_once_and_survive(state: Path) -> None:
    numbers = iter(["first", "second"])
    secrets = Secrets(state, generate=lambda: next(numbers))
    assert [secrets.get("a"), secrets.get("b"), secrets.get("a")] == ["first", "second", "first"]
    assert Secrets(state).get("b") == "second"
    write_json(state / "other.json", {})
    assert not list(state.glob(".*.new"))


async def test_every_owner_gets_its_role_schema_and_migrations(state: Path) -> None:
    with local_postgres(state, database="er_live") as url:
        urls = generate_role_urls(url, Secrets(state))
        await asyncio.gather(prepare_database(url, urls), prepare_database(url, urls))
        assert urls == generate_role_urls(url, Secrets(state))
        for owner in OWNERS:
            query = f"SELECT version_num FROM {owner}.alembic_version"  # noqa: S608 - ours
            assert await ask(urls[owner], query) == head_revision(owner)
            assert await ask(urls[owner], "SELECT current_user::text") == role_of(owner)
            assert await ask(url, OWNERS_OF_TABLES.format(owner=owner)) == [role_of(owner)]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tell(urls["sync"], "CREATE TABLE matching.intruder (n int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tell(urls["sync"], "CREATE TABLE public.intruder (n int)")


async def test_a_changed_password_is_taken_over(state: Path) -> None:
    with local_postgres(state, database="er_live") as url:
        urls = generate_role_urls(url, Secrets(state))
        await prepare_database(url, {"sync": urls["sync"]})
        with pytest.raises(asyncpg.PostgresError):
            await ask(urls["auth"], "SELECT 1")
        changed = urls["sync"].replace(Secrets(state).get("postgres_sync"), "it%27s%20new")
        await prepare_database(url, {"sync": changed})
        assert await ask(changed, "SELECT 1") == 1
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(urls["sync"], "SELECT 1")


async def test_what_the_server_refuses_is_told_in_one_line(state: Path) -> None:
    with local_postgres(state, database="er_live") as url:
        await tell(url, "CREATE ROLE visitor LOGIN PASSWORD 'sentinel'")
        visitor = "postgresql://visitor:sentinel@" + url.rpartition("@")[2]
        with pytest.raises(DatabaseUnusable, match=r"^migrate: permission denied .*$") as refused:
            await prepare_database(visitor, generate_role_urls(visitor, Secrets(state)))
        assert "sentinel" not in str(refused.value)
