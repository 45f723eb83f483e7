"""What sync knows, as plain records: of the source, of the store, and of what is to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.contracts.nmc import Level, Status


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One row of the directory; None is what the row does not tell."""

    hpid: str
    name: str | None
    level: Level | None = None
    address: str | None = None
    phone: str | None = None
    er_phone: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    operating: bool = True


@dataclass(frozen=True, slots=True)
class BedRow:
    """One report of beds and machines. `reported_at` None: the row carries no time to believe."""

    hpid: str
    name: str | None
    phone: str | None
    reported_at: datetime | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SevereRow:
    """The severe acceptances of one hospital; the source gives them no time."""

    hpid: str
    name: str | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """A message of a hospital without staff numbers. `key` is its identity: the source has none.
    `lifted` tells a message that ends a restriction, `gone_at` when it was last missed."""

    key: str
    hpid: str
    severe: bool
    lifted: bool
    code: str | None
    department: str | None
    text: str
    begins_at: datetime | None
    until_at: datetime | None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What one round brought; None where an operation failed or was not due."""

    directory: Sequence[DirectoryRow] | None = None
    beds: Sequence[BedRow] | None = None
    severe: Sequence[SevereRow] | None = None
    messages: Sequence[Note] | None = None


@dataclass(frozen=True, slots=True)
class Hospital:
    """A stored hospital. `missed` counts the days whose good directory lacked it, up to the
    last such day, `missed_on`."""

    hpid: str
    name: str
    level: Level | None = None
    address: str | None = None
    phone: str | None = None
    er_phone: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    operating: bool = True
    missed: int = 0
    missed_on: date | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A hospital's stored report: raw values by code, and when each last differed. A `last_seen`
    time is None while the hospital is in the latest answer of that operation."""

    hpid: str
    values: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, datetime] = field(default_factory=dict)
    reported_at: datetime | None = None
    in_beds: bool = False
    in_severe: bool = False
    beds_last_seen_at: datetime | None = None
    severe_last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """The memory of one operation: its last answer, and the size of its last good one."""

    operation: str
    received_at: datetime
    good_rows: int
    short_in_a_row: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Values of one hospital that differ from what was stored; None: no longer told."""

    hpid: str
    reported_at: datetime | None
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Override:
    """An operator's word about one field, which beats the feed until its end. A row without a
    status (and without an end) tells that the feed speaks again."""

    id: int
    hpid: str
    field: str
    status: Status | None
    until_at: datetime | None
    reason: str
    made_by: str
    made_at: datetime

    def holds(self, now: datetime) -> bool:
        return self.status is not None and self.until_at is not None and now < self.until_at


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is stored, by hpid, message key and operation; of overrides the latest
    word on each field, by hpid and field."""

    hospitals: Mapping[str, Hospital]
    states: Mapping[str, State]
    notes: Mapping[str, Note]
    marks: Mapping[str, Mark]
    overrides: Mapping[str, Mapping[str, Override]] = field(default_factory=dict)

    def after(self, plan: "Plan") -> "Picture":
        """What is stored once a plan is written."""
        notes = {**self.notes, **{note.key: note for note in plan.notes}}
        return Picture(
            {**self.hospitals, **{hospital.hpid: hospital for hospital in plan.hospitals}},
            {**self.states, **{state.hpid: state for state in plan.states}},
            {key: note for key, note in notes.items() if note.gone_at is None},
            {**self.marks, **{mark.operation: mark for mark in plan.marks}},
            self.overrides,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows that a round has to write, and nothing else; `suspicions` are names of operations
    by what is wrong with answers that came."""

    hospitals: Sequence[Hospital] = ()
    states: Sequence[State] = ()
    notes: Sequence[Note] = ()
    marks: Sequence[Mark] = ()
    changes: Sequence[Change] = ()
    suspicions: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def short(self) -> list[str]:
        """Operations whose answers lacked too much to forget anything by them."""
        return [*self.suspicions.get("short", ()), *self.suspicions.get("empty", ())]

    @property
    def written(self) -> dict[str, int]:
        return {
            "hospitals": len(self.hospitals),
            "states": len(self.states),
            "messages": len(self.notes),
            "changes": len(self.changes),
        }

    @property
    def changed_values(self) -> int:
        return sum(len(change.values) for change in self.changes)
