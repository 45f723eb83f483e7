"""Where a running system is: written by `up` into the state folder, read by the other commands."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from services.catalog import GATEWAY_INNER_PORT, SERVICES
from services.cli.errors import CommandFailed
from services.cli.state import write_private

DEFAULT_STATE = ".er"


@dataclass(frozen=True, slots=True)
class Address:
    """Base addresses by service name (the gateway's is public); `key` opens the inner ones; `pid`
    is the process of `up`, 0 where there is none."""

    pid: int
    dataset: str
    gateway: str
    inner: Mapping[str, str]
    key: str


def state_folder(named: Path | None) -> Path:
    """--state, or ER_STATE_DIR, or `.er` here."""
    return (named or Path(os.environ.get("ER_STATE_DIR") or DEFAULT_STATE)).resolve()


@contextmanager
def announced(state: Path, address: Address) -> Iterator[None]:
    """Tell the other commands where the system is, as long as the block runs."""
    file = state / "up.json"
    write_private(file, json.dumps(asdict(address)))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def running_at(named: Path | None) -> Address:
    """Where the system of a state folder runs, or the one that the environment names; CommandFailed
    where there is none."""
    state = state_folder(named)
    try:
        return Address(**json.loads((state / "up.json").read_text()))
    except FileNotFoundError:
        address = _named_by(os.environ) if named is None else None
        if address is None:
            raise CommandFailed(f"nothing runs on {state}; start it with ./er up") from None
        return address


def _named_by(environ: Mapping[str, str]) -> Address | None:
    """The system as the gateway's own environment knows it: in its container an operator's commands
    reach every service."""
    key, gateway = environ.get("ER_SERVICE_KEY"), SERVICES["gateway"]
    inner = {name: environ.get(service.url_variable, "") for name, service in SERVICES.items()}
    variable, default = GATEWAY_INNER_PORT
    inner["gateway"] = f"http://127.0.0.1:{environ.get(variable) or default}"
    if not key or not all(inner.values()):
        return None
    public = f"http://127.0.0.1:{gateway.port(environ)}"
    return Address(0, environ.get("ER_DATASET", "live"), public, inner, key)
