"""What a round writes: only what differs, and nothing that makes a value young or lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.plan import EMPTY, plan
from services.sync.domain.records import (
    BedRow,
    DirectoryRow,
    Hospital,
    Note,
    Picture,
    Received,
    SevereRow,
)
from shared.contracts.nmc import Level

NOW = datetime(2026, 5, 23, 10, 0, tzinfo=UTC)
ROUND = timedelta(minutes=5)
DAY = timedelta(days=1)
REPORTED = NOW - timedelta(minutes=3)


def entry(hpid: str = "A1100001", **facts: object) -> DirectoryRow:
    known = DirectoryRow(hpid, "시험병원", Level.LOCAL_CENTER, "주소", "02-1", "02-3", 127.0, 37.5)
    return replace(known, **facts)  # type: ignore[arg-type]


def report(hpid: str = "A1100001", *, at: datetime | None = REPORTED, **values: str) -> BedRow:
    return BedRow(hpid, "시험병원", "02-1", at, values or {"hvec": "5", "hvs01": "20"})


def flags(hpid: str = "A1100001", **values: str) -> SevereRow:
    return SevereRow(hpid, "시험병원", values or {"MKioskTy1": "Y"})


def note(key: str = "k", **facts: object) -> Note:
    known = Note(key, "A1100001", True, False, "Y0010", None, "불가", NOW, NOW + DAY)
    return replace(known, **facts)  # type: ignore[arg-type]


def after(stored: Picture, received: Received, now: datetime) -> Picture:
    """The picture that is stored once a plan was written."""
    written = plan(stored, received, now)
    return Picture(
        {**stored.hospitals, **{h.hpid: h for h in written.hospitals}},
        {**stored.states, **{s.hpid: s for s in written.states}},
        {
            key: n
            for key, n in {**stored.notes, **{n.key: n for n in written.notes}}.items()
            if n.gone_at is None
        },
        {**stored.marks, **{m.operation: m for m in written.marks}},
    )


FULL = Received([entry()], [report()], [flags()], [note()])
STORED = after(EMPTY, FULL, NOW)


def test_the_first_round_writes_everything_once() -> None:
    written = plan(EMPTY, FULL, NOW)
    assert written.written == {"hospitals": 1, "states": 1, "messages": 1, "changes": 1}
    assert written.changed_values == 3


def test_a_round_without_news_writes_nothing() -> None:
    written = plan(STORED, FULL, NOW + ROUND)
    assert set(written.written.values()) == {0}
    assert {mark.received_at for mark in written.marks} == {NOW + ROUND}


def test_a_changed_value_moves_its_own_time_only() -> None:
    at = NOW + timedelta(minutes=2)
    received = Received(beds=[report(at=at, hvec="4", hvs01="20")])
    state = after(STORED, received, NOW + ROUND).states["A1100001"]
    assert state.changed == {"hvec": at, "hvs01": REPORTED}
    assert state.reported_at == at


def test_a_change_cannot_be_older_than_the_last_look_at_the_former_value() -> None:
    received = Received(beds=[report(at=REPORTED, hvec="4", hvs01="20")])
    state = after(STORED, received, NOW + ROUND).states["A1100001"]
    assert state.changed["hvec"] == NOW + ROUND
    assert state.reported_at == REPORTED


def test_a_flag_that_was_never_seen_to_change_has_no_time_of_change() -> None:
    state = STORED.states["A1100001"]
    assert "MKioskTy1" not in state.changed
    turned = after(STORED, Received(severe=[flags(MKioskTy1="불가능")]), NOW + ROUND)
    assert turned.states["A1100001"].changed["MKioskTy1"] == NOW + ROUND


def test_a_hospital_that_drops_out_keeps_its_values_and_is_written_once() -> None:
    both = Received(beds=[report(), report("A1100002")])
    stored = after(EMPTY, both, NOW)
    alone = Received(beds=[report()])
    gone = after(stored, alone, NOW + ROUND)
    assert gone.states["A1100002"].values == {"hvec": "5", "hvs01": "20"}
    assert gone.states["A1100002"].beds_last_seen_at == NOW
    assert plan(gone, alone, NOW + 2 * ROUND).states == []
    back = after(gone, both, NOW + 3 * ROUND)
    assert back.states["A1100002"].beds_last_seen_at is None


def test_a_failed_operation_leaves_its_values() -> None:
    state = after(STORED, Received(beds=[report(hvec="4")]), NOW + ROUND).states["A1100001"]
    assert state.values["MKioskTy1"] == "Y"
    state = after(STORED, Received(severe=[flags(MKioskTy1="불가능")]), NOW + ROUND).states[
        "A1100001"
    ]
    assert state.values == {"hvec": "5", "hvs01": "20", "MKioskTy1": "불가능"}


def test_what_a_newer_report_no_longer_tells_is_unknown() -> None:
    received = Received(beds=[report(at=NOW, hvs01="20")])
    written = plan(STORED, received, NOW + ROUND)
    assert "hvec" not in written.states[0].values
    assert written.changes[0].values == {"hvec": None}


def test_the_same_report_cannot_take_back_a_value() -> None:
    received = Received(beds=[report(at=REPORTED, hvs01="20")])
    assert plan(STORED, received, NOW + ROUND).states == []


def test_neither_an_older_nor_an_undated_report_replaces_a_newer_one() -> None:
    for at in (REPORTED - ROUND, None):
        received = Received(beds=[report(at=at, hvec="9")])
        assert plan(STORED, received, NOW + ROUND).states == []


def test_limits_go_with_their_flag_and_flags_stay() -> None:
    told = Received(severe=[flags(MKioskTy1="Y", MKioskTy10="Y", MKioskTy10Msg="1800g 이상")])
    stored = after(EMPTY, told, NOW)
    state = after(stored, Received(severe=[flags(MKioskTy10="Y")]), NOW + ROUND).states["A1100001"]
    assert state.values == {"MKioskTy1": "Y", "MKioskTy10": "Y"}


def test_a_message_that_vanished_is_gone() -> None:
    stored = after(EMPTY, Received(messages=[note(str(n)) for n in range(20)]), NOW)
    written = plan(stored, Received(messages=[note(str(n)) for n in range(19)]), NOW + ROUND)
    assert [(n.key, n.gone_at) for n in written.notes] == [("19", NOW + ROUND)]


def test_a_short_answer_forgets_no_message_until_it_was_given_three_times() -> None:
    stored = after(EMPTY, Received(messages=[note(str(n)) for n in range(20)]), NOW)
    short = Received(messages=[note("1")])
    for turn in (1, 2):
        assert plan(stored, short, NOW + turn * ROUND).short == ["messages"]
        stored = after(stored, short, NOW + turn * ROUND)
        assert len(stored.notes) == 20
    stored = after(stored, short, NOW + 3 * ROUND)
    assert list(stored.notes) == ["1"]


def test_messages_that_ended_by_themselves_make_no_answer_short() -> None:
    ending = [note(str(n), until_at=NOW + timedelta(minutes=1)) for n in range(20)]
    stored = after(EMPTY, Received(messages=ending), NOW)
    written = plan(stored, Received(messages=[]), NOW + ROUND)
    assert written.short == []
    assert len(written.notes) == 20


def test_the_directory_s_row_fills_but_never_empties() -> None:
    bare = entry(level=None, address=None, er_phone=None, longitude=None, latitude=None)
    assert plan(STORED, Received(directory=[bare]), NOW + DAY).hospitals == []


def test_a_hospital_that_only_reports_is_known_by_its_report() -> None:
    (hospital,) = plan(EMPTY, Received(beds=[report()]), NOW).hospitals
    assert hospital == Hospital("A1100001", "시험병원", phone="02-1")


def test_a_directory_row_without_a_name_takes_the_report_s() -> None:
    (hospital,) = plan(EMPTY, Received([entry(name=None)], [report()]), NOW).hospitals
    assert hospital.name == "시험병원"
    (hospital,) = plan(EMPTY, Received([entry(name=None)]), NOW).hospitals
    assert hospital.name == "A1100001"


def missing_for(days: int, rows: Sequence[DirectoryRow]) -> Hospital:
    everyone = [entry(f"A11{n:05d}") for n in range(20)]
    stored = after(EMPTY, Received(everyone), NOW)
    for day in range(1, days + 1):
        for again in range(3):
            stored = after(stored, Received(rows), NOW + day * DAY + again * ROUND)
    return stored.hospitals["A1100019"]


def test_a_hospital_is_closed_when_seven_daily_directories_lacked_it() -> None:
    rest = [entry(f"A11{n:05d}") for n in range(19)]
    assert missing_for(6, rest).operating
    assert not missing_for(7, rest).operating
    assert missing_for(7, [*rest, entry("A1100019")]).operating


def test_a_hospital_that_reports_is_not_closed_by_the_directory() -> None:
    stored = after(EMPTY, Received([entry(f"A11{n:05d}") for n in range(20)]), NOW)
    rows = [entry(f"A11{n:05d}") for n in range(19)]
    for day in range(1, 10):
        received = Received(rows, [report("A1100019", at=NOW + day * DAY)])
        stored = after(stored, received, NOW + day * DAY)
    assert stored.hospitals["A1100019"].operating


def test_a_hospital_said_not_to_operate_is_kept_and_closed() -> None:
    stored = after(STORED, Received([entry(operating=False)]), NOW + DAY)
    assert not stored.hospitals["A1100001"].operating
    assert stored.states["A1100001"].values == STORED.states["A1100001"].values


values = st.dictionaries(st.sampled_from(["hvec", "hvs01", "hv28"]), st.sampled_from("0159"))
times = st.one_of(st.none(), st.integers(-60, 40).map(lambda m: NOW + timedelta(minutes=m)))
hpids, nothing = st.just("A1100001"), st.none()
reports = st.builds(BedRow, hpids, nothing, nothing, times, values)
answers = st.one_of(nothing, st.lists(reports, max_size=1))


@given(st.lists(answers, max_size=8))
def test_no_value_is_lost_or_made_younger(rounds: list[list[BedRow] | None]) -> None:
    stored = EMPTY
    told: set[tuple[datetime | None, str, str]] = set()
    for turn, beds in enumerate(rounds):
        told |= {(row.reported_at, c, v) for row in beds or [] for c, v in row.values.items()}
        former = stored.states.get("A1100001")
        stored = after(stored, Received(beds=beds), NOW + turn * ROUND)
        state = stored.states.get("A1100001")
        if former is not None:
            assert state is not None
            assert former.reported_at is None or (
                state.reported_at is not None and state.reported_at >= former.reported_at
            )
        for code, value in (state.values if state else {}).items():
            assert state is not None
            assert (state.reported_at, code, value) in told
