"""Calls to a system under measure, by the plainest client there is: it is not what is measured."""

import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlsplit

from services.cli.errors import CommandFailed

GRAVE = "아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세"
CITY_HALL = {"latitude": 37.5665, "longitude": 126.9780}
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request, always the same."""

    method: str
    path: str
    body: bytes | None = None


TRIAGE = Call("POST", "/v1/triage", json.dumps({"text": GRAVE}).encode())
RECOMMENDATION = Call(
    "POST", "/v1/recommendations", json.dumps({"text": GRAVE, **CITY_HALL}).encode()
)
ALIVE = Call("GET", "/livez")


def connected(url: str) -> HTTPConnection:
    """A connection to the server of a base address; it is opened by its first call."""
    place = urlsplit(url)
    return HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT_S)


def timed(connection: HTTPConnection, call: Call) -> float:
    """Milliseconds of one call."""
    headers = {"content-type": "application/json"} if call.body else {}
    began = time.perf_counter()
    connection.request(call.method, call.path, body=call.body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise CommandFailed(f"{call.path} answered {answer.status}; start with the limits off")
    return (time.perf_counter() - began) * 1000


def paced(url: str, call: Call, *, every_s: float, seconds: float) -> list[float]:
    """Milliseconds of calls that are due at a steady pace, each counted from when it was due: a
    slow answer also makes those wait that come behind it, as it would for people."""
    connection, times = connected(url), []
    began = time.perf_counter()
    for place in range(int(seconds / every_s)):
        due = began + place * every_s
        time.sleep(max(0.0, due - time.perf_counter()))
        timed(connection, call)
        times.append((time.perf_counter() - due) * 1000)
    connection.close()
    return times
