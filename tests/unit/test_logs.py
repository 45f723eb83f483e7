"""What reaches the log, and what may not."""

import asyncio
import gc
import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from services import host
from shared import context, logs

SECRET = "가슴이 쥐어짜듯 아파요"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log as somebody sets it who wants to see everything."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(profile="production", level="DEBUG")
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


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
    async def fails() -> None:
        raise ValueError(SECRET)

    async def once_started() -> None:
        task = asyncio.create_task(fails(), name="reading")
        await asyncio.wait([task])
        del task
        gc.collect()
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
    told = written.getvalue()
    assert "error in the background" in told
    assert "ValueError" in told
    assert "test_logs.py" in told
    assert SECRET not in told
