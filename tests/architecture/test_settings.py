"""Every setting is documented and stands in the compose file."""

import re
from importlib import import_module

import pytest
from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from services.catalog import SERVICES
from tests.support.places import ROOT

DOCUMENT = ROOT / "docs" / "settings.md"
COMPOSE = ROOT / "deploy" / "compose.yaml"


def variables(kind: type[BaseSettings]) -> set[str]:
    """The environment variables that a settings class reads."""
    found = set()
    prefix = kind.model_config["env_prefix"]
    for name, field in kind.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            found |= {str(choice) for choice in alias.choices}
        else:
            found.add(str(alias) if alias else f"{prefix}{name}".upper())
    return found


def every_variable() -> set[str]:
    kinds = [import_module(f"{s.package}.settings").Settings for s in SERVICES.values()]
    ports = {service.port_variable for service in SERVICES.values()}
    return set().union(*map(variables, kinds), ports, {"ER_BIND", "ER_GATEWAY_INNER_PORT"})


def missing(text: str) -> set[str]:
    return every_variable() - set(re.findall(r"ER_[A-Z0-9_]+", text))


@pytest.mark.parametrize("file", [DOCUMENT, COMPOSE], ids=lambda file: file.name)
def test_every_setting_is_told(file) -> None:  # type: ignore[no-untyped-def]
    assert missing(file.read_text()) == set()


def test_the_rule_sees_a_setting_that_is_not_told() -> None:
    text = DOCUMENT.read_text()
    assert missing(text.replace("ER_SYNC_INTERVAL_S", "")) == {"ER_SYNC_INTERVAL_S"}


def test_no_setting_is_documented_that_does_not_exist() -> None:
    by_command_line = {"ER_STATE_DIR", "ER_CAPTURES", "ER_UPDATE_OPENAPI"}
    named = set(re.findall(r"`(ER_[A-Z0-9_]+)`", DOCUMENT.read_text()))
    assert named - every_variable() - by_command_line - url_variables() == set()


def url_variables() -> set[str]:
    return {service.url_variable for service in SERVICES.values()}
