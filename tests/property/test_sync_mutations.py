"""Whatever comes in place of a good answer: nothing breaks, and no value is lost, zeroed or made
younger.

The law, over what is stored before and after a round: a value may only give way to one that the
hospital's own row told, at an equal or a newer time; it may only vanish where a newer report that
tells something does not tell it (of severe acceptances never, but for the text of a limit whose
flag was told without it). A time moves forward only to one that stands in the answer. A name, a
phone, a place gives way to another one only. A message goes only by an answer that is not short.
"""

import html
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from services.sync.domain import normalise
from services.sync.domain.plan import EMPTY
from services.sync.domain.records import Picture, State
from services.sync.failures import EmptyAnswer, SourceFailure
from services.sync.publish import build
from services.sync.reading import Row, read_page
from services.sync.rounds import Harvest, planned
from services.sync.source import Operation
from shared.contracts.sync import Snapshot
from simulator.answers import answer
from simulator.hospitals import build_hospitals
from simulator.life import WARM_UP, World
from tests.support.fakes.nmc import envelope
from tests.support.mutations import mutated
from tests.support.nmc_rows import bed_row, directory_row, message_row, severe_row, stamp

START = datetime(2026, 11, 23, 3, 0, 30, tzinfo=UTC)
ROUND = timedelta(minutes=5)
SKEW = timedelta(minutes=10)
HOSPITALS = 12
ROUNDS = 4
Texts = Mapping[Operation, str]


@dataclass(frozen=True, slots=True)
class Feed:
    """Clean answers, round by round; the first is stored before anything is damaged."""

    rounds: tuple[Texts, ...]

    def at(self, turn: int) -> datetime:
        return START + turn * ROUND


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of one answer, and what was done to them."""

    sent: bytes
    mutations: str = ""

    @property
    def literal(self) -> str:
        """All that a reader could honestly see in it; the old encoding only where it was sent."""
        seen = self.sent.decode("utf-8", errors="replace")
        if "other encoding" in self.mutations:
            seen += self.sent.decode("cp949", errors="replace")
        return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", seen) + html.unescape(seen)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought, damaged or not."""

    harvest: Harvest
    bodies: Mapping[Operation, Body]
    now: datetime


def of_the_simulator() -> Feed:
    world = World(
        build_hospitals(1)[:HOSPITALS], starts_at=START - WARM_UP, rng=Random("mutations")
    )
    rounds = []
    for turn in range(ROUNDS):
        world.advance_to(START + turn * ROUND)
        query = {"numofrows": "1000"}
        rounds.append({op: answer(op.path, world, query) for op in Operation})
    return Feed(tuple(rounds))


def of_the_row_builders() -> Feed:
    hpids = [f"A11{number:05d}" for number in range(5)]
    rounds = []
    for turn in range(ROUNDS):
        at = START + turn * ROUND - timedelta(minutes=2)
        ends = START + timedelta(hours=3)
        rows = {
            Operation.DIRECTORY: [directory_row(hpid) for hpid in hpids],
            Operation.BEDS: [bed_row(h, at=at, hvec=str(5 - turn), hv28="2") for h in hpids],
            Operation.SEVERE: [severe_row(hpid, MKioskTy10Msg="15세 이상") for hpid in hpids],
            Operation.MESSAGES: [message_row(hpid, begins=START, ends=ends) for hpid in hpids],
        }
        parameters = {"pageNo": "1", "numOfRows": "1000"}
        rounds.append({op: envelope(found, parameters) for op, found in rows.items()})
    return Feed(tuple(rounds))


FEEDS = (of_the_simulator(), of_the_row_builders())


def read(operation: Operation, body: bytes) -> list[Row]:
    rows = list(read_page(200, body).rows)
    if not rows and operation is not Operation.MESSAGES:
        raise EmptyAnswer(operation)
    return rows


def received(bodies: Mapping[Operation, Body], now: datetime) -> Round:
    rows: dict[Operation, list[Row]] = {}
    failures: dict[str, SourceFailure] = {}
    for operation, body in bodies.items():
        try:
            rows[operation] = read(operation, body.sent)
        except SourceFailure as failure:
            failures[operation] = failure
    return Round(Harvest(rows, failures), bodies, now)


def stored_after(stored: Picture, brought: Round) -> Picture:
    plan = planned(stored, brought.harvest, brought.now)
    notes = {**stored.notes, **{note.key: note for note in plan.notes}}
    return Picture(
        {**stored.hospitals, **{h.hpid: h for h in plan.hospitals}},
        {**stored.states, **{s.hpid: s for s in plan.states}},
        {key: note for key, note in notes.items() if note.gone_at is None},
        {**stored.marks, **{m.operation: m for m in plan.marks}},
    )


