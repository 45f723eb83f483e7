"""The server programs of this machine, and the account under which PostgreSQL may run.

`python -m services.cli.programs postgres redis nginx` prints those that are missing; ./er asks it
before every start, so this module stays with the standard library.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRES = 15
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
)
CHROMIUM_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
SYSTEM_FOLDERS = ("/usr/sbin", "/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin")
USE_INSTEAD = "; or name an outside one in {setting}, or use deploy/compose.yaml"


class ProgramMissing(Exception):
    """A server program is not on this machine; the text is one line that tells what to install."""


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """The programs of one PostgreSQL installation."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def has_postgis(self) -> bool:
        return any((share / "extension/postgis.control").exists() for share in self._shares())

    def _shares(self) -> Iterator[Path]:
        config = self.folder / "pg_config"
        if config.exists():
            yield Path(_output([str(config), "--sharedir"]))
        yield Path(f"/usr/share/postgresql/{self.major}")
        yield Path("/usr/share/pgsql")
        yield self.folder.parent / "share"
        yield self.folder.parent / "share/postgresql"


def find_postgres(*, major: int | None = None) -> PostgresPrograms:
    """The newest usable PostgreSQL with PostGIS, or the one of that major version which existing
    data asks for; raises ProgramMissing.
    """
    found = sorted(_postgres_installations(), key=lambda programs: -programs.major)
    usable = [p for p in found if p.major >= OLDEST_POSTGRES and major in (None, p.major)]
    instead = USE_INSTEAD.format(setting="ER_DATABASE_URL")
    if not usable:
        wanted = f"{OLDEST_POSTGRES} or newer" if major is None else f"{major} (of the data here)"
        here = f" (found {found[0].major})" if found else ""
        raise ProgramMissing(
            f"PostgreSQL {wanted} with PostGIS is missing{here}: Debian, Ubuntu:"
            " apt install postgresql postgresql-postgis; Fedora: dnf install postgresql-server"
            f" postgis; macOS: brew install postgresql@17 postgis{instead}"
        )
    with_postgis = next((programs for programs in usable if programs.has_postgis()), None)
    if with_postgis is None:
        major = usable[0].major
        raise ProgramMissing(
            f"PostGIS for PostgreSQL {major} is missing: Debian, Ubuntu: apt install"
            f" postgresql-{major}-postgis-3; Fedora: dnf install postgis; macOS: brew install"
            f" postgis{instead}"
        )
    return with_postgis


def find_redis() -> str:
    """The path of redis-server, or of valkey-server, its free twin; raises ProgramMissing."""
    path = _which("redis-server") or _which("valkey-server")
    if path is None:
        raise ProgramMissing(
            "redis-server is missing: Debian, Ubuntu: apt install redis-server; Fedora: dnf"
            " install redis; macOS: brew install redis" + USE_INSTEAD.format(setting="ER_REDIS_URL")
        )
    return path


def find_nginx() -> str:
    """The path of nginx, which only the tests need; raises ProgramMissing."""
    path = _which("nginx")
    if path is None:
        raise ProgramMissing("nginx is missing: apt, dnf or brew install nginx")
    return path


def find_chromium() -> str:
    """The path of Chromium or Chrome, which only the tests need; raises ProgramMissing."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = [path for path in map(_which, names) if path is not None]
    found += [path for path in CHROMIUM_APPS if Path(path).exists()]
    if not found:
        raise ProgramMissing(
            "chromium is missing: apt or dnf install chromium, brew install --cask chromium"
        )
    return found[0]


@dataclass(frozen=True, slots=True)
class Account:
    """How to start a program that refuses to run as root."""

    prefix: tuple[str, ...] = ()
    user: str | None = None

    @property
    def uid(self) -> int:
        """Whose the files are, as seen from outside."""
        return os.geteuid() if self.user is None else pwd.getpwnam(self.user).pw_uid

    def start(
        self, command: Sequence[str], *, output: int, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """A child in a session of its own, so that the terminal's Ctrl-C does not reach it."""
        group = None if self.user is None else pwd.getpwnam(self.user).pw_gid
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=child_environment() if environment is None else environment,
            start_new_session=True,
            user=self.user,
            group=group,
            extra_groups=None if self.user is None else [],
        )

    def can(self, *command: str) -> bool:
        """Whether the command succeeds under this account."""
        try:
            return self.start(command, output=subprocess.DEVNULL).wait() == 0
        except OSError:
            return False

    def reaches(self, folder: Path) -> bool:
        return self.can("/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))


def unprivileged_account() -> Account:
    """The first way to run PostgreSQL that works here; raises ProgramMissing when none does.

    A user namespace comes first: its files stay root's outside, so closed parent folders are no
    obstacle. Containers and chroots forbid it; there an account of the system does.
    """
    if os.geteuid() != 0:
        return Account()
    for account in _unprivileged_accounts():
        if account.can("true"):
            return account
    raise ProgramMissing(
        "PostgreSQL does not run as root, and here is neither a user namespace nor an account"
        " postgres or nobody: run ./er as an ordinary user"
    )


def child_environment() -> dict[str, str]:
    """What the servers see: no PGHOST or ER_ secret of ours, and messages in English."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _unprivileged_accounts() -> Iterator[Account]:
    known = [name for name in ("postgres", "nobody") if _exists(name)]
    # initdb wants a name for its user, so the number must be one that the system knows.
    number = pwd.getpwnam(known[0]).pw_uid if known else 1000
    unshare = _which("unshare")
    if unshare is not None:
        yield Account(prefix=(unshare, "--user", f"--map-user={number}", "--map-group=1000", "--"))
    for name in known:
        yield Account(user=name)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _postgres_installations() -> Iterator[PostgresPrograms]:
    patterns = [Path(pattern) for pattern in POSTGRES_FOLDERS]
    folders = [folder for pattern in patterns for folder in Path("/").glob(str(pattern)[1:])]
    in_path = shutil.which("postgres")
    if in_path is not None:
        folders.append(Path(in_path).resolve().parent)
    for folder in dict.fromkeys(folders):
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql")):
            version = re.search(r"\d+", _output([str(folder / "postgres"), "--version"]))
            if version:
                yield PostgresPrograms(folder=folder, major=int(version.group()))


def _which(name: str) -> str | None:
    places = [*os.environ.get("PATH", os.defpath).split(os.pathsep), *SYSTEM_FOLDERS]
    return shutil.which(name, path=os.pathsep.join(places))


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _main(names: Sequence[str]) -> None:
    finders: dict[str, Callable[[], object]] = {
        "postgres": find_postgres,
        "redis": find_redis,
        "nginx": find_nginx,
        "chromium": find_chromium,
    }
    for name in names:
        try:
            finders[name]()
        except ProgramMissing:
            print(name)


if __name__ == "__main__":
    _main(sys.argv[1:])
