"""The cluster of the private PostgreSQL: where it lies, how it is made and healed."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from services.cli.processes import command_of, end, end_child, surely_none_works_in
from services.cli.programs import Account, PostgresPrograms, child_environment
from services.cli.serving import ServerFailed, say
from services.cli.state import Secrets, write_private

ADMIN = "er_admin"
ELSEWHERE = Path("/var/lib/smart-er-match")
ORPHANS_END_S = 5.0
"""How long the workers of a killed postmaster may take to notice."""
POSTGRES_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
"""Fast, immediate, and the last resort."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to ask the private PostgreSQL something."""

    psql: str
    port: int
    password: str

    def ask(self, sql: str, *, database: str = "postgres") -> str:
        command = [self.psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql]
        command += ["-h", "127.0.0.1", "-p", str(self.port), "-U", ADMIN, "-d", database]
        private = {"PGPASSWORD": self.password, "PGSSLMODE": "disable", "PGCONNECT_TIMEOUT": "10"}
        done = subprocess.run(
            command,
            env={**child_environment(), **private},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerFailed(f"postgres: {' '.join(done.stderr.split())}")
        return done.stdout.strip()


def make_database(access: Access, database: str) -> None:
    names = access.ask("SELECT datname FROM pg_database").splitlines()
    if database not in names:
        access.ask(f"CREATE DATABASE {database}")
    access.ask(
        "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS postgis",
        database=database,
    )


def postmaster_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def stop_left_postgres(data: Path) -> None:
    """End what a killed run left, and forget a pid that now belongs to somebody else."""
    lines = postmaster_file(data)
    if not lines:
        return
    pid = int(lines[0])
    command = command_of(pid)
    if not command:
        return  # PostgreSQL sees that itself
    if f" -D {data} " in command:
        end(pid, POSTGRES_SIGNALS)
        return
    give_up = time.monotonic() + ORPHANS_END_S
    while time.monotonic() < give_up:
        if surely_none_works_in(data, "postgres"):
            # PostgreSQL alone would take any living process of that number for a postmaster.
            (data / "postmaster.pid").unlink(missing_ok=True)
            return
        time.sleep(0.1)


def data_version(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def postgres_home(state: Path, account: Account) -> Path:
    """The folder of the data, where the account can enter it and owns it."""
    home = state / "postgres"
    identity = f"{state} {Secrets(state).get('instance')}"
    elsewhere = ELSEWHERE / hashlib.sha256(identity.encode()).hexdigest()[:16]
    if not elsewhere.exists():
        home.mkdir(mode=0o700, exist_ok=True)
        if account.user is not None:
            state.chmod(0o711)  # to be walked through; what lies in it stays closed
        _hand_over(home, account)
        if account.reaches(home):
            return home
        ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
        shutil.move(home, elsewhere)
    _hand_over(elsewhere, account)
    say(f"the database lies in {elsewhere}: {state} is closed to the account that runs it")
    return elsewhere


def make_cluster(programs: PostgresPrograms, account: Account, data: Path, password: str) -> None:
    """initdb beside its place, then one rename: a broken-off one is never taken for a database."""
    say("making the database cluster")
    for remnant in data.parent.glob("new-*"):
        shutil.rmtree(remnant, ignore_errors=True)
    workplace = Path(tempfile.mkdtemp(prefix="new-", dir=data.parent))
    write_private(workplace / "password", password)
    os.chown(workplace / "password", account.uid, -1)
    os.chown(workplace, account.uid, -1)
    command = [programs.path("initdb"), "--pgdata", str(workplace / "data")]
    command += ["--username", ADMIN, "--pwfile", str(workplace / "password")]
    command += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"]
    command += ["--locale", "C" if sys.platform == "darwin" else "C.UTF-8"]
    with (workplace / "log").open("wb") as log:
        child = account.start(command, output=log.fileno())
        try:
            child.wait()
        finally:
            end_child(child, (signal.SIGTERM, signal.SIGKILL))
    if child.returncode != 0:
        words = (workplace / "log").read_text(errors="replace").split("\n")
        raise ServerFailed(f"initdb failed: {' '.join(words[-6:]).strip()}")
    (workplace / "data").rename(data)
    shutil.rmtree(workplace)


def _hand_over(folder: Path, account: Account) -> None:
    if folder.stat().st_uid == account.uid:
        return
    for path in (*folder.rglob("*"), folder):
        os.chown(path, account.uid, -1, follow_symlinks=False)
