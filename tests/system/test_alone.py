"""Each service alone, as production runs it: its four endpoints, and how it refuses to start."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from services.catalog import OWNERS, SERVICES
from services.cli.state import free_port
from tests.support.places import ROOT
from tests.support.systems import environment

STANDARD = ("/livez", "/readyz", "/openapi.json", "/metrics")


def variables(database: str, redis_url: str, **changed: str) -> dict[str, str]:
    """The environment of a service of its own: stores, a port for each, a dead feed."""
    ports = {service.port_variable: str(free_port()) for service in SERVICES.values()}
    return environment(
        PYTHONPATH=str(ROOT),
        ER_DATABASE_URL=database,
        ER_REDIS_URL=redis_url,
        ER_GATEWAY_INNER_PORT=str(free_port()),
        ER_SYNC_NMC_URL="http://127.0.0.1:1/nmc",
        ER_SYNC_NMC_KEY="none",
        **ports,
        **changed,
    )


@contextmanager
def alone(name: str, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "services", name], env=env, stderr=output, stdout=output
        )
    try:
        yield child
    finally:
        child.terminate()
        child.wait(timeout=20)


def url(name: str, env: Mapping[str, str]) -> str:
    port = "ER_GATEWAY_INNER_PORT" if name == "gateway" else SERVICES[name].port_variable
    return f"http://127.0.0.1:{env[port]}"


def answer(address: str, *, seconds: float = 60) -> httpx.Response:
    give_up = time.monotonic() + seconds
    while True:
        try:
            return httpx.get(address, trust_env=False)
        except httpx.TransportError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("name", SERVICES)
def test_it_serves_its_four_endpoints_and_stops_cleanly(
    name: str, database: str, redis_url: str, tmp_path: Path
) -> None:
    env = variables(database, redis_url)
    with alone(name, env, tmp_path / "log") as child:
        answers = {path: answer(url(name, env) + path) for path in STANDARD}
        child.terminate()
        assert child.wait(timeout=20) == 0
    ready = {"sync": 503, "matching": 503}.get(name, 200)  # no feed, no snapshot: and they say so
    assert {path: told.status_code for path, told in answers.items()} == {
        "/livez": 200, "/readyz": ready, "/openapi.json": 200, "/metrics": 200,
    }  # fmt: skip
    assert "er_http_request_seconds" in answers["/metrics"].text
    assert answers["/openapi.json"].json()["info"]["title"] == f"Smart ER Match: {name}"


async def test_the_public_port_tells_no_metrics(redis_url: str, tmp_path: Path) -> None:
    env = variables("postgresql://nobody@127.0.0.1:1/x", redis_url)
    with alone("gateway", env, tmp_path / "log"):
        public = f"http://127.0.0.1:{env['ER_GATEWAY_PORT']}"
        assert answer(f"{public}/livez").status_code == 200
        assert answer(f"{public}/metrics").status_code == 404


def test_without_a_store_each_ends_with_one_line(
    database: str, redis_url: str, tmp_path: Path
) -> None:
    """All at once, as each of them waits ten seconds for its store."""
    no_database = variables(f"postgresql://nobody@127.0.0.1:{free_port()}/x", redis_url)
    no_redis = variables(database, f"redis://127.0.0.1:{free_port()}/0")
    told = {
        (name, "database"): f"{name}: the database does not answer (ConnectionRefusedError)"
        for name in OWNERS
    } | {
        (name, "Redis"): f"{name}: Redis does not answer (ConnectionError)"
        for name in ("auth", "sync", "matching", "gateway")
    }
    with ExitStack() as stack:
        children = {}
        for name, store in told:
            env, log = no_redis if store == "Redis" else no_database, tmp_path / (name + store)
            children[name, store] = stack.enter_context(alone(name, env, log))
        codes = {case: child.wait(timeout=60) for case, child in children.items()}
    assert codes == dict.fromkeys(told, 1)
    logs = {case: (tmp_path / "".join(case)).read_text().splitlines() for case in told}
    assert logs == {case: [line] for case, line in told.items()}


def test_an_old_schema_is_refused(postgres: str, redis_url: str, tmp_path: Path) -> None:
    empty = postgres.rsplit("/", 1)[0] + "/postgres"
    with alone("auth", variables(empty, redis_url), tmp_path / "log") as child:
        assert child.wait(timeout=40) == 1
    assert "run ./er migrate" in (tmp_path / "log").read_text()


def test_production_refuses_what_is_unsafe(tmp_path: Path) -> None:
    base = variables("postgresql://x@127.0.0.1:1/x", "redis://127.0.0.1:1/0")
    for changed, told in (
        ({}, "ER_SERVICE_KEY"),
        ({"ER_SERVICE_KEY": "short"}, "ER_SERVICE_KEY"),
        ({"ER_SERVICE_KEY": "k" * 40, "ER_DATASET": "demo"}, "ER_DATASET"),
    ):
        env = {**base, "ER_PROFILE": "production", **changed}
        with alone("auth", env, tmp_path / "log") as child:
            assert child.wait(timeout=20) == 1
        lines = (tmp_path / "log").read_text().strip().splitlines()
        assert len(lines) == 1
        assert told in lines[0]


def test_first_words_need_neither_sync_nor_matching(
    database: str, redis_url: str, tmp_path: Path
) -> None:
    env = variables(database, redis_url)
    for service in SERVICES.values():
        env[service.url_variable] = f"http://127.0.0.1:{env[service.port_variable]}"
    grave = {"text": "아버지가 갑자기 가슴을 쥐어짜듯 아파해요"}
    with (
        alone("triage", env, tmp_path / "triage"),
        alone("gateway", env, tmp_path / "gateway"),
    ):
        for name in ("triage", "gateway"):
            answer(f"{url(name, env)}/readyz")
        public = f"http://127.0.0.1:{env['ER_GATEWAY_PORT']}"
        with httpx.Client(base_url=public, trust_env=False) as client:
            first = client.post("/v1/triage", json=grave)
            whole = client.post(
                "/v1/recommendations", json={**grave, "latitude": 37.5, "longitude": 127}
            )
    assert (first.status_code, first.json()["advice"]["call_119"]) == (200, True)
    assert (whole.status_code, whole.json()["type"]) == (503, "urn:er:unavailable")
    assert whole.json()["advice"] == first.json()["advice"]
