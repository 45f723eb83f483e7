"""What people read of the public contract: complete, true to the models, and up to date."""

import json
import os
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared import contracts
from tests.support.api_document import document
from tests.support.applications import application
from tests.support.places import ROOT

DOCUMENT = ROOT / "docs" / "api.md"
CONTRACT: dict[str, Any] = application("gateway").openapi()
MODULES = [
    import_module(f"{contracts.__name__}.{found.name}")
    for found in pkgutil.iter_modules(contracts.__path__)
]
WITHOUT_EXAMPLE = {"health", "chat", "auth"}
"""Tags whose operations need no example: for machines, or told in words of their own."""


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in CONTRACT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "requestBody" in operation:
        yield operation["requestBody"]["content"]["application/json"]
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from response.get("content", {}).values()


def model(schema: dict[str, Any]) -> Any:
    name = schema["$ref"].rpartition("/")[2]
    return next(getattr(module, name) for module in MODULES if hasattr(module, name))


def test_the_document_is_of_this_contract() -> None:
    told = document(CONTRACT)
    if os.environ.get("ER_UPDATE_OPENAPI"):
        DOCUMENT.write_text(told)
    assert DOCUMENT.read_text() == told, "write it with ER_UPDATE_OPENAPI=1"


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_operation_says_what_it_does_and_shows_it(
    name: str, operation: dict[str, Any]
) -> None:
    assert operation["description"]
    assert operation["tags"]
    if not WITHOUT_EXAMPLE & set(operation["tags"]):
        assert all("example" in content for content in contents(operation))


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_example_is_one_that_the_models_take(name: str, operation: dict[str, Any]) -> None:
    for content in contents(operation):
        if "$ref" in content.get("schema", {}) and "example" in content:
            TypeAdapter(model(content["schema"])).validate_python(content["example"])


def test_every_part_of_the_contract_is_told() -> None:
    names = {tag["name"] for tag in CONTRACT["tags"]}
    assert {tag for _, operation in operations() for tag in operation["tags"]} == names
    for reference in json.dumps(CONTRACT).split('"$ref": "#/')[1:]:
        place: Any = CONTRACT
        for part in reference.partition('"')[0].split("/"):
            place = place[part]


def test_whatever_takes_a_body_says_how_it_is_refused() -> None:
    for _, operation in operations():
        if "requestBody" in operation:
            assert {"413", "415", "422", "429"} <= set(operation["responses"])
