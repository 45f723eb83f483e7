"""The scaled country of `bench sync`: as many institutions as told, as news as told."""

from datetime import UTC, datetime, timedelta

from services.cli.bench.country import BEDS, DIRECTORY, MESSAGES, SEVERE, edition
from services.sync.domain import normalise
from services.sync.domain.normalise import HPID
from services.sync.reading import Row, read_page
from tests.support.nmc_rows import bed_row, directory_row, message_row, severe_row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HPIDS = ("A1100001", "A1100002", "Z2100003")
COUNTRY = {
    DIRECTORY: [directory_row(hpid) for hpid in HPIDS],
    BEDS: [
        bed_row(HPIDS[0], at=NOW - timedelta(minutes=30)),
        bed_row(HPIDS[1], at=NOW - timedelta(minutes=9)),
        bed_row(HPIDS[2], at=NOW - timedelta(days=9)),
    ],
    SEVERE: [severe_row(hpid) for hpid in HPIDS],
    MESSAGES: [message_row(HPIDS[0], begins=NOW - timedelta(hours=2))],
}


def rows(operation: str, *, times: int = 1, step: int = 0, now: datetime = NOW) -> list[Row]:
    """All rows of an operation as sync reads them, page by page."""
    told = edition(COUNTRY, times, step, now)
    read: list[Row] = []
    for number in range(1, 100):
        page = read_page(200, told.page(operation, number, 2))
        read += page.rows
        if len(read) >= page.total:
            break
    return read


def test_one_time_is_the_country_itself() -> None:
    assert [row["hpid"] for row in rows(DIRECTORY)] == list(HPIDS)
    assert normalise.severe(rows(SEVERE)) == normalise.severe(
        [{tag.lower(): text.strip() for tag, text in row.items()} for row in COUNTRY[SEVERE]]
    )


def test_many_times_are_that_many_institutions_that_no_operation_mixes_up() -> None:
    listed = normalise.directory(rows(DIRECTORY, times=7))
    hpids = {row.hpid for row in listed}
    assert len(listed) == len(hpids) == 7 * len(HPIDS)
    assert all(HPID.fullmatch(hpid) for hpid in hpids)
    assert {row.hpid for row in normalise.beds(rows(BEDS, times=7), NOW)} == hpids
    assert {row.hpid for row in normalise.severe(rows(SEVERE, times=7))} == hpids
    assert {note.hpid for note in normalise.messages(rows(MESSAGES, times=7))} < hpids


def test_copies_lie_elsewhere_and_near() -> None:
    listed = normalise.directory(rows(DIRECTORY, times=7))
    places = {(row.longitude or 0.0, row.latitude or 0.0) for row in listed}
    assert len(places) == 7
    assert all(abs(lon - 126.978) < 0.1 and abs(lat - 37.5665) < 0.1 for lon, lat in places)


def test_a_step_lets_all_report_anew_but_the_silent_and_one_in_three_change() -> None:
    later = NOW + timedelta(seconds=2)
    before = {row.hpid: row for row in normalise.beds(rows(BEDS), NOW)}
    after = {row.hpid: row for row in normalise.beds(rows(BEDS, step=1, now=later), later)}
    assert [after[hpid].reported_at for hpid in HPIDS[:2]] == [later, later]
    assert after[HPIDS[2]] == before[HPIDS[2]]
    changed = [
        sum(
            normalise.beds(rows(BEDS, step=step), NOW)[place].values
            != normalise.beds(rows(BEDS, step=step + 1), NOW)[place].values
            for place in range(2)
        )
        for step in range(3)
    ]
    assert sum(changed) == 2


def test_a_message_in_fifty_is_another_one() -> None:
    keys = [normalise.messages(rows(MESSAGES, step=step))[0].key for step in range(51)]
    assert len(set(keys)) == 2
