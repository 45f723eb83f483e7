"""The worker's face over a scripted back end: its key, its queue, and callers who leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from services.triage.engines.worker.front import Front
from services.triage.engines.worker.task import Backend, BadRequest, CompletionRequest, Task
from tests.support.running import running
from tests.support.waiting import until

TASK = Task(backend="native", model="none", key="k" * 20, threads=1, queue=2)
BODY = {"prompt": "x", "n_predict": 4, "unknown_option": True}


class Scripted:
    """A back end that works until it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.began = 0
        self.cancelled = 0

    async def complete(self, request: CompletionRequest) -> dict[str, Any]:
        if request.prompt == "bad":
            raise BadRequest("Failed to parse grammar")
        if request.prompt == "crash":
            raise RuntimeError("a secret of the patient")
        self.began += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return {"content": request.prompt, "stop_type": "eos"}

    async def close(self) -> None:
        self.go.set()


@asynccontextmanager
async def front(backend: Scripted, *, loaded: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    async def load() -> Backend:
        if not loaded:
            await asyncio.Event().wait()
        return backend

    headers = {"authorization": f"Bearer {TASK.key}"}
    async with (
        running(Front(TASK, load).app) as url,
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client,
    ):
        yield client


async def test_while_it_loads_it_says_so_as_llama_cpp_does() -> None:
    async with front(Scripted(), loaded=False) as client:
        for answer in (await client.get("/health"), await client.post("/completion", json=BODY)):
            assert answer.status_code == 503
            assert answer.json()["error"]["message"] == "Loading model"


async def test_one_runs_two_wait_and_the_next_is_sent_away() -> None:
    backend = Scripted()
    async with front(backend) as client:
        asked = [asyncio.create_task(client.post("/completion", json=BODY)) for _ in range(5)]
        done, waiting = await asyncio.wait(asked, timeout=1)
        refused = [task.result() for task in done]
        assert [answer.status_code for answer in refused] == [503, 503]
        assert all(answer.headers["retry-after"] == "1" for answer in refused)
        assert backend.began == 1
        backend.go.set()
        answers = await asyncio.gather(*waiting)
        assert [answer.status_code for answer in answers] == [200, 200, 200]


async def test_who_leaves_ends_the_work_and_frees_the_place() -> None:
    backend = Scripted()
    async with front(backend) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post("/completion", json=BODY, timeout=0.2)

        async def cancelled() -> bool:
            return backend.cancelled == 1

        await until(cancelled, seconds=3)
        backend.go.set()
        assert (await client.post("/completion", json=BODY)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"prompt": "bad", "n_predict": 4}, 400),
        ({"prompt": "crash", "n_predict": 4}, 500),
        ({"prompt": "endless"}, 400),
        ({"prompt": "endless", "n_predict": -1}, 400),
        ({"n_predict": 4}, 400),
        ([], 400),
    ],
)
async def test_what_cannot_be_served_is_told_without_its_content(body: Any, status: int) -> None:
    async with front(Scripted()) as client:
        answer = await client.post("/completion", json=body)
        assert answer.status_code == status
        assert "secret" not in answer.text
        assert answer.json()["error"]["code"] == status


async def test_nothing_without_the_key() -> None:
    async with front(Scripted()) as client:
        answer = await client.post("/completion", json=BODY, headers={"authorization": "Bearer x"})
        assert answer.status_code == 401
        assert (await client.get("/slots")).status_code == 404
