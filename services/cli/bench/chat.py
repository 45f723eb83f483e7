"""Turns of dialogues: how many a second, and first words against the list of the same dialogue."""

import itertools
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

from services.cli.address import running_at
from services.cli.bench.asking import GRAVE, TRIAGE, connected, timed
from services.cli.bench.reports import Report, Wanted, table
from services.cli.errors import CommandFailed

PEOPLE = 8
TURNS_S = 8.0
BLOCKS = 40
WARM_UP = 5
PLACE = "서울 종로구"
SCRIPT = ("배가 아파요", "네", "34살이요", "여자요", "아뇨", "없어요")
SESSIONS = "/v1/chat/sessions"


class Person:
    """A guest with a connection of their own."""

    def __init__(self, url: str) -> None:
        self._connection: HTTPConnection = connected(url)
        self._token = ""
        self._token = self._asked("POST", "/v1/auth/guest", {})[0]["access_token"]

    def begin(self) -> str:
        """The path of a new dialogue's messages."""
        return f"{SESSIONS}/{self._asked('POST', SESSIONS, {})[0]['session_id']}/messages"

    def say(self, path: str, text: str) -> tuple[Any, float]:
        """The answer to a turn and its milliseconds."""
        return self._asked("POST", path, {"text": text})

    def _asked(self, method: str, path: str, body: dict[str, Any]) -> tuple[Any, float]:
        headers = {"content-type": "application/json"}
        headers |= {"authorization": f"Bearer {self._token}"} if self._token else {}
        began = time.perf_counter()
        self._connection.request(method, path, body=json.dumps(body).encode(), headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise CommandFailed(f"{path} answered {answer.status}; start with the limits off")
        return json.loads(content), took


def bench(wanted: Wanted) -> Report:
    """Both halves have their control in the same run: as many people who ask `/v1/triage`, which
    understands and advises without a dialogue; and the list of the same dialogue, counted from the
    first sentence on without the time in which a person types."""
    url = running_at(wanted.state).gateway
    people = [Person(url) for _ in range(PEOPLE)]
    dialogue, plain = (sum(_rates(url, people, in_dialogue=kind)) for kind in (True, False))
    words, lists, advice = _first_words(url)
    figures = {
        f"turns per second, {PEOPLE} people": dialogue,
        f"/v1/triage per second, {PEOPLE} people": plain,
        "turns against /v1/triage": dialogue / plain,
        "first words in the dialogue p50 ms": words,
        "turn with the list p50 ms": lists,
        "list from the first sentence on, p50 ms": words + lists,
        "first words against the list": words / (words + lists),
        "/v1/triage p50 ms": advice,
        "/v1/triage against the list": advice / (words + lists),
    }
    rows = [(name, f"{value:.3f}") for name, value in figures.items()]
    return Report([table("chat", ("figure", "value"), rows)], figures)


def _rates(url: str, people: list[Person], *, in_dialogue: bool) -> list[float]:
    work = _turns if in_dialogue else _plain
    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(lambda person: work(url, person), people))


def _turns(_: str, person: Person) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < TURNS_S:
        path = person.begin()
        for text in SCRIPT:
            person.say(path, text)
            count += 1
    return count / (time.perf_counter() - began)


def _plain(url: str, _: Person) -> float:
    connection, began = connected(url), time.perf_counter()
    for count in itertools.count():
        if time.perf_counter() - began >= TURNS_S:
            return count / (time.perf_counter() - began)
        timed(connection, TRIAGE)
    raise AssertionError


def _first_words(url: str) -> tuple[float, float, float]:
    """Medians of the first answer, of the turn after it that brings hospitals, and of triage."""
    person, connection = Person(url), connected(url)
    words, lists, advice = [], [], []
    for block in range(WARM_UP + BLOCKS):
        path = person.begin()
        first, first_ms = person.say(path, GRAVE)
        listed, list_ms = person.say(path, PLACE)
        triage_ms = timed(connection, TRIAGE)
        if not first["advice"]["call_119"] or not listed["recommendation"]:
            raise CommandFailed("the dialogue gave no advice or no list")
        if block >= WARM_UP:
            words.append(first_ms)
            lists.append(list_ms)
            advice.append(triage_ms)
    return statistics.median(words), statistics.median(lists), statistics.median(advice)
