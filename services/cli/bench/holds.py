"""A wave of callers who all say that they are going, around few free beds: how they spread."""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from services.cli.bench.alone import HERE, asked, institution, matching_alone, question
from services.cli.bench.reports import Report, Wanted, table
from services.cli.errors import CommandFailed
from services.cli.state import exit_on_signals
from shared.contracts.sync import HospitalState

CALLERS = 200
FREE = (3, 3, 2, 2, 1, 1)
"""Beds of each hospital: 12 in all."""

AWAY_DEGREES = (0.030, -0.030, 0.036, -0.036, 0.042, -0.042)
AROUND_DEGREES = 0.012
MINUTE_OF = 1.5
"""The wave lasts so many times `--seconds`: a minute by default."""

NO_CONTENT = 204
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Wave:
    """Where the callers went."""

    by_hospital: Mapping[str, int]
    free: Mapping[str, int]
    seconds: float

    @property
    def most(self) -> int:
        return max(self.by_hospital.values())

    @property
    def chosen(self) -> int:
        return sum(count > 0 for count in self.by_hospital.values())

    @property
    def evenness(self) -> float:
        """How many hospitals the callers are spread over, as if evenly (inverse Simpson)."""
        shares = [count / CALLERS for count in self.by_hospital.values()]
        return 1 / sum(share * share for share in shares)


def bench(wanted: Wanted) -> Report:
    """The same wave with holds and without, in a temporary folder, on loopback."""
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="er-bench-") as folder, exit_on_signals():
        state = Path(folder)
        state.chmod(0o711)  # the account that runs PostgreSQL for root walks through it
        waves = {
            name: _wave(state / name, wanted.seconds * MINUTE_OF, holds=holds)
            for name, holds in (("off", False), ("on", True))
        }
    figures = {
        "began_at": began.isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "callers": CALLERS,
        "waves": {
            name: {
                "by_hospital": dict(wave.by_hospital),
                "most": wave.most,
                "evenness": wave.evenness,
                "seconds": wave.seconds,
            }
            for name, wave in waves.items()
        },
    }
    return Report(tables(waves), figures)


def tables(waves: Mapping[str, Wave]) -> Sequence[Table]:
    """Callers by hospital, and how they spread."""
    free = next(iter(waves.values())).free
    rows = [
        [f"{hpid} ({beds} free)", *(str(wave.by_hospital[hpid]) for wave in waves.values())]
        for hpid, beds in free.items()
    ]
    spread = [
        ["hospitals chosen", *(str(wave.chosen) for wave in waves.values())],
        ["most at one", *(str(wave.most) for wave in waves.values())],
        ["spread as over … evenly", *(f"{wave.evenness:.2f}" for wave in waves.values())],
        ["seconds", *(f"{wave.seconds:.0f}" for wave in waves.values())],
    ]
    heads = [f"{CALLERS} callers", *(f"holds {name}" for name in waves)]
    return [table("first of the list", heads, rows), table("spread", heads, spread)]


def _wave(state: Path, seconds: float, *, holds: bool) -> Wave:
    console.print(f"er: {CALLERS} callers in {seconds:.0f} s, holds {'on' if holds else 'off'}")
    hospitals = _hospitals(datetime.now(UTC))
    free = {one.hpid: int(one.values["hvec"]) for one in hospitals[: len(FREE)]}
    went: Counter[str] = Counter(dict.fromkeys(free, 0))
    rng = Random(200)  # noqa: S311 - the same callers with holds and without
    with matching_alone(state, hospitals, holds=holds) as house, house.client() as client:
        began = time.monotonic()
        for caller in range(CALLERS):
            time.sleep(max(0.0, began + caller * seconds / CALLERS - time.monotonic()))
            east, north = (rng.uniform(-AROUND_DEGREES, AROUND_DEGREES) for _ in HERE)
            told = asked(client, question(HERE[0] + east, HERE[1] + north, "MKioskTy1"))
            first = str(told["hospitals"][0]["hpid"])  # type: ignore[index]
            going = {"hpid": first, "event": "going", "caller": f"{caller:032x}"}
            answer = client.post(f"/v1/outcomes/{told['request_id']}", json=going)
            if answer.status_code != NO_CONTENT:
                raise CommandFailed(f"an outcome answered {answer.status_code}")
            went[first] += 1
        return Wave(went, free, time.monotonic() - began)


def _hospitals(now: datetime) -> list[HospitalState]:
    """Equals but for their beds and some hundred metres, and full ones farther out."""
    same = {f"MKioskTy{n}": "Y" for n in range(1, 28)} | {"hv34": "5", "hvicc": "5", "hvs01": "20"}
    rng = Random(1)  # noqa: S311 - reproducible, not secret
    near = [
        institution(n, HERE[0] + away, HERE[1], rng, now, **{**same, "hvec": str(beds)}).model_copy(
            update={"level": None}
        )
        for n, (beds, away) in enumerate(zip(FREE, AWAY_DEGREES, strict=True))
    ]
    full = [
        institution(100 + n, HERE[0], HERE[1] + 0.2 + n / 50, rng, now, hvec="-3") for n in range(6)
    ]
    return near + full
