"""What a recommendation costs: a bare endpoint, the plain version, matching, the whole gateway."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from services.cli.address import Address
from services.cli.bench import house, load, plain
from services.cli.bench.asking import CITY_HALL, GRAVE
from services.cli.bench.load import NOTHING, Measured, Target
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.cluster import ADMIN
from services.cli.errors import CommandFailed
from services.cli.state import Secrets, exit_on_signals, read_json
from shared.app import service_token
from shared.contracts.gateway import Recommendation
from shared.contracts.matching import MatchAnswer
from shared.contracts.sync import Snapshot, SnapshotKeys

BARE, PLAIN, MATCHING = "bare endpoint", "plain version", "matching alone"
GATEWAY, TEXT = "gateway, needs given", "gateway, from a sentence"
NAMES = (BARE, PLAIN, MATCHING, GATEWAY, TEXT)
TURNS = 2
WARM_UP_S = 1.0
TRIES = 5
console = Console(stderr=True, highlight=False)

Figures = Mapping[str, Measured]


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio of two figures and the bound it is held to."""

    name: str
    ratio: float
    bound: float
    at_least: bool

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound


def bench(wanted: Wanted) -> Report:
    """Both ways of running the services in one run, in a temporary folder, on loopback."""
    began, before = datetime.now(UTC), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="er-bench-") as folder, exit_on_signals():
        state = Path(folder)
        state.chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        with (
            house.source(state, wanted.feed) as feed_url,
            house.scaled(state, feed_url, 1) as feed,
        ):
            feed.step()
            found = {
                name: _measure(state / name.split()[0], feed.url, wanted.seconds, processes=many)
                for name, many in (("one process", False), ("processes", True))
            }
    figures = {
        "began_at": began.isoformat(timespec="seconds"),
        "feed": "named" if wanted.feed else "simulator",
        "cpus": os.cpu_count(),
        "load_before": before,
        "connections": load.CONNECTIONS,
        "ways": {way: _plain(measured) for way, measured in found.items()},
    }
    tables = [
        t for way, measured in found.items() for t in (_costs(way, measured), _goals(measured))
    ]
    return Report(tables, figures)


def goals(measured: Figures) -> list[Goal]:
    """What the figures of one way of running are held to."""
    rate = {name: measured[name].per_second for name in measured}
    tail = measured[GATEWAY].at(0.99) / measured[GATEWAY].at(0.5)
    own_tail = measured[MATCHING].at(0.99) / measured[MATCHING].at(0.5)
    sentence = measured[TEXT].at(0.95) / measured[GATEWAY].at(0.95)
    return [
        Goal("matching over plain, requests/s", rate[MATCHING] / rate[PLAIN], 2.0, True),
        Goal("gateway over matching, requests/s", rate[GATEWAY] / rate[MATCHING], 0.6, True),
        Goal("matching, p99 over p50", own_tail, 4.0, False),
        Goal("gateway, p99 over p50", tail, 4.0, False),
        Goal("sentence over needs given, p95", sentence, 1.5, False),
    ]


def _measure(state: Path, feed_url: str, seconds: float, *, processes: bool) -> Figures:
    console.print(f"er: {'a process per service' if processes else 'everything in one process'}")
    measured = dict.fromkeys(NAMES, NOTHING)
    with (
        house.everything(state, feed_url, processes=processes) as address,
        _plain_version(state) as plain_url,
    ):
        targets = _targets(address, plain_url)
        _same_answer(targets)
        for target in targets.values():
            load.put_on(target, WARM_UP_S)
        # In turns, so that a noisy minute of the machine falls on all of them.
        for _ in range(TURNS):
            for name, target in targets.items():
                found = load.put_on(target, seconds / 4 / TURNS)
                measured[name] = measured[name].plus(found)
    return measured


def _targets(address: Address, plain_url: str) -> dict[str, Target]:
    public = address.gateway + "/v1/recommendations"
    answer = _asked(public, {"text": GRAVE, **CITY_HALL})
    needs = [{"field": n.field, "weight": n.weight, "role": n.role} for n in answer.needs]
    patient = answer.triage.model_dump(mode="json")
    given = {"patient": patient, "needs": needs, **CITY_HALL}
    match = json.dumps(_match_body(answer)).encode()
    token = {"authorization": f"Bearer {service_token(address.key, 'matching')}"}
    return {
        BARE: Target(BARE, "GET", address.gateway + "/livez"),
        PLAIN: Target(PLAIN, "POST", plain_url + "/v1/match", match),
        MATCHING: Target(MATCHING, "POST", address.inner["matching"] + "/v1/match", match, token),
        GATEWAY: Target(GATEWAY, "POST", public, json.dumps(given).encode()),
        TEXT: Target(TEXT, "POST", public, json.dumps({"text": GRAVE, **CITY_HALL}).encode()),
    }


