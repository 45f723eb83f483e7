"""The running system as an evaluation asks it: by its public address, however long that takes."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from services.cli.address import running_at
from services.cli.errors import CommandFailed

TIMEOUT_S = 15.0
LONGEST_WAIT_S = 61


class Gateway:
    """Posts to the public API; where the limits are on, it waits as long as it is told to."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a 200; CommandFailed with the problem's words for anything else."""
        answer = self._sent(path, body)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = min(LONGEST_WAIT_S, int(answer.headers.get("retry-after", "1")))
            print(f"er: limited, waiting {wait} s (ER_GATEWAY_LIMIT_ADDRESS=off)", file=sys.stderr)
            time.sleep(wait)
            answer = self._sent(path, body)
        told: dict[str, Any] = answer.json()
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise CommandFailed(f"{path}: {told.get('title')}: {told.get('detail')}")
        return told

    def _sent(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        try:
            return self._client.post(path, json=dict(body))
        except httpx.TransportError as error:
            raise CommandFailed(f"the gateway does not answer ({type(error).__name__})") from error


@contextmanager
def gateway(state: Path | None) -> Iterator[Gateway]:
    """The system that runs on a state folder."""
    base = running_at(state).gateway
    with httpx.Client(base_url=base, timeout=TIMEOUT_S, trust_env=False) as client:
        yield Gateway(client)


NEEDS_FACTS = ("age_years", "age_days", "gender", "pregnancy_weeks")


def needs_request(triage: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `POST /v1/needs` for an answer of `POST /v1/triage`."""
    patient = triage["patient"]
    return {
        "symptoms": [symptom["code"] for symptom in triage["symptoms"]],
        "negated": triage["negated"],
        "red_flags": [flag["code"] for flag in triage["red_flags"]],
        "history": triage["history"],
        "special": triage["special"],
        "cues": triage["cues"],
        "ktas": triage["ktas"],
        **{name: patient[name] for name in NEEDS_FACTS if patient.get(name) is not None},
    }
