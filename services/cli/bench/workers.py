"""Servers of the dialect under measure: the local worker of each back end, and one outside."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.cli.address import state_folder
from services.cli.errors import CommandFailed
from services.cli.serving import say
from services.triage.engines.backends import Backend, BackendMissing, bring_in, present
from services.triage.engines.client import Ask
from services.triage.engines.prompts import Template, family_of, template
from services.triage.engines.sources import Progress, SourceError, fetch, source
from services.triage.engines.worker.task import BackendName, Task
from services.triage.knowledge import load_knowledge
from services.triage.settings import DEFAULT_MODEL

START_S = 120.0
TOKENS = 320
ROOT = Path(__file__).resolve().parents[3]
BACKENDS: tuple[BackendName, ...] = ("native", "llama-cpp-python")
TEXTS = (
    "아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세",
    "세 살 아이가 어제부터 열이 나고 밤새 기침을 해요",
    "계단에서 넘어져서 발목이 부었고 걷기 힘들어요 저는 스물다섯이에요",
    "어머니가 말이 어눌하고 오른팔에 힘이 없대요 당뇨 있으세요",
    "배가 살살 아프고 설사를 여러 번 했어요 열은 없어요",
    "임신 32주인데 피가 비쳐요 배는 안 아파요",
    "벌에 쏘였는데 온몸에 두드러기가 나고 숨이 차요",
    "머리가 망치로 맞은 것처럼 아파요 이런 두통은 처음이에요",
)
"""Invented callers."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model's file, and how it is asked; `adapter` is worn by it."""

    path: Path
    folder: Path
    template: Template
    adapter: Path | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready; `pid` and the seconds of its start where it is ours."""

    name: str
    url: str
    key: str
    pid: int | None = None
    start_s: float | None = None

    def client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120, trust_env=False)


def model_of(address: str | None, state: Path | None) -> Model:
    """The model of an address, or the embedded one; raises CommandFailed."""
    folder = state_folder(state).resolve() / "engines"
    wanted, knowledge = address or DEFAULT_MODEL, load_knowledge()
    say(f"model {wanted.split('#')[0]}")
    try:
        path = asyncio.run(fetch(source(wanted), folder, Progress()))
    except SourceError as error:
        raise CommandFailed(str(error)) from error
    made = template(family_of(wanted), knowledge.ontology)
    return Model(path, folder, made)


def backend_of(name: BackendName, folder: Path) -> Backend:
    """The back end, brought in where it is missing; raises CommandFailed."""
    found = present(name, folder)
    if found is not None:
        return found
    say(f"bringing in {name}" + ("; it is compiled, minutes" if name != "native" else ""))
    try:
        return asyncio.run(bring_in(name, folder))
    except BackendMissing as error:
        raise CommandFailed(str(error)) from error


@contextmanager
def worker(
    model: Model, name: BackendName, *, threads: int | None = None, queue: int = 32
) -> Iterator[Served]:
    """The local worker as triage starts it, ready; with as many threads as the setting says."""
    set_to = int(os.environ.get("ER_TRIAGE_CPU_THREADS") or os.cpu_count() or 1)
    backend = backend_of(name, model.folder)
    task = Task(
        backend=name,
        model=str(model.path),
        adapter=str(model.adapter) if model.adapter else None,
        key=secrets.token_urlsafe(24),
        threads=threads or set_to,
        context=8192,
        queue=queue,
    )
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "services.triage.engines.worker"],
        env=environment(backend),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _told(child, task)
        served = Served(name, f"http://127.0.0.1:{port}", task.key, child.pid)
        _until_ready(served, child)
        start_s = time.perf_counter() - began
        yield Served(name, served.url, served.key, child.pid, start_s)
    finally:
        child.kill()
        child.wait()


def environment(backend: Backend) -> dict[str, str]:
    """For a child with that back end on its path."""
    path = os.pathsep.join(part for part in (str(ROOT), backend.path) if part)
    return {**os.environ, "PYTHONPATH": path}


def body(model: Model, text: str, **changed: Any) -> dict[str, Any]:
    """What triage asks about a text."""
    made = model.template
    return Ask(made.prompt(text), made.grammar, TOKENS, stop=made.stop).body | changed


def _told(child: subprocess.Popen[bytes], task: Task) -> int:
    if child.stdin is None or child.stdout is None:
        raise CommandFailed("the worker has no pipes")
    child.stdin.write(task.model_dump_json().encode() + b"\n")
    child.stdin.flush()
    return int(json.loads(child.stdout.readline())["port"])


def _until_ready(served: Served, child: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_S
    with served.client() as client:
        while not _is_ready(client):
            if child.poll() is not None or time.monotonic() > give_up:
                raise CommandFailed(f"the worker with {served.name} did not get ready")
            time.sleep(0.02)


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == httpx.codes.OK
    except httpx.TransportError:  # it has just died, and the caller sees that
        return False
