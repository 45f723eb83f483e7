"""Matching alone, over institutions that are written where sync would have written them."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import asyncpg
import httpx
from redis.asyncio import Redis

from services.catalog import SERVICES
from services.cli.bench.house import Child, child_server, inner
from services.cli.errors import CommandFailed
from services.cli.local import local_postgres, local_redis
from services.cli.migrate import prepare_database
from services.cli.state import Secrets
from shared.contracts.nmc import Level
from shared.contracts.sync import HospitalState, Snapshot, SnapshotKeys

KEYS = SnapshotKeys(dataset="live")
READY_S = 120.0
LOOK_S = 0.05
HERE = (126.978, 37.5665)
LEVELS = (*[Level.LOCAL_INSTITUTION] * 5, *[Level.LOCAL_CENTER] * 3, Level.REGIONAL_CENTER)
_HOSPITAL = (
    "INSERT INTO sync.hospitals (hpid, name, level, operating, missed, geog)"
    " VALUES ($1, $2, $3, true, 0, ST_SetSRID(ST_MakePoint($4, $5), 4326))"
)


@dataclass(frozen=True, slots=True)
class Alone:
    """The service with its servers."""

    matching: Child
    key: str
    admin_url: str

    def client(self) -> httpx.Client:
        return inner(self.matching.url, "matching", self.key, timeout_s=30)


@contextmanager
def matching_alone(
    state: Path, hospitals: Sequence[HospitalState], *, holds: bool = True
) -> Iterator[Alone]:
    """PostgreSQL, Redis and the matching service in a process of its own, ready."""
    state.mkdir(mode=0o700)
    secrets = Secrets(state)
    with local_postgres(state, database="er_live") as admin, local_redis(state) as redis:
        asyncio.run(prepare_database(admin, {}))
        asyncio.run(_put(admin, redis, hospitals))
        variables = {
            SERVICES["matching"].database_variable: admin,
            "ER_REDIS_URL": redis,
            "ER_SERVICE_KEY": secrets.get("service_key"),
            "ER_MATCHING_HOLDS": "on" if holds else "off",
        }

        def start(port: int) -> tuple[list[str], dict[str, str]]:
            ports = {SERVICES["matching"].port_variable: str(port)}
            return [sys.executable, "-m", "services", "matching"], {**variables, **ports}

        with child_server("matching", state, start) as child:
            asyncio.run(_ready(child.url))
            yield Alone(child, variables["ER_SERVICE_KEY"], admin)


def institution(
    number: int, longitude: float, latitude: float, rng: Random, now: datetime, **values: str
) -> HospitalState:
    """A synthetic institution that reports much, and just now."""
    severe = {f"MKioskTy{n}": rng.choice(("Y", "정보미제공", "정보미제공")) for n in range(1, 28)}
    counts = {code: str(rng.randint(-3, 20)) for code in ("hvicc", "hv34", "hv6", "hvoc", "hvgc")}
    devices = dict.fromkeys(("hvctayn", "hvmriayn", "hvangioayn", "hvventiayn"), "Y")
    beds = {"hvec": str(rng.randint(-5, 25)), "hvs01": "25", "MKioskTy28": "Y"}
    return HospitalState(
        hpid=f"Q{number:07d}",
        name=f"합성기관 {number}",
        level=rng.choice(LEVELS),
        address="합성 주소",
        phone="02-000-0000",
        er_phone="02-000-0000",
        longitude=round(longitude, 6),
        latitude=round(latitude, 6),
        operating=True,
        reported_at=now,
        changed_at=now,
        fetched_at=now,
        values={**severe, **counts, **devices, **beds, **values},
        messages=[],
    )


async def _put(database: str, redis_url: str, hospitals: Sequence[HospitalState]) -> None:
    connection = await asyncpg.connect(database)
    rows = [(h.hpid, h.name, h.level, h.longitude, h.latitude) for h in hospitals]
    await connection.executemany(_HOSPITAL, rows)
    await connection.execute("ANALYZE sync.hospitals")
    await connection.close()
    now = datetime.now(UTC)
    snapshot = Snapshot(
        version="bench", generated_at=now, data_as_of=now, simulated=False, hospitals=hospitals
    )
    async with Redis.from_url(redis_url) as redis:
        await redis.set(KEYS.value("bench"), snapshot.pack())
        await redis.set(KEYS.pointer, "bench")


async def _ready(url: str) -> None:
    async with asyncio.timeout(READY_S), httpx.AsyncClient(trust_env=False) as client:
        while (await client.get(url + "/readyz")).status_code != httpx.codes.OK:  # noqa: ASYNC110 - another process
            await asyncio.sleep(LOOK_S)


def asked(client: httpx.Client, body: dict[str, object]) -> dict[str, object]:
    """The answer to one match; CommandFailed where there is none."""
    answer = client.post("/v1/match", json=body)
    if answer.status_code != httpx.codes.OK:
        raise CommandFailed(f"a match answered {answer.status_code}")
    told: dict[str, object] = answer.json()
    return told


def question(longitude: float, latitude: float, *decisive: str) -> dict[str, object]:
    """A match of a grave case that may travel."""
    needs = [{"field": code, "weight": 30, "role": "decisive", "reason": "-"} for code in decisive]
    supporting = ("hvangioayn", "hv34", "hvicc")
    needs += [
        {"field": code, "weight": 28 - 2 * n, "role": "supporting", "reason": "-"}
        for n, code in enumerate(supporting)
    ]
    policy = {"transport": "capable", "bypass_minutes": 30, "window_minutes": 120, "call": []}
    return {
        "longitude": longitude,
        "latitude": latitude,
        "radius_km": 50,
        "limit": 10,
        "sort": "score",
        "needs": needs,
        "policy": policy,
        "patient": {"age_years": 60},
        "ktas": 2,
        "refused": [],
        "ruleset": "bench",
    }
