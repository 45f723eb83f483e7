"""What reaches the log, and what may not."""

import asyncio
import concurrent.futures
import gc
import io
import json
import logging
import multiprocessing
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import structlog

from services import host
from services.sync import worker
from services.sync.settings import Settings
from shared import context, logs

SECRET = "가슴이 쥐어짜듯 아파요"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log as somebody sets it who wants to see everything."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(profile="production", level="DEBUG")
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**ours)


@pytest.mark.parametrize(
    "library", ["openai._base_client", "httpx", "sse_starlette.sse", "botocore"]
)
def test_libraries_are_not_heard_below_a_warning(library: str, written: io.StringIO) -> None:
    logging.getLogger(library).debug("Request options: %s", {"content": SECRET})
    logging.getLogger(library).info("HTTP Request: POST http://feed/?serviceKey=%s", SECRET)
    logging.getLogger(library).warning("pool is full")
    logs.logger("part").debug("ours")
    told = written.getvalue()
    assert SECRET not in told
    assert "pool is full" in told
    assert "ours" in told


def test_a_line_beside_requests_carries_no_trace(written: io.StringIO) -> None:
    async def request() -> None:
        context.enter(None, None)
        logs.logger("part").info("inside")

    asyncio.run(request())
    logs.logger("part").info("beside")
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in told] == ["inside", "beside"]
    assert ["trace_id" in line for line in told] == [True, False]


async def test_an_error_that_nobody_fetched_is_told_without_its_words(
    written: io.StringIO,
) -> None:
    async def once_started() -> None:
        await forget_an_error()
        stop.set()

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    former = loop.get_exception_handler()
    serving = asyncio.create_task(host.serve([], once_started=once_started))
    try:
        await asyncio.wait_for(stop.wait(), 5)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        loop.set_exception_handler(former)
    check_told(written.getvalue())


def test_the_worker_of_sync_tells_it_so_too(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Desk:
        async def survey(self) -> None:
            await forget_an_error()

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[Desk]:
        yield Desk()

    monkeypatch.setattr(worker, "opened", opened)
    monkeypatch.setattr(gc, "freeze", lambda: None)  # this process is not a worker
    ours, theirs = multiprocessing.Pipe()
    ours.send(("survey", ()))
    settings = Settings.model_construct()
    with theirs, concurrent.futures.ThreadPoolExecutor(1) as threads:
        serving = threads.submit(asyncio.run, worker._serve(theirs, settings))
        assert ours.poll(5)
        assert ours.recv() is None
        ours.close()
        serving.result(5)
    check_told(written.getvalue())


async def forget_an_error() -> None:
    async def fails() -> None:
        raise ValueError(SECRET)

    task = asyncio.create_task(fails(), name="reading")
    await asyncio.wait([task])
    del task
    gc.collect()


def check_told(told: str) -> None:
    assert "error in the background" in told
    assert "ValueError" in told
    assert "test_logs.py" in told
    assert SECRET not in told
