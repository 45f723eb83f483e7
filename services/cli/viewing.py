"""`status` and `refresh`: what operators look at."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import httpx
from rich.table import Table

from services.cli.address import Address, running_at, state_folder
from services.cli.errors import CommandFailed
from services.cli.readiness import PATIENT_S, unready
from services.cli.terminal import tables
from shared.app import service_token
from shared.contracts.gateway import StatusAnswer
from shared.contracts.sync import RefreshAnswer, RoundsAnswer
from shared.contracts.triage import Engine

ASK_S = 5.0
REFRESH_S = 120.0
ROUNDS_SHOWN = 5
PRIVATE_SERVERS = {"postgres": "ER_DATABASE_URL", "redis": "ER_REDIS_URL"}
"""What `up` runs itself unless the variable names one."""
console = tables()


def status(named: Path | None) -> int:
    """One screen; 0 when the system is ok and every service ready, else 1."""
    address = running_at(named)
    told = StatusAnswer.model_validate_json(_get(f"{address.gateway}/v1/status"))
    if told.simulated:
        console.print("SIMULATED: 모의 데이터", style="bold yellow")
    age = "?" if told.data_age_s is None else f"{told.data_age_s} s"
    console.print(f"status {told.status} · data {_moment(told.data_as_of)} · age {age}")
    if told.degraded:
        console.print(f"degraded: {', '.join(told.degraded)}", style="yellow")
    _print_sync(told)
    waiting = unready(address, ask_s=PATIENT_S)
    _print_services(address, waiting)
    _print_servers(waiting, state_folder(named))
    for engine in told.engines:
        console.print(_engine_line(engine), markup=False)
    try:
        _print_rounds(address)
    except CommandFailed as error:  # the store is away: everything else was told above
        console.print(f"no history: {error}", style="red", markup=False)
    return 0 if told.status == "ok" and not waiting else 1


def refresh(named: Path | None) -> None:
    """One round now."""
    address = running_at(named)
    done = RefreshAnswer.model_validate_json(ask_inner(address, "sync", "POST", "/v1/refresh"))
    for title, counts in (("received", done.received), ("written", done.written)):
        console.print(f"{title:9}" + " ".join(f"{name}={n}" for name, n in counts.items()))
    console.print(f"{'changed':9}{done.changed_values} values")
    console.print(f"{'snapshot':9}{done.snapshot} after {done.elapsed_ms} ms")


def ask_inner(
    address: Address, service: str, method: str, path: str, *, content: str | None = None
) -> bytes:
    """What a service answers on an inner address; its problem is told in one line."""
    headers = {
        "authorization": f"Bearer {service_token(address.key, service)}",
        "content-type": "application/json",
    }
    url = address.inner[service] + path
    try:
        answer = httpx.request(
            method, url, headers=headers, content=content, timeout=REFRESH_S, trust_env=False
        )
    except httpx.TransportError as error:
        raise CommandFailed(f"{service} does not answer ({type(error).__name__})") from error
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        told = answer.json()
        wrong = "; ".join(f"{e['pointer']} {e['message']}" for e in told.get("errors") or [])
        raise CommandFailed(f"{service}: {told['title']}: {wrong or told['detail']}")
    return answer.content


def _engine_line(engine: Engine) -> str:
    line = f"engine {engine.name}: {engine.state} ({engine.role})"
    line += f" · {engine.model}" if engine.model else ""
    line += f" · {engine.detail}" if engine.detail else ""
    measures = engine.measures
    if measures is not None and measures.answers:
        line += f" · {measures.answers} answers, p50 {measures.p50_ms} ms"
        line += f", p95 {measures.p95_ms} ms, agreement {measures.agreement or '-'}"
    return line


def _print_sync(told: StatusAnswer) -> None:
    if told.sync is None:
        console.print("sync does not answer", style="red")
        return
    console.print(
        f"institutions {told.sync.hospitals} · with a place {told.sync.with_place}"
        f" · with live beds {told.sync.with_beds}"
    )
    console.print(
        f"last success {_moment(told.sync.last_success)} · failures in a row"
        f" {told.sync.consecutive_failures} · next {_moment(told.sync.next_due)}"
    )
    error = told.sync.last_error
    if error is None:
        return
    line = f"last error {error.kind} at {_moment(error.at)}"
    if told.sync.last_success is not None and told.sync.last_success > error.at:
        console.print(f"{line}: a good round came since", markup=False)
    else:
        console.print(f"{line}: {error.next_step}", style="yellow", markup=False)


def _print_services(address: Address, waiting: Mapping[str, str]) -> None:
    table = Table("service", "ready", "address")
    for name, url in sorted(address.inner.items()):
        table.add_row(name, f"no: {waiting[name]}" if name in waiting else "yes", url)
    console.print(table)


def _print_servers(waiting: Mapping[str, str], state: Path) -> None:
    """What to do about a private server that services wait for."""
    for server, variable in PRIVATE_SERVERS.items():
        log = state / f"{server}.log"
        lost = any(server in reason for reason in waiting.values())
        if lost and log.exists() and not os.environ.get(variable):
            line = f"{server} is our own, see {log}; ./er down and ./er up start it again"
            console.print(line, style="yellow", markup=False, soft_wrap=True)


def _moment(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"


def _print_rounds(address: Address) -> None:
    path = f"/v1/rounds?limit={ROUNDS_SHOWN}"
    rounds = RoundsAnswer.model_validate_json(ask_inner(address, "sync", "GET", path)).rounds
    table = Table("sync round", "took", "received", "written", "failed")
    for entry in rounds:
        table.add_row(
            _moment(entry.started_at),
            f"{entry.elapsed_ms} ms",
            " ".join(f"{name}={n}" for name, n in entry.received.items()),
            " ".join(f"{name}={n}" for name, n in entry.written.items()),
            ", ".join(entry.failed) or "-",
        )
    console.print(table)


def _get(url: str) -> bytes:
    try:
        answer = httpx.get(url, timeout=ASK_S, trust_env=False)
    except httpx.TransportError as error:
        raise CommandFailed(f"no answer ({type(error).__name__})") from error
    return answer.content