def clean(feed: Feed, turn: int) -> dict[Operation, Body]:
    return {operation: Body(text.encode()) for operation, text in feed.rounds[turn].items()}


class Laws:
    """The law of this file, checked for one round; whatever is broken is told in words."""

    def __init__(self, before: Picture, after: Picture, brought: Round) -> None:
        self._before, self._after, self._now = before, after, brought.now
        rows = brought.harvest.rows
        self._messages = rows.get(Operation.MESSAGES)
        self._beds = {r.hpid: r for r in normalise.beds(rows.get(Operation.BEDS, ()), brought.now)}
        self._severe = {r.hpid: r for r in normalise.severe(rows.get(Operation.SEVERE, ()))}
        self._listed = {r.hpid: r for r in normalise.directory(rows.get(Operation.DIRECTORY, ()))}
        self._text = {op: brought.bodies[op].literal for op in rows}
        self.broken: list[str] = []
        self.counts: Counter[str] = Counter()

    def check(self) -> None:
        self._nobody_is_forgotten()
        for hpid, former in self._before.states.items():
            state = self._after.states.get(hpid, State(hpid))
            self._times(former, state)
            self._values(former, state)
        for hpid, state in self._after.states.items():
            self._nothing_is_invented(self._before.states.get(hpid, State(hpid)), state)
        self._directory()
        self._notes()

    def _require(self, holds: bool, told: str) -> None:
        if not holds:
            self.broken.append(told)

    def _nobody_is_forgotten(self) -> None:
        self._require(self._before.hospitals.keys() <= self._after.hospitals.keys(), "hospitals")
        self._require(self._before.states.keys() <= self._after.states.keys(), "states")
        self._require(self._after.states.keys() <= self._after.hospitals.keys(), "orphans")

    def _times(self, former: State, state: State) -> None:
        if state.reported_at == former.reported_at:
            self.counts["times kept"] += 1
            return
        row = self._beds.get(state.hpid)
        told_at = row.reported_at if row else None
        self._require(
            told_at is not None
            and told_at == state.reported_at
            and told_at <= self._now + SKEW
            and (former.reported_at is None or told_at > former.reported_at),
            f"{state.hpid}: time {former.reported_at} became {state.reported_at}",
        )
        self.counts["times moved forward"] += 1

    def _values(self, former: State, state: State) -> None:
        for code, value in former.values.items():
            present = state.values.get(code)
            if present == value:
                self._require(state.changed.get(code) == former.changed.get(code), f"{code} moved")
                self.counts["values kept"] += 1
            elif code.startswith("MKioskTy"):
                self._severe_value(state, code, present)
            else:
                self._bed_value(former, state, code, present)

    def _severe_value(self, state: State, code: str, present: str | None) -> None:
        row = self._severe.get(state.hpid)
        told = row.values if row else {}
        if present is None:
            self._require(
                code.endswith("Msg") and code.removesuffix("Msg") in told and code not in told,
                f"{state.hpid}: {code} lost",
            )
            self.counts["limits gone"] += 1
        else:
            self._require(told.get(code) == present, f"{state.hpid}: {code} from nowhere")
            self.counts["values replaced by told ones"] += 1

    def _bed_value(self, former: State, state: State, code: str, present: str | None) -> None:
        row = self._beds.get(state.hpid)
        told = row.values if row else {}
        told_at = row.reported_at if row else None
        least = former.reported_at
        is_newer = told_at is not None and (least is None or told_at > least)
        if present is None:
            left_out = bool(told) and code not in told and is_newer
            self._require(left_out, f"{state.hpid}: {code} lost")
            self.counts["values a newer report left out"] += 1
        else:
            self._require(
                told.get(code) == present and (is_newer or told_at == least),
                f"{state.hpid}: {code} is {present!r} by no newer report",
            )
            self.counts["values replaced by told ones"] += 1

    def _nothing_is_invented(self, former: State, state: State) -> None:
        for code, value in state.values.items():
            if former.values.get(code) != value and "[번호 삭제]" not in value:
                operation = Operation.SEVERE if code.startswith("MK") else Operation.BEDS
                text = self._text.get(operation, "")
                self._require(value in text, f"{state.hpid}: {code}={value!r} stands nowhere")
        if state.reported_at and state.reported_at != former.reported_at:
            digits = re.sub(r"[-/.: T]", "", self._text.get(Operation.BEDS, ""))
            self._require(stamp(state.reported_at)[:12] in digits, "a time that stands nowhere")

    def _directory(self) -> None:
        for hpid, former in self._before.hospitals.items():
            hospital, row = self._after.hospitals[hpid], self._listed.get(hpid)
            for name in ("name", "level", "address", "phone", "er_phone", "longitude", "latitude"):
                value = getattr(hospital, name)
                if value != getattr(former, name):
                    told = getattr(row, name) if row else None
                    self._require(
                        value is not None and value == told, f"{hpid}: {name} became {value!r}"
                    )
                    self.counts["directory facts replaced"] += 1
                    literal = self._text.get(Operation.DIRECTORY, "")
                    self._require(
                        name in ("level", "longitude", "latitude") or value in literal,
                        f"{hpid}: {name} {value!r} stands nowhere",
                    )
            self._require(hospital.operating or row is not None, f"{hpid} closed by silence")

    def _notes(self) -> None:
        gone = self._before.notes.keys() - self._after.notes.keys()
        self.counts["messages gone"] += len(gone)
        if gone:
            told = {note.key for note in normalise.messages(self._messages or ())}
            self._require(self._messages is not None and not gone & told, "a message lost")
            self._require(
                not self._after.marks["messages"].short_in_a_row, "a message lost by a short answer"
            )


