"""The host: one server per service on one loop, and an ending that names its cause."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services import host
from shared import app as shared_app
from shared import background
from shared.health import Unusable
from shared.settings import CommonSettings


class Closed:
    """Notes which services closed what they had opened."""

    def __init__(self) -> None:
        self.names: list[str] = []


def make(
    name: str, closed: Closed, *, start_error: Exception | None = None, dies: bool = False
) -> FastAPI:
    async def work() -> None:
        await asyncio.sleep(0.2 if dies else 3600)
        raise ValueError("a secret that nobody may read")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        if start_error is not None:
            raise start_error
        async with background.running(app, "work", work()):
            yield {"checks": {}}
        closed.names.append(name)

    return shared_app.build(
        name, version="1.0.0", settings=CommonSettings(), lifespan=lifespan, routers=[]
    )


def hosted(name: str, app: FastAPI) -> host.Hosted:
    return host.Hosted(name, app, [host.bind(0)])


def url(entry: host.Hosted) -> str:
    return f"http://127.0.0.1:{entry.sockets[0].getsockname()[1]}"


async def test_a_signal_stops_every_service_and_is_no_failure() -> None:
    closed = Closed()
    entries = [hosted(name, make(name, closed)) for name in ("one", "two")]
    answered = []

    async def once_started() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answered.extend([(await client.get(f"{url(e)}/livez")).status_code for e in entries])
        os.kill(os.getpid(), signal.SIGTERM)

    ending = await asyncio.wait_for(host.serve(entries, once_started=once_started), 10)
    assert ending == host.Ending()
    assert answered == [200, 200]
    assert sorted(closed.names) == ["one", "two"]


async def test_a_service_whose_work_dies_stops_the_rest_and_is_named() -> None:
    closed = Closed()
    entries = [
        hosted("well", make("well", closed)),
        hosted("sick", make("sick", closed, dies=True)),
    ]
    ending = await asyncio.wait_for(host.serve(entries), 10)
    assert ending.failed == "sick"
    assert sorted(closed.names) == ["sick", "well"]


async def test_a_failed_start_is_told_in_the_words_meant_for_operators() -> None:
    closed = Closed()
    broken = make("broken", closed, start_error=Unusable("the database does not answer"))
    entries = [hosted("well", make("well", closed)), hosted("broken", broken)]
    ending = await asyncio.wait_for(host.serve(entries), 10)
    assert ending == host.Ending("broken", "the database does not answer")
    assert closed.names == ["well"]


async def test_any_other_error_is_told_by_its_kind_alone() -> None:
    broken = make("broken", Closed(), start_error=ValueError("password=secret"))
    ending = await asyncio.wait_for(host.serve([hosted("broken", broken)]), 10)
    assert ending == host.Ending("broken", "ValueError")


def test_a_busy_port_is_named_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(host.PortBusy, match=rf"port {port} on 127.0.0.1 is busy \(--port\)"):
            host.bind(port, told_by="--port")
