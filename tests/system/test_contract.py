"""The public contract under requests that nobody would think of, against the running system."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    CheckFunction,
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.places import ROOT
from tests.support.systems import System, system

CONTRACT = json.loads((ROOT / "docs" / "openapi" / "gateway.json").read_text())
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(CONTRACT)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system(tmp_path_factory.mktemp("contract"), "--demo") as running:
        yield running


OPERATIONS = sum(len(methods) for methods in CONTRACT["paths"].values())


@schema.parametrize()
@settings(
    max_examples=-(-200 // OPERATIONS), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_no_request_breaks_the_contract(case: schemathesis.Case[Any], demo: System) -> None:
    case.call_and_validate(base_url=demo.address.gateway, checks=CHECKS, timeout=20)


chat = schema.include(path_regex="^/v1/chat/")


@pytest.fixture(scope="module")
def as_guest(demo: System) -> dict[str, str]:
    with demo.client() as client:
        token = client.post("/v1/auth/guest", json={}).json()["access_token"]
    return {"authorization": f"Bearer {token}"}


@pytest.mark.full
@chat.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_of_a_guest_breaks_the_dialogue(
    case: schemathesis.Case[Any], demo: System, as_guest: dict[str, str]
) -> None:
    """With a token and a session of one's own, so that the handlers are reached."""
    if "session_id" in case.path_parameters:
        with demo.client() as client:
            opened = client.post("/v1/chat/sessions", json={}, headers=as_guest).json()
        case.path_parameters["session_id"] = opened["session_id"]
    case.call_and_validate(
        base_url=demo.address.gateway, checks=CHECKS, timeout=20, headers=as_guest
    )


@pytest.mark.full
@schema.parametrize()
@settings(
    max_examples=-(-5000 // OPERATIONS), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_no_request_of_thousands_breaks_the_contract(
    case: schemathesis.Case[Any], demo: System
) -> None:
    case.call_and_validate(base_url=demo.address.gateway, checks=CHECKS, timeout=20)


def test_the_small_client_tells_first_words_and_hospitals(demo: System) -> None:
    script = ROOT / "docs" / "examples" / "ask.py"
    words = [demo.address.gateway, "37.5665", "126.978", "가슴이 쥐어짜듯 아파요"]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, script, *words], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert "119" in done.stdout.splitlines()[0]
    assert "SIMULATED" in done.stdout
    assert done.stdout.count(" min ago") >= 5