def bodies_of(feed: Feed, turn: int, rng: Random, counts: Counter[str]) -> dict[Operation, Body]:
    """A round of which one answer or all are damaged; of the others some do not come at all."""
    bodies = clean(feed, turn)
    struck = list(Operation) if rng.random() < 0.3 else [rng.choice(list(Operation))]
    for operation in Operation:
        if operation in struck:
            names, sent = mutated(feed.rounds[turn][operation], rng)
            bodies[operation] = Body(sent, names)
            counts.update(f"mutated by {name}" for name in names.split(" + "))
            counts["payloads mutated"] += 1
        elif rng.random() < 0.3:
            del bodies[operation]
    return bodies


def chain(feed: Feed, rng: Random, counts: Counter[str]) -> list[str]:
    """A clean round, then damaged ones, each checked against what was stored before it."""
    stored = stored_after(EMPTY, received(clean(feed, 0), feed.at(0)))
    for turn in range(1, rng.choice((2, 3, ROUNDS))):
        brought = received(bodies_of(feed, turn, rng, counts), feed.at(turn))
        counts.update(f"refused as {f.kind}" for f in brought.harvest.failures.values())
        counts["answers read"] += len(brought.harvest.rows)
        after = stored_after(stored, brought)
        laws = Laws(stored, after, brought)
        laws.check()
        counts.update(laws.counts)
        if laws.broken:
            return [f"turn {turn}: {told}" for told in laws.broken[:5]]
        snapshot = build(after, version="v", simulated=True, now=brought.now)
        read_back = Snapshot.unpack(snapshot.pack())
        assert {h.hpid for h in read_back.hospitals} == after.hospitals.keys()
        stored = after
    return []


def run(payloads: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    seed = 0
    while counts["payloads mutated"] < payloads:
        seed += 1
        feed = FEEDS[seed % 3 == 0]
        try:
            broken = chain(feed, Random(seed), counts)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        assert broken == [], f"seed {seed}"
    return counts


@pytest.mark.parametrize(
    "payloads", [500, pytest.param(10_000, marks=pytest.mark.full)], ids=["fast", "full"]
)
def test_no_mutated_payload_breaks_the_law(
    payloads: int, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = run(payloads)
    with capsys.disabled():
        told = "".join(f"  {count:>9,} {name}\n" for name, count in counts.most_common())
        sys.stdout.write(f"\nmutated payloads of sync, no law broken:\n{told}")
    # The damage must have been told apart and the laws must have had something to judge.
    assert counts["payloads mutated"] >= payloads
    assert counts["values replaced by told ones"] > payloads
    assert counts["values a newer report left out"] > 0
    assert counts["refused as unreadable"] > 0
    assert counts["answers read"] > payloads / 2


@pytest.mark.parametrize("feed", FEEDS, ids=["simulator", "row builders"])
def test_clean_rounds_are_read_as_they_are(feed: Feed) -> None:
    stored = EMPTY
    for turn in range(ROUNDS):
        brought = received(clean(feed, turn), feed.at(turn))
        assert not brought.harvest.failures
        stored = stored_after(stored, brought)
    rows = {row["hpid"]: row for row in brought.harvest.rows[Operation.BEDS]}
    assert rows
    for hpid, row in rows.items():
        state = stored.states[hpid]
        assert state.reported_at == normalise.read_time(row["hvidate"])
        assert {code: state.values[code] for code in row if code.startswith("hvs")} == {
            code: value for code, value in row.items() if code.startswith("hvs")
        }