def _asked(url: str, body: Mapping[str, Any]) -> Recommendation:
    answer = httpx.post(url, json=body, timeout=30, trust_env=False).raise_for_status()
    return Recommendation.model_validate_json(answer.content)


def _match_body(answer: Recommendation) -> dict[str, Any]:
    told = answer.model_dump(mode="json")
    return {
        **CITY_HALL,
        "radius_km": 50,
        "limit": 10,
        "sort": "score",
        "needs": told["needs"],
        "policy": told["policy"],
        "patient": told["triage"]["patient"],
        "ktas": answer.triage.ktas,
        "refused": [],
        "ruleset": answer.ruleset,
    }


def _same_answer(targets: Mapping[str, Target]) -> None:
    """The plain version tells what matching tells; a report may turn stale between the two."""
    for _ in range(TRIES):
        lists = [
            [(h.hpid, h.tier, h.score) for h in _matched(targets[name]).hospitals]
            for name in (PLAIN, MATCHING)
        ]
        if lists[0] == lists[1]:
            return
    raise CommandFailed("the plain version and matching tell different lists")


def _matched(target: Target) -> MatchAnswer:
    headers = {"content-type": "application/json", **target.headers}
    answer = httpx.post(
        target.url, content=target.body, headers=headers, timeout=30, trust_env=False
    )
    return MatchAnswer.model_validate_json(answer.raise_for_status().content)


@contextmanager
def _plain_version(state: Path) -> Iterator[str]:
    """The plain version as a child, over the same snapshot in the same PostgreSQL."""
    ports, secrets = read_json(state / "ports.json"), Secrets(state)
    database = f"postgresql://{ADMIN}:{secrets.get('postgres_admin')}@127.0.0.1:{ports['postgres']}/er_live"
    redis = f"redis://:{secrets.get('redis')}@127.0.0.1:{ports['redis']}/0"
    asyncio.run(_fill(database, redis))
    command = [sys.executable, "-m", plain.__name__, "--port"]
    with house.child_server(
        "plain", state, lambda port: ([*command, str(port)], {plain.DATABASE: database})
    ) as made:
        yield made.url


async def _fill(database: str, redis_url: str) -> None:
    keys = SnapshotKeys(dataset="live")
    async with Redis.from_url(redis_url) as redis:
        version: bytes = await redis.get(keys.pointer)  # type: ignore[assignment]
        packed: bytes = await redis.get(keys.value(version.decode()))  # type: ignore[assignment]
    connection = await asyncpg.connect(database)
    await connection.execute(plain.SCHEMA)
    rows = [
        (one.hpid, one.longitude, one.latitude, one.model_dump_json())
        for one in Snapshot.unpack(packed).hospitals
        if one.operating and one.longitude is not None
    ]
    await connection.executemany(plain.INSERT, rows)
    await connection.execute("ANALYZE bench.hospitals")
    await connection.close()


def _costs(way: str, measured: Figures) -> Table:
    base = measured[PLAIN].per_second
    rows = [
        [name, number(one.per_second), *(number(one.at(s)) for s in (0.5, 0.95, 0.99)),
         number(one.per_second / base), str(len(one.milliseconds))]
        for name, one in measured.items()
    ]  # fmt: skip
    heads = ("", "requests/s", "p50 ms", "p95 ms", "p99 ms", "× plain", "calls")
    return table(f"{way}, {load.CONNECTIONS} connections", heads, rows)


def _goals(measured: Figures) -> Table:
    rows = [
        [goal.name, f"{goal.ratio:.2f}", f"{'≥' if goal.at_least else '≤'} {goal.bound:g}",
         "met" if goal.is_met else "MISSED"]
        for goal in goals(measured)
    ]  # fmt: skip
    return table("goals", ("ratio", "", "goal", ""), rows)


def _plain(measured: Figures) -> dict[str, Any]:
    return {
        "figures": {
            name: {
                "requests_per_s": one.per_second,
                **{f"p{int(s * 100)}_ms": one.at(s) for s in (0.5, 0.95, 0.99)},
                "calls": len(one.milliseconds),
            }
            for name, one in measured.items()
        },
        "goals": [{"name": g.name, "ratio": g.ratio, "bound": g.bound, "met": g.is_met}
                  for g in goals(measured)],
    }  # fmt: skip
