"""Everywhere in the country, with everything: no error, never empty, and how good the answers are.

Places are the districts of the simulator's list and `places.csv` (islands, mountains, the border
and capes; coordinates from general knowledge, good to a kilometre or two).
"""

import asyncio
import csv
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.cli.bench import house
from services.cli.bench.reports import Report, Wanted, table
from services.cli.errors import CommandFailed
from services.cli.state import exit_on_signals
from shared.contracts.gateway import Recommendation

AT_ONCE = 8
ASK_S = 30.0
TRIES, PAUSE_S = 3, 2.0
LATE = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)
"""A machine with other work may be late; such a call is asked again, and each is counted."""

SAMPLES = 20
TIERS = ("recommended", "call_first", "not_recommended")
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Spot:
    """Somewhere to ask from."""

    name: str
    kind: str
    region: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer, or the status of what was none, and how often it was late before."""

    spot: Spot
    presentation: str
    status: int
    answer: Recommendation | None
    late: int = 0

    @property
    def is_good(self) -> bool:
        return self.answer is not None and bool(self.answer.hospitals)

    @property
    def told(self) -> Recommendation:
        if self.answer is None:
            raise CommandFailed(f"{self.spot.name}, {self.presentation}: {self.status}")
        return self.answer


def bench(wanted: Wanted) -> Report:
    """Every place with every presentation, on a system of its own over the feed."""
    began, spots, cases = datetime.now(UTC), places(), _rows("presentations.csv")
    with tempfile.TemporaryDirectory(prefix="er-bench-") as folder, exit_on_signals():
        state = Path(folder)
        state.chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        with (
            house.source(state, wanted.feed) as feed_url,
            house.scaled(state, feed_url, 1) as feed,
        ):
            feed.step()
            with house.everything(state / "whole", feed.url, processes=wanted.processes) as address:
                console.print(f"er: {len(spots)} places × {len(cases)} presentations")
                clock = time.monotonic()
                asked = asyncio.run(_ask_all(address.gateway, spots, cases))
                seconds = time.monotonic() - clock
    bad = [one for one in asked if not one.is_good]
    good = [one for one in asked if one.is_good]
    figures = {
        "began_at": began.isoformat(timespec="seconds"),
        "feed": "named" if wanted.feed else "simulator",
        "cpus": os.cpu_count(),
        "seconds": seconds,
        "places": len(spots),
        "presentations": len(cases),
        "answers": len(asked),
        "late": sum(one.late > 0 for one in asked),
        "errors": sum(one.answer is None for one in bad),
        "empty": sum(one.answer is not None for one in bad),
        "bad": [[one.spot.name, one.presentation, one.status] for one in bad[:50]],
        "by_region": _grouped(good, lambda one: one.spot.region),
        "by_kind": _grouped(good, lambda one: one.spot.kind),
        "by_presentation": _grouped(good, lambda one: one.presentation),
        "samples": [_sample(one) for one in Random(20).sample(good, SAMPLES)],  # noqa: S311 - the same ones each time
    }
    return Report(_tables(figures), figures)


def places() -> list[Spot]:
    """Three hundred places of the country."""
    package = resources.files("simulator").joinpath("places.csv").read_text(encoding="utf-8")
    districts = [
        Spot(
            f"{row['sido']} {row['sigungu']}",
            "district",
            row["sido"],
            float(row["latitude"]),
            float(row["longitude"]),
        )
        for row in csv.DictReader(package.splitlines())
    ]
    others = [
        Spot(r["name"], r["kind"], r["region"], float(r["latitude"]), float(r["longitude"]))
        for r in _rows("places.csv")
    ]
    return districts + others


async def _ask_all(
    gateway: str, spots: Sequence[Spot], cases: Sequence[Mapping[str, str]]
) -> list[Asked]:
    turn = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=gateway, timeout=ASK_S, trust_env=False) as client:
        waiting = [_ask(client, turn, spot, case) for spot in spots for case in cases]
        return await asyncio.gather(*waiting)


async def _ask(
    client: httpx.AsyncClient, turn: asyncio.Semaphore, spot: Spot, case: Mapping[str, str]
) -> Asked:
    body = {
        "text": case["text"],
        "age_years": int(case["age_years"]),
        "gender": case["gender"],
        "latitude": spot.latitude,
        "longitude": spot.longitude,
    }
    async with turn:
        answer, late = await client.post("/v1/recommendations", json=body), 0
        while answer.status_code in LATE and late < TRIES - 1:
            await asyncio.sleep(PAUSE_S)
            answer, late = await client.post("/v1/recommendations", json=body), late + 1
    if answer.status_code != httpx.codes.OK:
        return Asked(spot, case["id"], answer.status_code, None, late)
    told = Recommendation.model_validate_json(answer.content)
    return Asked(spot, case["id"], answer.status_code, told, late)


def _grouped(asked: Sequence[Asked], key: Callable[[Asked], str]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        groups.setdefault(key(one), []).append(one)
    return {name: _statistics(group) for name, group in sorted(groups.items())}


def _statistics(group: Sequence[Asked]) -> dict[str, float]:
    """Shares of the answers, and the middle of the minutes and of how far was looked."""
    first = Counter[str](one.told.hospitals[0].tier for one in group)
    widened = [one.told.search.radius_km for one in group if one.told.search.widened]
    notices = Counter(notice.code for one in group for notice in one.told.notices)
    return {
        "n": len(group),
        **{f"first_{tier}": first[tier] / len(group) for tier in TIERS},
        "widened": len(widened) / len(group),
        "widened_km": median(widened) if widened else 0.0,
        "none_able": sum(one.told.search.reported_able == 0 for one in group) / len(group),
        "over_water": notices["over_water"] / len(group),
        "first_min": median(one.told.hospitals[0].eta_s / 60 for one in group),
        "candidates": median(one.told.search.candidates for one in group),
    }


def _sample(one: Asked) -> dict[str, Any]:
    """Enough of an answer to read it as a physician would."""
    told = one.told
    return {
        "place": one.spot.name,
        "presentation": one.presentation,
        "ktas": told.triage.ktas,
        "policy": told.policy.model_dump(),
        "needs": [f"{n.field}{'*' if n.role == 'decisive' else ''}" for n in told.needs],
        "search": told.search.model_dump(),
        "notices": [notice.code for notice in told.notices],
        "hospitals": [
            {
                "name": h.name,
                "level": h.level,
                "km": h.distance_m / 1000,
                "min": [round(s / 60) for s in h.eta_range_s],
                "tier": h.tier,
                "score": h.score,
                "beds": h.beds.available,
                "resources": {r.field: r.status for r in h.resources},
                "reasons": [r.code for r in h.reasons if not r.points],
            }
            for h in told.hospitals[:5]
        ],
    }


def _tables(figures: Mapping[str, Any]) -> list[Table]:
    counts = ("answers", "late", "errors", "empty", "seconds")
    whole = table(
        f"{figures['places']} places × {figures['presentations']} presentations",
        ("", "figure"),
        [[name, f"{figures[name]:,.0f}"] for name in counts],
    )
    return [
        whole,
        *(
            _shares(f"by {name}", figures[f"by_{name}"])
            for name in ("region", "kind", "presentation")
        ),
    ]


def _shares(title: str, groups: Mapping[str, Mapping[str, float]]) -> Table:
    heads = (title, "n", "first: recommended", "call first", "not", "widened", "km", "none able",
             "over water", "first min")  # fmt: skip
    shares = [f"first_{tier}" for tier in TIERS] + ["widened"]
    rows = [
        [name, f"{one['n']:.0f}", *(f"{one[share]:.2f}" for share in shares),
         f"{one['widened_km']:.0f}", f"{one['none_able']:.2f}", f"{one['over_water']:.2f}",
         f"{one['first_min']:.0f}"]
        for name, one in groups.items()
    ]  # fmt: skip
    return table("", heads, rows)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
