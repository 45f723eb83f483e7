"""Which adapter the local model wears."""

import hashlib

import pytest

from services.triage.engines.sources import is_tuned, source
from services.triage.settings import DEFAULT_ADAPTER, Settings
from tests.support.places import ROOT

OTHER = "file:other.gguf"


def settings(**changed: str) -> Settings:
    return Settings.model_validate({"database_url": "x", "redis_url": "x", **changed})


def test_the_projects_own_adapter_is_the_one_that_is_pinned() -> None:
    pinned = source(DEFAULT_ADAPTER)
    file = ROOT / pinned.place
    assert hashlib.sha256(file.read_bytes()).hexdigest() == pinned.sha256
    assert is_tuned(file)


@pytest.mark.parametrize(
    ("changed", "worn", "outside"),
    [
        ({}, DEFAULT_ADAPTER, False),
        ({"adapter": ""}, DEFAULT_ADAPTER, False),
        ({"adapter": "off"}, None, False),
        ({"adapter": OTHER}, OTHER, True),
        ({"model": OTHER}, None, False),
        ({"model": OTHER, "adapter": OTHER}, OTHER, True),
    ],
)
def test_the_embedded_model_alone_wears_it(
    changed: dict[str, str], worn: str | None, outside: bool
) -> None:
    told = settings(**changed)
    assert (told.local_adapter, told.has_outside_adapter) == (worn, outside)
