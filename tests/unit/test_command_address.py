"""Which system an operator's commands speak to."""

from pathlib import Path

import pytest

from services.cli.address import Address, announced, running_at
from services.cli.errors import CommandFailed

GATEWAY = {
    "ER_SERVICE_KEY": "key",
    "ER_GATEWAY_PORT": "8000",
    "ER_GATEWAY_INNER_PORT": "8100",
    "ER_AUTH_URL": "http://auth:8101",
    "ER_SYNC_URL": "http://sync:8102",
    "ER_TRIAGE_URL": "http://triage:8103",
    "ER_MATCHING_URL": "http://matching:8104",
}
"""The environment of the gateway's container in deploy/compose.yaml, where it matters here."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ER_STATE_DIR", raising=False)
    for name in GATEWAY:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_in_the_container_of_the_gateway_every_service_is_known(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GATEWAY.items():
        monkeypatch.setenv(name, value)
    found = running_at(None)
    assert found.gateway == "http://127.0.0.1:8000"
    assert found.inner["gateway"] == "http://127.0.0.1:8100"
    assert found.inner["matching"] == "http://matching:8104"
    assert (found.key, found.dataset, len(found.inner)) == ("key", "live", 5)


@pytest.mark.parametrize("absent", ["ER_SERVICE_KEY", "ER_SYNC_URL"])
def test_half_an_environment_names_no_system(
    here: Path, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    for name, value in GATEWAY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(absent)
    with pytest.raises(CommandFailed, match="nothing runs on"):
        running_at(None)


def test_a_folder_that_was_named_is_never_another_system(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GATEWAY.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CommandFailed, match="nothing runs on"):
        running_at(here / "other")


def test_what_runs_on_the_folder_comes_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GATEWAY.items():
        monkeypatch.setenv(name, value)
    (here / ".er").mkdir()
    ours = Address(1, "demo", "http://127.0.0.1:1", {}, "other")
    with announced(here / ".er", ours):
        assert running_at(None) == ours
