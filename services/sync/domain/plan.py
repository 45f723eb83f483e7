"""What a round changes: the stored picture and what was received in, the rows to write out.

The laws: absence deletes and zeroes nothing; an unchanged row is not written; a report without a
time never replaces a dated one, an older one never a newer; what a newer report no longer tells is
unknown from then on, because keeping it would make an old value look young; a report without a
single value is no report; an answer of twice the country brings nobody new until it came thrice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.sync.domain.normalise import KST
from services.sync.domain.records import (
    BedRow,
    Change,
    DirectoryRow,
    Hospital,
    Mark,
    Note,
    Picture,
    Plan,
    Received,
    SevereRow,
    State,
)
from services.sync.domain.suspicions import SWOLLEN, suspicions

SHORT_SHARE = 0.9
SWOLLEN_SHARE = 2.0
SWOLLEN_FROM = 20
SHORT_ACCEPTED_AFTER = 3
OPERATIONS = ("directory", "beds", "severe", "messages")
MISSED_DAYS = 7
EMPTY = Picture({}, {}, {}, {})


def plan(stored: Picture, received: Received, now: datetime) -> Plan:
    """Rows to write for one round. `now` is when the answers were asked for."""
    sizes = _sizes(received)
    marks = {mark.operation: mark for mark in _marks(stored, sizes, now)}
    told = suspicions(received, sizes, marks, now)
    received = _of_known_hospitals(stored, received, told.get(SWOLLEN, ()))
    states, changes = _states(stored, received, now)
    return Plan(
        hospitals=_hospitals(stored, received, marks, now),
        states=states,
        notes=_notes(stored, received, marks, now),
        marks=list(marks.values()),
        changes=changes,
        suspicions=told,
    )


def _sizes(received: Received) -> dict[str, int]:
    answers = ((name, getattr(received, name)) for name in OPERATIONS)
    return {name: len(rows) for name, rows in answers if rows is not None}


def _marks(stored: Picture, sizes: Mapping[str, int], now: datetime) -> Iterable[Mark]:
    for operation, rows in sizes.items():
        expected = _expected(stored, operation, now)
        former = stored.marks.get(operation)
        again = former.short_in_a_row + 1 if former else 1
        accepted = again >= SHORT_ACCEPTED_AFTER and _may_be_true(operation, rows)
        if accepted or _is_believed(operation, rows, expected):
            yield Mark(operation, now, rows)
        else:
            yield Mark(operation, now, expected, again)


def _is_believed(operation: str, rows: int, expected: int) -> bool:
    """Neither short nor swollen; messages may multiply in an hour, hospitals do not."""
    if rows < expected * SHORT_SHARE:
        return False
    return (
        operation == "messages"
        or rows <= max(expected, SWOLLEN_FROM) * SWOLLEN_SHARE
        or (not expected)
    )


def _may_be_true(operation: str, rows: int) -> bool:
    """There may be no message; a country without hospitals is none, however often it is told."""
    return rows > 0 or operation == "messages"


def _of_known_hospitals(stored: Picture, received: Received, swollen: Sequence[str]) -> Received:
    """Of swollen answers, and of the messages beside them, what is about known hospitals."""
    names = {*swollen, "messages"} if swollen else set()
    rows = {
        name: [row for row in getattr(received, name) if row.hpid in stored.hospitals]
        for name in names
        if getattr(received, name) is not None
    }
    return replace(received, **rows)


def _expected(stored: Picture, operation: str, now: datetime) -> int:
    """Rows of the last good answer; of messages those whose own end has not come."""
    if operation == "messages":
        notes = stored.notes.values()
        return sum(n.gone_at is None and (n.until_at is None or n.until_at > now) for n in notes)
    mark = stored.marks.get(operation)
    return mark.good_rows if mark else 0


def _hospitals(
    stored: Picture, received: Received, marks: Mapping[str, Mark], now: datetime
) -> list[Hospital]:
    known = dict(stored.hospitals)
    for report in _reports(received):
        known.setdefault(report.hpid, _unlisted(report))
    for row in received.directory or ():
        known[row.hpid] = _registered(known.get(row.hpid), row)
    if received.directory is not None and not marks["directory"].short_in_a_row:
        known |= _missing(stored, received, now)
    return [hospital for hpid, hospital in known.items() if hospital != stored.hospitals.get(hpid)]


def _reports(received: Received) -> list[BedRow | SevereRow]:
    return [*(received.beds or ()), *(received.severe or ())]


def _registered(former: Hospital | None, row: DirectoryRow) -> Hospital:
    """The row over what was known; what the row does not tell stays as it was. Some rows of the
    directory have no name: such a hospital is called by its hpid until one is told."""
    known = former or Hospital(row.hpid, row.hpid)
    placed = row.longitude is not None and row.latitude is not None
    return Hospital(
        hpid=row.hpid,
        name=row.name or known.name,
        level=row.level or known.level,
        address=row.address or known.address,
        phone=row.phone or known.phone,
        er_phone=row.er_phone or known.er_phone,
        longitude=row.longitude if placed else known.longitude,
        latitude=row.latitude if placed else known.latitude,
        operating=row.operating,
    )


def _unlisted(report: BedRow | SevereRow) -> Hospital:
    phone = report.phone if isinstance(report, BedRow) else None
    return Hospital(report.hpid, report.name or report.hpid, phone=phone)


def _missing(stored: Picture, received: Received, now: datetime) -> dict[str, Hospital]:
    """Hospitals that a good directory lacks and that report nothing: counted once a day."""
    seen = {row.hpid for row in received.directory or ()}
    seen |= {report.hpid for report in _reports(received)}
    today = now.astimezone(KST).date()
    missed = (
        replace(hospital, missed=hospital.missed + 1, missed_on=today)
        for hpid, hospital in stored.hospitals.items()
        if hpid not in seen and hospital.missed_on != today and hospital.missed < MISSED_DAYS
    )
    return {h.hpid: replace(h, operating=h.operating and h.missed < MISSED_DAYS) for h in missed}


def _states(stored: Picture, received: Received, now: datetime) -> tuple[list[State], list[Change]]:
    states = dict(stored.states)
    if received.beds is not None:
        rows = {row.hpid: row for row in received.beds}
        before = _received_at(stored, "beds")
        for hpid in states.keys() | rows.keys():
            states[hpid] = _with_beds(states.get(hpid, State(hpid)), rows.get(hpid), before, now)
    if received.severe is not None:
        flags = {row.hpid: row for row in received.severe}
        before = _received_at(stored, "severe")
        for hpid in states.keys() | flags.keys():
            states[hpid] = _with_severe(states.get(hpid, State(hpid)), flags.get(hpid), before, now)
    written = [s for s in sorted(states.values(), key=_hpid) if s != stored.states.get(s.hpid)]
    changes = (_change(stored.states.get(state.hpid), state) for state in written)
    return written, [change for change in changes if change.values]


def _hpid(state: State) -> str:
    return state.hpid


def _received_at(stored: Picture, operation: str) -> datetime | None:
    mark = stored.marks.get(operation)
    return mark.received_at if mark else None


def _with_beds(state: State, row: BedRow | None, before: datetime | None, now: datetime) -> State:
    if row is None or not row.values:
        if state.in_beds and state.beds_last_seen_at is None:
            return replace(state, beds_last_seen_at=before)
        return state
    state = replace(state, in_beds=True, beds_last_seen_at=None)
    if state.reported_at and (row.reported_at is None or row.reported_at < state.reported_at):
        return state
    kept = _of_severe(state.values) if row.reported_at != state.reported_at else state.values
    moment = _moment(row.reported_at, before, now)
    state = _valued(state, {**kept, **row.values}, moment, row.reported_at)
    return replace(state, reported_at=row.reported_at)


def _with_severe(
    state: State, row: SevereRow | None, before: datetime | None, now: datetime
) -> State:
    if row is None or not row.values:
        if state.in_severe and state.severe_last_seen_at is None:
            return replace(state, severe_last_seen_at=before)
        return state
    state = replace(state, in_severe=True, severe_last_seen_at=None)
    kept = {code: v for code, v in state.values.items() if not _is_limit_told(code, row)}
    return _valued(state, {**kept, **row.values}, now, None)


def _is_limit_told(code: str, row: SevereRow) -> bool:
    """The text of a limit goes when its flag is told without it; flags themselves stay."""
    return code.endswith("Msg") and code.removesuffix("Msg") in row.values


def _of_severe(values: Mapping[str, str]) -> dict[str, str]:
    return {code: value for code, value in values.items() if code.startswith("MKioskTy")}


def _moment(reported_at: datetime | None, before: datetime | None, now: datetime) -> datetime:
    """When a value that differs came to differ: the hospital's own time where that can be true,
    which is after we last saw the former value and not after now."""
    if reported_at is None:
        return now
    return reported_at if (before is None or before < reported_at) and reported_at <= now else now


def _valued(
    state: State, values: Mapping[str, str], moment: datetime, first_seen: datetime | None
) -> State:
    """The state with other values. `first_seen` is when a value began that was never told before;
    None where the source does not say: we have not seen it change."""
    if values == state.values:
        return state
    changed = dict(state.changed)
    for code, value in values.items():
        if state.values.get(code) != value:
            since = moment if code in state.values else first_seen
            changed |= {code: since} if since else {}
    kept = {code: at for code, at in changed.items() if code in values}
    return replace(state, values=values, changed=kept)


def _change(former: State | None, state: State) -> Change:
    old: Mapping[str, str] = former.values if former else {}
    codes = sorted(old.keys() | state.values.keys())
    values = {code: state.values.get(code) for code in codes}
    return Change(
        state.hpid,
        state.reported_at,
        {code: value for code, value in values.items() if value != old.get(code)},
    )


def _notes(
    stored: Picture, received: Received, marks: Mapping[str, Mark], now: datetime
) -> list[Note]:
    if received.messages is None:
        return []
    fresh = {note.key: note for note in received.messages}
    if not marks["messages"].short_in_a_row:
        gone = (note for key, note in stored.notes.items() if key not in fresh)
        fresh |= {note.key: replace(note, gone_at=now) for note in gone if note.gone_at is None}
    return [note for key, note in fresh.items() if note != stored.notes.get(key)]
