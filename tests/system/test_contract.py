"""The public contract under requests that nobody would think of, against the running system."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
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

from tests.support.fakes.identity import FakeIdentity
from tests.support.logins import Providers, bearer, somebody
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


VARIED = sum(
    bool(operation.get("parameters") or "requestBody" in operation)
    for methods in CONTRACT["paths"].values()
    for operation in methods.values()
)
"""Operations of which more than one request can be made."""
FEW, MANY = 200, 5000
sent: Counter[int] = Counter()


def sent_and_checked(case: schemathesis.Case[Any], demo: System, *, of: int) -> None:
    sent[of] += 1
    case.call_and_validate(base_url=demo.address.gateway, checks=CHECKS, timeout=20)


def breaks_no_contract(path: str, method: str) -> Any:
    """The test of one operation. All of one `parametrize` share a node id, and workers that run
    beside each other run each id once."""

    @schema.include(path=path, method=method.upper()).parametrize()
    @settings(
        max_examples=-(-FEW // VARIED), deadline=None, suppress_health_check=list(HealthCheck)
    )
    def test(case: schemathesis.Case[Any], demo: System) -> None:
        sent_and_checked(case, demo, of=FEW)

    return test


globals().update(
    {
        f"test_no_request_breaks_{method}_{re.sub(r'[^a-z]+', '_', path.lower()).strip('_')}": (
            breaks_no_contract(path, method)
        )
        for path, methods in CONTRACT["paths"].items()
        for method in methods
    }
)


def test_they_were_as_many_as_is_said() -> None:
    """After those above."""
    assert sent[FEW] >= FEW


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


account = schema.include(path_regex="^/v1/auth/(me|sessions|logout|refresh|check|[^/]+/link)")


@pytest.mark.full
@account.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_of_a_user_breaks_the_account(
    case: schemathesis.Case[Any], house: tuple[System, FakeIdentity]
) -> None:
    """Signed in anew for each, as a request may end the session or the account."""
    running, fake = house
    with somebody(running) as client:
        tokens = Providers(fake).by_browser(client, "google", "bada")
        headers = bearer(tokens) | {"x-forwarded-for": client.headers["x-forwarded-for"]}
        if "session_id" in case.path_parameters:
            listed = client.get("/v1/auth/sessions", headers=headers).json()["sessions"]
            case.path_parameters["session_id"] = listed[0]["id"]
    case.call_and_validate(
        base_url=running.address.gateway, checks=CHECKS, timeout=20, headers=headers
    )


@pytest.mark.full
@schema.parametrize()
@settings(max_examples=-(-MANY // VARIED), deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_of_thousands_breaks_the_contract(
    case: schemathesis.Case[Any], demo: System
) -> None:
    sent_and_checked(case, demo, of=MANY)


@pytest.mark.full
def test_they_were_thousands(capsys: pytest.CaptureFixture[str]) -> None:
    """After the one above."""
    with capsys.disabled():
        print(f"\n{sent[MANY]} requests")  # noqa: T201 - the figure of the documents
    assert sent[MANY] >= MANY


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
