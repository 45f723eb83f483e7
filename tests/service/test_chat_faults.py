"""Dialogues run while Redis, triage and PostgreSQL are killed and started again: no finished turn
is lost or doubled, no state is wrong, and meanwhile every error is a clear problem."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.triage.chat.dialogue import Said, begun
from services.triage.chat.reducer import reduce
from services.triage.chat.telling import collected
from shared.problems import MEDIA_TYPE
from tests.support.chat_house import House, Part, house
from tests.support.dialogues import START, book, guest

SCRIPTS = [
    (
        "아버지가 가슴을 쥐어짜듯 아파해요",
        "식은땀도 나요",
        "72",
        "서울 강남",
        "당뇨요",
        "A병원에서 안 받아준대요",
    ),
    ("배가 아파요", "네", "34살 여자요", "아뇨", "없어요", "부산 해운대", "ㅇㅇ"),
    ("아기가 열이 나요", "7개월이요", "딸이요", "아뇨 없음", "대전 서구", "넹"),
    ("어지러워요", "몰라요", "67", "여자예요", "고혈압 있어요", "수원", "아니다 68이에요"),
    (
        "머리가 깨질 것 같아요",
        "토했어요",
        "45",
        "남자",
        "글쎄요",
        "제주시",
        "네 맞아요 근데 더 아파요",
    ),
]
THINK_S = 0.35
UNHURRIED_S = 1.5
PATIENCE_S = 60.0
CONNECTIONS = httpx.Limits(keepalive_expiry=3.0)
"""The gateway closes what was idle for five seconds, which is no fault of its."""


@dataclass(slots=True)
class Outcome:
    """What fifty people saw."""

    dialogues: int = 0
    turns: int = 0
    told_late: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    unclear: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    longest_s: float = 0.0

    def row(self, fault: str) -> str:
        told = ", ".join(f"{slug} {count}" for slug, count in sorted(self.problems.items()))
        return (
            f"| {fault} | {self.dialogues} | {self.turns} | {self.told_late} | {told or 'none'} |"
            f" {len(self.unclear)} | {len(self.lost)} | {len(self.wrong)} | {self.longest_s:.1f} |"
        )


def reference(texts: tuple[str, ...]) -> dict[str, Any]:
    """What these turns lead to where nothing fails."""
    state = begun(START)
    for text in texts:
        state, _ = reduce(state, Said(text), state.last_at + timedelta(seconds=1), book=book())
    return collected(state).model_dump(mode="json")


async def one_dialogue(
    url: str, number: int, outcome: Outcome, chance: random.Random, think_s: float
) -> None:
    texts = SCRIPTS[number % len(SCRIPTS)]
    async with httpx.AsyncClient(
        base_url=url, trust_env=False, timeout=20, limits=CONNECTIONS
    ) as client:
        client.headers.update(await guest(client))
        await asyncio.sleep(chance.random() * think_s)
        opened = await persistent(client, "POST", "/v1/chat/sessions", outcome, body={})
        path = f"/v1/chat/sessions/{opened['session_id']}"
        for place, text in enumerate(texts):
            await asyncio.sleep(think_s * (0.5 + chance.random()))
            await persistent(
                client, "POST", f"{path}/messages", outcome, body={"text": text}, key=f"k{place}"
            )
            outcome.turns += 1
        view = await persistent(client, "GET", path, outcome)
    said = [entry["text"] for entry in view["transcript"] if entry["role"] == "user"]
    if said != list(texts):
        outcome.lost.append(f"{number}: {len(said)} of {len(texts)}")
    if view["collected"] != reference(texts):
        outcome.wrong.append(f"{number}: {view['collected']}")
    outcome.dialogues += 1


async def persistent(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    outcome: Outcome,
    *,
    body: dict[str, Any] | None = None,
    key: str | None = None,
) -> Any:
    """Ask until it is answered, as a client would: the same key for the same turn."""
    began = time.monotonic()
    headers = {} if key is None else {"idempotency-key": key}
    tries = 0
    while True:
        answer = await client.request(method, path, json=body, headers=headers)
        if answer.is_success:
            outcome.told_late += tries > 0
            outcome.longest_s = max(outcome.longest_s, time.monotonic() - began)
            return answer.json()
        tries += 1
        if answer.headers.get("content-type") != MEDIA_TYPE or answer.status_code not in (
            502,
            503,
            504,
        ):
            outcome.unclear.append(f"{answer.status_code} {answer.text[:200]}")
        else:
            outcome.problems[answer.json()["type"].removeprefix("urn:er:")] += 1
        assert time.monotonic() - began < PATIENCE_S, f"{path} was never answered"
        await asyncio.sleep(0.2)


async def struck(
    at: House, parts: list[Part], *, dialogues: int, down_s: float, think_s: float = THINK_S
) -> Outcome:
    """Dialogues while each part in turn is killed and started again."""
    outcome, chance = Outcome(), random.Random(7)
    running = asyncio.gather(
        *(one_dialogue(at.url, number, outcome, chance, think_s) for number in range(dialogues))
    )
    for part in parts:
        await asyncio.sleep(0.8)
        await at.kill(part)
        await asyncio.sleep(down_s)
        await at.start(part)
    await running
    return outcome


def nothing_is_lost(outcome: Outcome, dialogues: int) -> None:
    assert (outcome.unclear, outcome.lost, outcome.wrong) == ([], [], [])
    assert outcome.dialogues == dialogues


async def test_a_few_dialogues_survive_every_fault(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        outcome = await struck(at, ["redis", "triage", "postgres"], dialogues=5, down_s=0.4)
    nothing_is_lost(outcome, 5)
    assert outcome.problems, "the faults struck nobody"


@pytest.mark.full
async def test_fifty_dialogues_survive_every_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = []
    faults: list[tuple[str, list[Part]]] = [
        ("none", []),
        ("Redis killed and started", ["redis"]),
        ("triage killed and started", ["triage"]),
        ("PostgreSQL killed and started", ["postgres"]),
        ("all three, one after the other", ["redis", "triage", "postgres"]),
    ]
    async with house(tmp_path) as at:
        for name, parts in faults:
            outcome = await struck(at, parts, dialogues=50, down_s=1.5, think_s=UNHURRIED_S)
            rows.append(outcome.row(name))
            nothing_is_lost(outcome, 50)
            if "triage" in parts or "postgres" in parts:
                assert outcome.problems, "the fault struck nobody"
    with capsys.disabled():
        print("\n" + "\n".join(rows))  # noqa: T201 - the table of docs/chat.md
