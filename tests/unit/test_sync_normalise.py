"""Rows to records: nothing invented, nothing personal kept."""

from datetime import UTC, datetime, timedelta

import pytest

from services.sync.domain import normalise
from shared.contracts.nmc import Level

NOW = datetime(2026, 5, 23, 10, 0, tzinfo=UTC)


def lowered(**tags: str) -> dict[str, str]:
    return {"hpid": "A1100001", **{tag.lower(): value for tag, value in tags.items()}}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20260523190000", NOW),
        ("202605231900", NOW),
        ("2026-05-23 19:00:00", NOW),
        ("20260523", None),
        ("20261323190000", None),
        ("", None),
        (None, None),
        ("2013-10-01 오후1:14:12", None),
    ],
)
def test_times_are_korean(text: str | None, moment: datetime | None) -> None:
    assert normalise.read_time(text) == moment


@pytest.mark.parametrize(("ahead", "kept"), [(9, True), (10, True), (11, False), (60 * 24, False)])
def test_a_report_may_be_ahead_by_minutes_only(ahead: int, kept: bool) -> None:
    at = NOW + timedelta(minutes=ahead)
    text = at.astimezone(normalise.KST).strftime("%Y%m%d%H%M%S")
    assert normalise.reported_time(text, NOW) == (at if kept else None)


def test_bed_values_are_raw_and_hold_no_person() -> None:
    row = lowered(
        hvec="-39", hvs31="N", hvctayn="N1", hvdnm="홍길동", hv1="02-1-2", hv12="010-1234-5678",
        hvidate="20260523185500", dutyTel3="02-1588-5700", rnum="1", phpid="A1100001",
    )  # fmt: skip
    (report,) = normalise.beds([row], NOW)
    assert report.values == {"hvec": "-39", "hvs31": "N", "hvctayn": "N1"}
    assert report.reported_at == NOW - timedelta(minutes=5)


def test_of_two_bed_rows_the_later_report_counts() -> None:
    older = lowered(hvec="1", hvidate="20260523180000")
    newer = lowered(hvec="2", hvidate="20260523185500")
    for rows in ([older, newer], [newer, older]):
        (report,) = normalise.beds(rows, NOW)
        assert report.values["hvec"] == "2"


def test_severe_flags_have_the_catalogue_s_spelling() -> None:
    row = lowered(MKioskTy1="Y", mkioskty10="불가능", MKioskTy10Msg="15세 이상", hvec="3")
    (report,) = normalise.severe([row])
    assert report.values == {
        "MKioskTy1": "Y", "MKioskTy10": "불가능", "MKioskTy10Msg": "15세 이상"
    }  # fmt: skip


def test_directory_row() -> None:
    row = lowered(
        dutyName="시험병원", dutyEmcls="G001", dutyTel1="02-1", dutyTel3="02-3",
        wgs84Lat="37.5", wgs84Lon="127.0",
    )  # fmt: skip
    (entry,) = normalise.directory([row])
    assert entry.level is Level.REGIONAL_CENTER
    assert (entry.phone, entry.er_phone) == ("02-1", "02-3")
    assert (entry.longitude, entry.latitude) == (127.0, 37.5)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("0", "0"), ("", ""), ("127.0", "37.5"), ("nan", "127"), ("37.5", "x")],
)
def test_a_place_outside_korea_is_no_place(latitude: str, longitude: str) -> None:
    (entry,) = normalise.directory([lowered(wgs84Lat=latitude, wgs84Lon=longitude)])
    assert (entry.longitude, entry.latitude) == (None, None)


@pytest.mark.parametrize("hpid", ["", "A12", "A11000011", "1100001", "A110000x", "\x00"])
def test_a_row_without_a_real_hpid_is_nobody_s(hpid: str) -> None:
    row = {**lowered(hvec="3", symBlkMsg="x"), "hpid": hpid}
    assert normalise.beds([row], NOW) == []
    assert normalise.directory([row]) == []
    assert normalise.messages([row]) == []


@pytest.mark.parametrize(
    "number",
    ["010-1234-5678", "01012345678", "010 1234 5678", "010.1234.5678", "011-234-5678",
     "+82 10-1234-5678", "82-10-1234-5678"],
)  # fmt: skip
def test_mobile_numbers_are_removed(number: str) -> None:
    cleaned = normalise.without_mobiles(f"당직 {number} 문의")
    assert not any(character.isdigit() for character in cleaned)
    assert cleaned.startswith("당직 ")
    assert cleaned.endswith(" 문의")


@pytest.mark.parametrize("number", ["02-2072-2475", "1588-5700", "031-1577-7516", "1800g(32주)"])
def test_lines_of_the_hospital_stay(number: str) -> None:
    assert normalise.without_mobiles(f"{number} 문의") == f"{number} 문의"


def test_message_without_the_mobile_number() -> None:
    row = lowered(
        symBlkMsg="수술 불가 010-1234-5678", symBlkMsgTyp="중증", symTypCod="Y0060",
        symOutDspYon="차단", symBlkSttDtm="20260523180000", symBlkEndDtm="20260523200000",
    )  # fmt: skip
    (note,) = normalise.messages([row, row])
    assert note.text == "수술 불가 [번호 삭제]"
    assert (note.severe, note.lifted, note.code) == (True, False, "Y0060")
    assert note.until_at == NOW + timedelta(hours=1)


def test_a_message_is_known_again_when_its_end_moves() -> None:
    first = lowered(symBlkMsg="a", symBlkSttDtm="20260523180000", symBlkEndDtm="20260523200000")
    later = {**first, "symblkenddtm": "20260523220000"}
    assert normalise.messages([first])[0].key == normalise.messages([later])[0].key
    other = {**first, "symblkmsg": "b"}
    assert normalise.messages([first])[0].key != normalise.messages([other])[0].key
