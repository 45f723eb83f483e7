"""`ask`: first words at once, then the list."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.cli.address import Address, running_at, state_folder
from services.cli.errors import CommandFailed
from services.cli.terminal import tables
from shared.contracts.gateway import Recommendation
from shared.contracts.matching import RankedHospital
from shared.contracts.sync import SearchAnswer
from shared.contracts.triage import Advice, TriageAnswer

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 15.0
PIPED_WIDTH = 120
TIERS = {
    "recommended": ("추천", "recommended"),
    "call_first": ("먼저 전화", "call first"),
    "not_recommended": ("권하지 않음", "not recommended"),
}
STATUS = {
    "available": ("가능 신고", "reported able"),
    "unavailable": ("불가 신고", "reported unable"),
    "unknown": ("모름", "unknown"),
}
NOTHING = (
    "알아들은 증상이 없습니다. 어디가 어떻게 아픈지 조금 더 적어 주세요.",
    "No symptom was understood. Please tell a little more about what hurts and how.",
)
LEVEL = ("KTAS {} (참고용 추정)", "KTAS {} (an estimate)")


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence, a place, and names of hospitals that said no."""

    sentence: str
    latitude: float
    longitude: float
    refused: Sequence[str]
    english: bool

    def of(self, texts: tuple[str, str]) -> str:
        return texts[1] if self.english else texts[0]


def ask(question: Question, state: Path | None) -> None:
    """Print advice as soon as it is there, then what is needed and where to go."""
    console = tables(piped_width=PIPED_WIDTH)
    headers = {"accept-language": "en" if question.english else "ko"}
    base = _started(state).gateway
    with httpx.Client(base_url=base, timeout=TIMEOUT_S, headers=headers, trust_env=False) as client:
        triage = TriageAnswer.model_validate(
            _post(client, "/v1/triage", {"text": question.sentence})
        )
        _print_advice(console, question, triage)
        body = {
            "latitude": question.latitude,
            "longitude": question.longitude,
            "patient": triage.model_dump(mode="json"),
            "refused": [{"hpid": _hpid(client, question, name)} for name in question.refused],
        }
        found = Recommendation.model_validate(_post(client, "/v1/recommendations", body))
    _print_list(console, question, found)


def _started(state: Path | None) -> Address:
    """The running system; where none runs it is started as `./er up --detach` would."""
    try:
        return running_at(state)
    except CommandFailed:
        print("er: nothing runs yet; starting (stop it with ./er down)", file=sys.stderr)
    folder = str(state_folder(state))
    if subprocess.run([ROOT / "er", "up", "--detach", "--state", folder], check=False).returncode:
        raise CommandFailed("it did not start; see the lines above")
    return running_at(state)


def _post(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    try:
        answer = client.post(path, json=body)
    except httpx.TransportError as error:
        raise CommandFailed(f"the gateway does not answer ({type(error).__name__})") from error
    told = answer.json()
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        errors = [f"{e['pointer']} {e['message']}" for e in told.get("errors") or []]
        raise CommandFailed(f"{told['title']}: {'; '.join(errors) or told['detail']}")
    return told


def _hpid(client: httpx.Client, question: Question, name: str) -> str:
    place = {"latitude": question.latitude, "longitude": question.longitude, "radius_km": 100}
    body = {"query": name, "limit": 1, **place}
    found = SearchAnswer.model_validate(_post(client, "/v1/hospitals/search", body))
    if not found.hospitals:
        raise CommandFailed(f"no hospital named {name} within 100 km")
    return found.hospitals[0].hpid


def _print_advice(console: Console, question: Question, triage: TriageAnswer) -> None:
    advice: Advice = triage.advice
    style = "bold white on red" if advice.call_119 else "bold"
    console.print(f" {advice.message} ", style=style, markup=False)
    for action in advice.actions:
        console.print(f"  ○ {action.text}", markup=False)
    for action in advice.do_not:
        console.print(f"  ✕ {action.text}", style="yellow", markup=False)
    for phone in advice.phones:
        console.print(f"  ☎ {phone.number}  {phone.reason}", markup=False)
    console.print(f"\n  {_understood(question, triage)}", style="dim", markup=False)


def _understood(question: Question, triage: TriageAnswer) -> str:
    """What was understood of the sentence, and how urgent that is where it can be told."""
    said = ", ".join(symptom.name for symptom in triage.symptoms) or question.of(NOTHING)
    return f"{said} · {question.of(LEVEL).format(triage.ktas)}" if triage.ktas else said


def _print_list(console: Console, question: Question, found: Recommendation) -> None:
    if found.simulated:
        console.print("SIMULATED: 모의 데이터입니다. 실제 병원이 아닙니다.", style="bold yellow")
    for notice in found.notices:
        console.print(f"! {notice.text}", style="bold yellow", markup=False)
    for need in found.needs[:3]:
        console.print(f"  · {need.reason}", markup=False)
    table = Table(show_lines=True)
    heads = (
        ("", "병원", "구분·점수", "분", "병상", "이유와 보고의 나이")
        if not question.english
        else ("", "hospital", "tier", "min", "beds", "why")
    )
    for head in heads:
        table.add_column(head, overflow="fold")
    for entry in found.hospitals:
        table.add_row(*_row(question, entry))
    console.print(table)
    if found.compare:
        console.print(found.compare, markup=False)
    if found.degraded:
        console.print(f"degraded: {', '.join(found.degraded)}", style="yellow")
    console.print(
        question.of(
            (
                "진단이 아니며 수용 확정이 아닙니다. 신고는 약속이 아니니 119나 병원에 확인하세요.",
                "Not a diagnosis, no promise of admission: confirm with 119 or the hospital.",
            )
        ),
        style="dim",
    )


def _row(question: Question, entry: RankedHospital) -> list[str]:
    low, high = entry.eta_range_s[0] // 60, -(-entry.eta_range_s[1] // 60)
    free, total = entry.beds.available, entry.beds.total
    beds = "?" if free is None else f"{free}/{'?' if total is None else total}"
    decisive = [
        f"{r.name}: {question.of(STATUS[r.status])}"
        for r in entry.resources
        if r.role == "decisive"
    ]
    told = [reason.text for reason in entry.reasons if reason.code != "beds"]
    messages = [f"“{message.text}”" for message in entry.messages[:2]]
    name = f"{entry.name}\n{entry.er_phone or entry.phone or ''}"
    return [
        str(entry.rank),
        name,
        f"{question.of(TIERS[entry.tier])}\n{entry.score:.1f}",
        f"{low}~{high}",
        beds,
        "\n".join([*decisive, *told, *messages]),
    ]
