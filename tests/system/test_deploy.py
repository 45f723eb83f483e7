"""The deployment files: what is published, what is set, and how nginx really answers."""

import contextlib
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
import yaml

from services.catalog import SERVICES
from services.cli.local import free_port
from services.cli.programs import find_nginx

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
APPLICATIONS = {name: COMPOSE["services"].get(name, {}) for name in SERVICES}


class Gateway(BaseHTTPRequestHandler):
    """Stands where the gateway stands; tells back what reached it."""

    protocol_version = "HTTP/1.1"
    released = Event()
    """Set at the end of a test; until then a stream stays open."""

    def do_GET(self) -> None:
        if self.path.startswith("/v1/events/"):
            self._stream()
        elif self.path == "/v1/auth/check":
            self._check()
        else:
            self._tell(json.dumps({"path": self.path, "headers": dict(self.headers)}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._tell(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """The test's output is no access log."""

    def _tell(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.end_headers()
        self.wfile.write(body)

    def _check(self) -> None:
        told = {"Bearer good": 204, "Bearer unknown": 403, "Bearer broken": 503}
        self.send_response(told.get(self.headers.get("Authorization", ""), 401))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b": ping\n\n")
        self.wfile.flush()
        self.released.wait(20)


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx with the product's configuration, apart from addresses."""

    url: str
    log: Path


@contextlib.contextmanager
def gateway() -> Iterator[int]:
    Gateway.released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        Gateway.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def configuration(folder: Path, *, port: int, upstream: int) -> Path:
    """The product's file with addresses and paths of this test, everything else as it is."""
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        "/tmp/": f"{folder}/",  # noqa: S108 - the container's own
        "server gateway:8000;": f"server 127.0.0.1:{upstream};",
        "listen 8080 default_server;": f"listen 127.0.0.1:{port} default_server;",
        "/dev/stdout": str(folder / "access.log"),
        "/dev/stderr": str(folder / "error.log"),
        "worker_processes auto;": "worker_processes 1;",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    file = folder / "nginx.conf"
    file.write_text(text)
    return file


@contextlib.contextmanager
def nginx(folder: Path, *, upstream: int) -> Iterator[Nginx]:
    port = free_port()
    folder.chmod(0o755)
    file = configuration(folder, port=port, upstream=upstream)
    command = [find_nginx(), "-c", str(file), "-p", str(folder), "-g", "daemon off; user root;"]
    process = subprocess.Popen(command)
    try:
        give_up = time.monotonic() + 10
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.02)
        yield Nginx(f"http://127.0.0.1:{port}", folder / "access.log")
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Nginx]:
    with gateway() as upstream, nginx(tmp_path, upstream=upstream) as running:
        yield running


@pytest.fixture
def front_without_gateway(tmp_path: Path) -> Iterator[Nginx]:
    with nginx(tmp_path, upstream=free_port()) as running:
        yield running


def assert_problem(response: httpx.Response, status: int, slug: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"]) == (f"urn:er:{slug}", status)
    assert set(body) == {"type", "title", "status", "detail", "trace_id"}
    assert re.fullmatch("[0-9a-f]{32}", body["trace_id"])


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    file = configuration(tmp_path, port=free_port(), upstream=1)
    done = subprocess.run(
        [find_nginx(), "-t", "-c", str(file), "-p", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in re.sub(r".*\"user\" directive.*", "", done.stderr)


def test_requests_reach_the_gateway_with_the_callers_address(front: Nginx) -> None:
    response = httpx.get(
        f"{front.url}/v1/status",
        headers={"X-Forwarded-For": "203.0.113.7", "X-ER-Time-Left-MS": "1", "traceparent": "00-x"},
    )
    seen = {name.lower(): value for name, value in response.json()["headers"].items()}
    assert seen["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert seen["traceparent"] == "00-x"
    assert "x-er-time-left-ms" not in seen


def test_every_answer_carries_the_security_headers_once(front: Nginx) -> None:
    for path in ("/", "/metrics"):
        response = httpx.get(front.url + path)
        assert response.headers.get_list("x-frame-options") == ["DENY"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["server"] == "nginx"
        assert "strict-transport-security" not in response.headers
    secure = httpx.get(front.url, headers={"X-Forwarded-Proto": "https"})
    assert "max-age" in secure.headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/problems/too-slow"])
def test_inner_matters_are_not_forwarded(front: Nginx, path: str) -> None:
    assert_problem(httpx.get(front.url + path), 404, "not-found")


@pytest.mark.parametrize(
    ("shown", "status", "slug"),
    [
        ("", 401, "unauthenticated"),
        ("Bearer bad", 401, "unauthenticated"),
        ("Bearer unknown", 503, "unavailable"),
        ("Bearer broken", 502, "upstream-failed"),
    ],
)
def test_a_chat_is_for_holders_of_a_good_token(
    shown: str, status: int, slug: str, front: Nginx
) -> None:
    headers = {"authorization": shown} if shown else {}
    for path in ("/v1/chat/sessions", "/v1/chat/sessions/x/messages"):
        assert_problem(httpx.post(front.url + path, json={}, headers=headers), status, slug)
    good = {"authorization": "Bearer good"}
    passed = httpx.post(f"{front.url}/v1/chat/sessions", json={}, headers=good)
    assert passed.status_code == 200
    assert_problem(httpx.get(f"{front.url}/v1/auth/check", headers=good), 404, "not-found")


def test_a_body_over_64_kib_is_a_problem_and_one_of_64_kib_is_not(front: Nginx) -> None:
    assert httpx.post(f"{front.url}/v1/triage", content=b"x" * 65536).status_code == 200
    too_large = httpx.post(f"{front.url}/v1/triage", content=b"x" * 65537)
    assert_problem(too_large, 413, "body-too-large")


def test_a_long_address_and_a_long_header_are_problems(front: Nginx) -> None:
    assert_problem(httpx.get(f"{front.url}/{'x' * 9000}"), 414, "invalid-request")
    long_header = httpx.get(front.url, headers={"X-Long": "x" * 9000})
    assert_problem(long_header, 431, "invalid-request")


def test_an_absent_gateway_is_a_problem_that_still_says_119(front_without_gateway: Nginx) -> None:
    response = httpx.get(f"{front_without_gateway.url}/v1/status")
    assert_problem(response, 502, "upstream-failed")
    assert "119" in response.json()["detail"]


def test_events_arrive_before_the_stream_ends(front: Nginx) -> None:
    with httpx.stream("GET", f"{front.url}/v1/events/1", timeout=5) as response:
        assert next(response.iter_bytes()) == b": ping\n\n"


ADDRESSES = {
    "/": "/",
    "/metrics": "/metrics",
    "/manifest.webmanifest": "/manifest.webmanifest",
    "/assets/app-ba_AmyOH.js": "/assets/app-ba_AmyOH.js",
    "/.well-known/jwks.json": "/.well-known/jwks.json",
    "/v1/auth/kakao/callback?code=sentinel-code": "/v1/auth/kakao/callback",
    "/v1/hospitals/search": "/v1/hospitals/search",
    "/v1/hospitals/A1100001": "/v1/hospitals/{id}",
    "/v1/hospitals/A1100001/history?hours=24": "/v1/hospitals/{id}/history",
    "/v1/auth/sessions/sentinel-id": "/v1/auth/sessions/{id}",
    "/v1/recommendations/sentinel-id/outcome": "/v1/recommendations/{id}/outcome",
    "/가슴이 아파요 sentinel": "unmatched",
    "/v1/sentinel-text": "unmatched",
}


def test_the_access_log_tells_routes_and_neither_ids_nor_query_nor_caller(front: Nginx) -> None:
    for path in ADDRESSES:
        httpx.get(front.url + path, headers={"Referer": "sentinel-referer"})
    time.sleep(0.1)
    log = front.log.read_text()
    told = [json.loads(line)["route"] for line in log.splitlines()]
    assert told == list(ADDRESSES.values())
    assert "sentinel" not in log
    assert "127.0.0.1" not in log


def test_only_nginx_publishes_a_port() -> None:
    publishing = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert publishing == ["nginx"]
    assert not any("network_mode" in service for service in COMPOSE["services"].values())


def test_every_service_of_the_catalogue_is_there_on_its_port() -> None:
    for name, service in SERVICES.items():
        entry = APPLICATIONS[name]
        assert entry["command"] == [name]
        assert entry["environment"][service.port_variable] == str(service.default_port)
        assert entry["environment"]["ER_PROFILE"] == "production"
        assert f":{service.default_port}/" in entry["healthcheck"]["test"][-1]


def test_peers_are_named_as_the_catalogue_knows_them() -> None:
    environment = APPLICATIONS["gateway"]["environment"]
    for name, service in SERVICES.items():
        if name != "gateway":
            assert environment[service.url_variable] == f"http://{name}:{service.default_port}"


def test_each_owner_has_a_role_of_its_own_and_nobody_else_has_it() -> None:
    for name, service in SERVICES.items():
        addresses = {
            key: value
            for key, value in APPLICATIONS[name]["environment"].items()
            if key.endswith("DATABASE_URL")
        }
        if service.owns_schema:
            assert list(addresses) == [service.database_variable]
            assert addresses[service.database_variable].startswith(f"postgresql://er_{name}:")
            migration = COMPOSE["services"]["migrate"]["environment"]
            assert migration[service.database_variable] == addresses[service.database_variable]
        else:
            assert not addresses


def test_nothing_secret_has_a_value_in_the_file() -> None:
    for entry in COMPOSE["services"].values():
        for name, value in entry.get("environment", {}).items():
            if re.search("PASSWORD|_KEY$|AUTH$", name):
                # Demanded from outside, or empty: the copies on S3 are optional.
                assert re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", value), name
            if name.endswith("_URL") and "@" in str(value):
                assert re.search(r":\$\{\w+:\?[^}]+\}@", value), name


def test_every_container_is_closed_and_restarted() -> None:
    for name, entry in COMPOSE["services"].items():
        assert entry["read_only"] is True, name
        assert entry["cap_drop"] == ["ALL"], name
        assert entry["security_opt"] == ["no-new-privileges:true"], name
        assert entry["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert name == "migrate" or "healthcheck" in entry


def test_only_the_front_the_feed_logins_and_the_model_reach_outside() -> None:
    outside = {n for n, entry in COMPOSE["services"].items() if "outer" in entry["networks"]}
    assert outside == {"nginx", "sync", "auth", "triage"}
    assert all(COMPOSE["networks"][name]["internal"] for name in ("front", "inner"))


def test_the_image_runs_the_same_code_as_an_ordinary_user() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    assert 'ENTRYPOINT ["python", "-m", "services"]' in lines
    assert "USER 10001:10001" in lines
    assert any("--require-hashes" in line for line in lines)
    exposed = next(line for line in lines if line.startswith("EXPOSE")).split()[1:]
    assert {str(service.default_port) for service in SERVICES.values()} <= set(exposed)
