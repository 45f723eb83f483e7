"""The whole system as a user starts it, in a state folder of its own."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.cli.address import Address
from tests.support.places import ROOT

LIMITED = ("ADDRESS", "TOKEN", "GUEST", "LOGIN", "FAILED_LOGIN")
UNLIMITED = {f"ER_GATEWAY_LIMIT_{name}": "off" for name in LIMITED}
RULES_ALONE = {"ER_TRIAGE_ENGINES": "rules"}
"""No test but those of the engines fetches a model and starts its worker."""
START_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class System:
    """A running system and what it wrote."""

    state: Path
    address: Address
    environment: Mapping[str, str]

    @property
    def log(self) -> str:
        return (self.state / "up.log").read_text(errors="replace")

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address.gateway, timeout=20, trust_env=False)

    def er(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return er(*arguments, "--state", str(self.state), environment=self.environment)


def environment(**changed: str) -> dict[str, str]:
    """This process's environment without any setting of the product but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ER_")}
    return {**kept, **UNLIMITED, **RULES_ALONE, **changed}


def er(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ./er and return what it printed."""
    return subprocess.run(
        [ROOT / "er", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
    )


@contextmanager
def system(state: Path, *options: str, **changed: str) -> Iterator[System]:
    """Start everything with `up --detach` and stop it with `down`."""
    variables = environment(**changed)
    done = er(
        "up", "--detach", "--port", "0", "--state", str(state), *options, environment=variables
    )
    assert done.returncode == 0, done.stderr
    address = Address(**json.loads((state / "up.json").read_text()))
    try:
        yield System(state, address, variables)
    finally:
        er("down", "--state", str(state), environment=variables)


def processes_of(state: Path) -> list[int]:
    """Processes that name the folder in their command or work in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            place = str((entry / "cwd").readlink())
        except (OSError, PermissionError):
            continue
        if str(state) in command or place.startswith(str(state)):
            found.append(int(entry.name))
    return found
