"""Damage that could pass for a report: each case was, or would be, a value lost or made younger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.sync.domain import normalise
from services.sync.domain.plan import EMPTY, plan
from services.sync.domain.records import BedRow, DirectoryRow, Picture, Received, SevereRow
from services.sync.failures import KeyRefused, QuotaSpent, SourceFailure, Unreachable
from services.sync.reading import read_page
from shared.contracts.nmc import Level
from tests.support.fakes.nmc import envelope
from tests.support.nmc_rows import bed_row, directory_row

NOW = datetime(2026, 5, 23, 10, 0, tzinfo=UTC)
ROUND = timedelta(minutes=5)
HPIDS = [f"A11{number:05d}" for number in range(30)]
PAGE = {"pageNo": "1", "numOfRows": "1000"}


def country(hpids: list[str], at: datetime = NOW) -> Received:
    return Received(
        [DirectoryRow(hpid, hpid, Level.LOCAL_CENTER) for hpid in hpids],
        [BedRow(hpid, hpid, None, at, {"hvec": "5", "hvs01": "20"}) for hpid in hpids],
        [SevereRow(hpid, hpid, {"MKioskTy1": "Y"}) for hpid in hpids],
        [],
    )


def after(stored: Picture, received: Received, now: datetime) -> Picture:
    written = plan(stored, received, now)
    return Picture(
        {**stored.hospitals, **{h.hpid: h for h in written.hospitals}},
        {**stored.states, **{s.hpid: s for s in written.states}},
        stored.notes,
        {**stored.marks, **{m.operation: m for m in written.marks}},
    )


STORED = after(EMPTY, country(HPIDS), NOW)


def test_one_broken_byte_does_not_turn_the_whole_country_into_another_encoding() -> None:
    rows = [directory_row(hpid, dutyName="가나다병원") for hpid in HPIDS]
    body = bytearray(envelope(rows, PAGE).encode())
    body[body.index("가".encode()) + 1] = 0x41
    found = normalise.directory(read_page(200, bytes(body)).rows)
    names = {row.hpid: row.name for row in found}
    assert names[HPIDS[0]] is None
    assert {names[hpid] for hpid in HPIDS[1:]} == {"가나다병원"}


def test_a_damaged_time_is_no_time() -> None:
    for text in ("2026112319xx00", "20261123  1900", "202611231900x0", "2026-1123190000"):
        assert normalise.read_time(text) is None


@pytest.mark.parametrize("hpid", ["A１１０００１１", "A1100001\n", "a1100001"])
def test_an_hpid_has_plain_digits(hpid: str) -> None:
    assert normalise.beds([{"hpid": hpid, "hvec": "1"}], NOW) == []


def test_of_equally_old_duplicates_no_value_is_left_out() -> None:
    rows = [
        {"hpid": HPIDS[0], "hvidate": "20260523185500", "hvec": "3", "hv28": "1"},
        {"hpid": HPIDS[0], "hvidate": "20260523185500", "hvec": "4"},
    ]
    (report,) = normalise.beds(rows, NOW)
    assert report.values == {"hvec": "4", "hv28": "1"}
    flags = [{"hpid": HPIDS[0], "mkioskty1": "Y"}, {"hpid": HPIDS[0]}]
    assert normalise.severe(flags)[0].values == {"MKioskTy1": "Y"}


def test_mostly_wrong_types_are_no_report_and_one_odd_value_is_kept() -> None:
    odd = {"hpid": HPIDS[0], "hvec": "5", "hvs01": "20", "hvs31": "N"}
    assert normalise.beds([odd], NOW)[0].values["hvs31"] == "N"
    wrong = {"hpid": HPIDS[0], "hvec": "많음", "hvs01": "스물", "hvctayn": "Y", "hvxyz": "?"}
    assert normalise.beds([wrong], NOW)[0].values == {}
    assert normalise.severe([{"hpid": HPIDS[0], "mkioskty1": "1"}])[0].values == {}


def test_a_report_without_a_value_replaces_nothing() -> None:
    hollow = BedRow(HPIDS[0], None, None, NOW + ROUND, {})
    state = after(STORED, Received(beds=[hollow]), NOW + ROUND).states[HPIDS[0]]
    assert (state.values["hvec"], state.reported_at) == ("5", NOW)
    assert state.beds_last_seen_at == NOW


def test_a_swollen_country_brings_nobody_new_until_it_came_three_times() -> None:
    strangers = [f"B11{number:05d}" for number in range(60)]
    stored = STORED
    for turn in (1, 2):
        at = NOW + turn * ROUND
        swollen = country([*HPIDS, *strangers], at)
        told = plan(stored, swollen, at).suspicions
        assert told == {"swollen": ["directory", "beds", "severe"]}
        stored = after(stored, swollen, at)
        assert stored.hospitals.keys() == set(HPIDS)
        assert stored.states[HPIDS[0]].reported_at == at
    assert plan(stored, country(HPIDS), NOW + 3 * ROUND).suspicions == {}
    stored = after(stored, country([*HPIDS, *strangers]), NOW + 3 * ROUND)
    assert stored.hospitals.keys() == {*HPIDS, *strangers}


def test_a_country_without_hospitals_is_never_believed() -> None:
    stored = STORED
    for turn in range(1, 8):
        stored = after(stored, Received([], [], []), NOW + turn * timedelta(days=1))
    assert all(hospital.operating for hospital in stored.hospitals.values())
    assert stored.marks["directory"].good_rows == len(HPIDS)


@pytest.mark.parametrize(
    ("received", "kind"),
    [
        (replace(country(HPIDS[:20]), messages=None), "short"),
        (Received(beds=[]), "empty"),
        (Received(beds=[BedRow(h, h, None, NOW, {}) for h in HPIDS]), "odd"),
        (Received(beds=[BedRow(h, h, None, None, {"hvec": "1"}) for h in HPIDS]), "odd"),
        (country(HPIDS, NOW - timedelta(hours=3)), "old"),
    ],
    ids=["short", "empty", "hollow", "undated", "old"],
)
def test_what_cannot_be_right_is_told(received: Received, kind: str) -> None:
    assert list(plan(STORED, received, NOW + ROUND).suspicions) == [kind]


def legacy(code: str) -> str:
    told = f"<cmmMsgHeader><returnReasonCode>{code}</returnReasonCode></cmmMsgHeader>"
    return f"<OpenAPI_ServiceResponse>{told}</OpenAPI_ServiceResponse>"


FAULT = "<e:Envelope xmlns:e='x'><e:Fault><faultstring>x</faultstring></e:Fault></e:Envelope>"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, '{"cmmMsgHeader":{"returnReasonCode":"22"}}', QuotaSpent),
        (403, '{"cmmMsgHeader":{"returnReasonCode":30}}', KeyRefused),
        (200, legacy("4"), Unreachable),
        (200, legacy("DB_ERROR"), Unreachable),
        (200, legacy("SERVICETIMEOUT_ERROR"), Unreachable),
        (200, FAULT, Unreachable),
    ],
)
def test_codes_are_found_wherever_they_stand(
    status: int, body: str, kind: type[SourceFailure]
) -> None:
    with pytest.raises(SourceFailure) as caught:
        read_page(status, body.encode())
    assert type(caught.value) is kind


def test_no_data_in_the_old_envelope_is_an_empty_page() -> None:
    assert read_page(200, legacy("03").encode()).rows == ()


def test_a_value_keeps_its_age_through_a_bad_report() -> None:
    row = bed_row(HPIDS[0], at=NOW + ROUND, hvec="많음", hvs01="x", hvctayn="9")
    rows = [{tag.lower(): value for tag, value in row.items()}]
    state = after(STORED, Received(beds=normalise.beds(rows, NOW + ROUND)), NOW + ROUND).states
    assert state[HPIDS[0]].reported_at == NOW
