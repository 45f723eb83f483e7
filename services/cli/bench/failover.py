"""What callers feel when an engine fails under them: eight at once, real llama.cpp servers."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from services.cli.bench.engine_house import WITHIN_S, Act, Answer, House, Noted, faults, house
from services.cli.bench.latency import percentile
from services.cli.bench.reports import Report, Wanted, number, table
from services.cli.bench.workers import TEXTS, Model, model_of
from services.cli.serving import say
from services.triage.engines.chain import Extracted
from services.triage.engines.client import Address

CALLERS = 8
BACK_S = 60.0
ON_ITS_WAY_S = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault. Times are seconds; None is never seen within the time of the measure. Of the time
    to the first answer by the next engine, `asked_next` passed before that engine was asked (the
    hedge) and the rest in its queue and at its work; None where the next one is the rules."""

    fault: str
    answers: int
    failed: int
    calm_p50: float
    broken_p50: float
    broken_max: float
    next_engine: str
    asked_next: float | None
    to_next: float | None
    back: float | None

    @property
    def added_p50(self) -> float:
        return self.broken_p50 - self.calm_p50


def bench(wanted: Wanted) -> Report:
    """Every fault in turn. The worker has one slot: where the model cannot serve eight callers
    within the deadline, the rules answer some of them, and the table tells the wait."""
    model = model_of(wanted.model, wanted.state)
    outcomes = asyncio.run(measure(model, calm_s=min(wanted.seconds / 8, 5)))
    return report(outcomes)


async def measure(model: Model, *, calm_s: float) -> list[Outcome]:
    """The table's rows; each fault lasts twice as long as the calm before it."""
    async with house(model) as built:
        return [await _one(built, *fault, calm_s=calm_s) for fault in faults(built)]


def report(outcomes: Sequence[Outcome]) -> Report:
    """The table of fail-over."""
    heads = [
        "fault", "answers", "failed", "calm p50 s", "added p50 s", "max s", "next engine",
        "asked after s", "answered after s", "back s",
    ]  # fmt: skip
    rows = [
        [
            o.fault, str(o.answers), str(o.failed), number(o.calm_p50), number(o.added_p50),
            number(o.broken_max), o.next_engine,
            _seconds(o.asked_next), _seconds(o.to_next), _seconds(o.back),
        ]
        for o in outcomes
    ]  # fmt: skip
    title = f"Fail-over, {CALLERS} callers at once"
    return Report([table(title, heads, rows)], {"faults": [asdict(o) for o in outcomes]})


def _seconds(value: float | None) -> str:
    return "-" if value is None else number(value)


async def _one(
    built: House, fault: str, mended: str, broken: Act, mend: Act, *, calm_s: float
) -> Outcome:
    say(fault)
    await _until(lambda: built.second.is_ready)
    if mended == "cpu":
        built.address = None  # the worker is all there is
    else:
        # A later epoch is another server: what the fault before did to its pauses is forgotten.
        through, epoch = built.through, int(time.monotonic() * 1000)
        built.address = Address(through.url, through.key, epoch)
        await _until(lambda: built.first.is_ready)
    built.answers, built.failed = [], 0
    built.second.spans.clear()
    over = asyncio.Event()
    callers = [asyncio.create_task(_caller(built, place, over)) for place in range(CALLERS)]
    await asyncio.sleep(calm_s)
    broke = time.monotonic()
    await broken()
    await asyncio.sleep(2 * calm_s)
    mending = time.monotonic()
    await mend()
    # The worker is mended by its supervisor, so its time runs from the fault itself; an answer that
    # was on its way at that moment is none of the new worker's.
    since = broke + ON_ITS_WAY_S if mended == "cpu" else mending
    back = await _first(built, lambda a: a.engine == mended and a.ended > since)
    over.set()
    await asyncio.gather(*callers)
    returned = None if back is None else back - since
    return _outcome(built, fault, mended, broke, mending, returned)


def _outcome(
    built: House, fault: str, mended: str, broke: float, mending: float, back: float | None
) -> Outcome:
    calm = [a.took for a in built.answers if a.ended < broke]
    during = [a for a in built.answers if broke <= a.ended < mending]
    others = [a for a in during if a.engine != mended]
    took = [a.took for a in during] or [0.0]
    next_engine = others[0].engine if others else "-"
    return Outcome(
        fault,
        len(built.answers),
        built.failed,
        percentile(calm or [0.0], 0.5),
        percentile(took, 0.5),
        max(took),
        next_engine,
        _asked_after(built.second, broke) if next_engine == built.second.name else None,
        others[0].ended - broke if others else None,
        back,
    )


def _asked_after(engine: Noted, broke: float) -> float | None:
    """When the first answer that came after the fault was asked for."""
    asked = [asked for asked, answered in engine.spans if answered > broke]
    return max(0.0, asked[0] - broke) if asked else None


async def _caller(built: House, place: int, over: asyncio.Event) -> None:
    turn = place
    while not over.is_set():
        began = time.monotonic()
        try:
            found = await built.chain.extract(TEXTS[turn % len(TEXTS)], within_s=WITHIN_S)
        except Exception:  # noqa: BLE001 - whatever a caller would see as an error is counted
            built.failed += 1
            continue
        ended = time.monotonic()
        engine = found.engine if isinstance(found, Extracted) else "rules"
        built.answers.append(Answer(ended, ended - began, engine))
        turn += 1
        # Rules alone answer at once; a caller asks again no faster than people do.
        await asyncio.sleep(0.02)


async def _first(built: House, holds: Callable[[Answer], bool]) -> float | None:
    give_up = time.monotonic() + BACK_S
    while time.monotonic() < give_up:
        found = next((a for a in built.answers if holds(a)), None)
        if found is not None:
            return found.ended
        await asyncio.sleep(0.02)
    return None


async def _until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + BACK_S
    while not holds() and time.monotonic() < give_up:  # noqa: ASYNC110 - engines have no event
        await asyncio.sleep(0.02)
