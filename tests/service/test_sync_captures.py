"""Real captures parse to the records that a person reads in them. Every expected value below was
taken from the files by eye, numbers of tags by grep; the files stay in the reference folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.sync.domain import normalise
from services.sync.domain.records import BedRow, DirectoryRow, SevereRow
from services.sync.failures import (
    Blocked,
    KeyRefused,
    QuotaSpent,
    SourceFailure,
    Unreachable,
    Unreadable,
)
from services.sync.reading import read_page
from shared.contracts.nmc import Level
from tests.support.places import captures_folder

NOW = datetime(2026, 9, 11, 3, 0, tzinfo=UTC)
UNKNOWN = "정보미제공"

BEDS: dict[str, dict[str, tuple[str, str, datetime, int, dict[str, str]]]] = {
    # hpid: name, switchboard, reported at (UTC), tags with hv (hvidate apart), some of them
    "skala/bed_status_gangnam.xml": {
        "A1100015": (
            "연세대학교의과대학강남세브란스병원", "02-2019-3114",
            datetime(2026, 9, 11, 2, 52, 29, tzinfo=UTC), 48,
            {"hvec": "7", "hvs01": "21", "hv6": "0", "hvs12": "12", "hvoxyayn": "N1", "hv42": "Y",
             "hvncc": "0", "hvs38": "691"},
        ),
        "A1100010": (
            "삼성서울병원", "02-3410-2114",
            datetime(2026, 9, 11, 2, 54, 4, tzinfo=UTC), 56,
            {"hvec": "-29", "hvs01": "52", "hvccc": "15", "hvs16": "36", "hv40": "3",
             "hvecmoayn": "Y", "hvs38": "1528"},
        ),
    },
    "skala/bed_status_gangneung.xml": {
        "A2200008": (
            "강릉아산병원", "033-610-3114",
            datetime(2026, 9, 11, 2, 55, 15, tzinfo=UTC), 53,
            {"hvec": "4", "hvs01": "23", "hvoxyayn": "Y", "hvs37": "2", "hv17": "0", "hvs50": "1"},
        ),
        "A2200005": (
            "의료법인강릉동인병원", "033-650-6113",
            datetime(2026, 9, 11, 2, 55, 10, tzinfo=UTC), 40,
            {"hvec": "15", "hvs01": "17", "hvs24": "101", "hvecmoayn": "N1", "hvincuayn": "N1"},
        ),
        "A2200011": (
            "강원특별자치도강릉의료원", "033-610-1200",
            datetime(2026, 9, 11, 2, 55, 2, tzinfo=UTC), 29,
            {"hvec": "2", "hv26": "20", "hvs58": "20", "hvangioayn": "N1", "hvicc": "0"},
        ),
    },
    "skala/bed_status_yeongwol.xml": {
        "A2200002": (
            "강원특별자치도영월의료원", "033-370-9101",
            datetime(2026, 9, 11, 2, 50, 1, tzinfo=UTC), 33,
            {"hvec": "5", "hvs01": "9", "hv27": "1", "hvs59": "1", "hvincuayn": "Y", "hv41": "0"},
        ),
    },
    "guide_samples/getEmrrmRltmUsefulSckbdInfoInqire.xml": {
        "A2800001": (
            "경상국립대학교병원", "055-750-8282",
            datetime(2023, 4, 14, 0, 27, tzinfo=UTC), 70,
            {"hvec": "14", "hvs01": "28", "hv24": "6", "hvs56": "6", "hvoxyayn": "N1",
             "hv42": "Y", "hvgc": "275", "hvs38": "731"},
        ),
    },
}  # fmt: skip

# Of each hospital: the numbers that accept, those that refuse, and the texts of limits; all other
# numbers up to 28 are 정보미제공.
SEVERE: dict[str, dict[str, tuple[set[int], set[int], dict[int, str]]]] = {
    "skala/severe_gangnam.xml": {
        "A1100015": (
            {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16, 17, 18, 22, 26, 28}, {19, 25},
            {12: ".", 14: ".", 15: "500g", 27: "."},
        ),
        "A1100010": (
            {*range(1, 13), 14, 15, 16, 17, 18, *range(22, 29)}, set(),
            {10: "연령제한 없음.", 12: "연령제한 없음", 14: "생후 1개월 이상",
             15: "체중 제한 없음", 27: "연령제한없음"},
        ),
    },
    "skala/severe_gangneung.xml": {
        "A2200005": ({4, 7, 9, 28}, {1}, {}),
        "A2200011": ({28}, set(), {}),
        "A2200008": (
            {1, 2, 3, 4, 7, 8, 9, 11, 13, 15, 22, 23, 28}, {26, 27},
            {10: "연령제한없음", 12: "1세이상", 15: "1800g(32주) 이상", 27: "연령제한없음"},
        ),
    },
    "skala/severe_yeongwol.xml": {"A2200002": ({28}, set(), {})},
}  # fmt: skip

DIRECTORY = {
    "A0000191": DirectoryRow(
        "A0000191", "서울적십자병원", Level.LOCAL_INSTITUTION,
        "서울특별시 종로구 평동 164 (새문안로 98)", "02-2002-8000", "02-2002-8888",
        126.96704997103927, 37.56740267694248,
    ),
    "A0000190": DirectoryRow(
        "A0000190", "강북삼성병원", Level.LOCAL_CENTER,
        "서울특별시 종로구 평동 108 (새문안길 78)", "02-2001-2114", "02-2001-1000",
        126.96784412105825, 37.5685066114755,
    ),
    "A0000005": DirectoryRow(
        "A0000005", "서울대학교병원", Level.REGIONAL_CENTER,
        "서울특별시 종로구 연건동 (대학로 101)", "02-2072-2114", "02-2072-2475",
        126.99897999722211, 37.57976260966429,
    ),
    "A0000033": DirectoryRow(
        "A0000033", "세란병원", Level.LOCAL_INSTITUTION,
        "서울특별시 종로구 무악동 32-2 (통일로 256)", "02-737-0181", "737-0181(200)",
        126.95746391615384, 37.575139160755775,
    ),
}  # fmt: skip

ERRORS: dict[str, tuple[int, type[SourceFailure]]] = {
    "gateway_200_xml_key_not_registered.xml": (200, KeyRefused),
    "gateway_200_xml_quota.xml": (200, QuotaSpent),
    "gateway_400_request_blocked.body": (400, Blocked),
    "gateway_401_unauthorized.txt": (401, KeyRefused),
    "gateway_403_json_key_not_registered.json": (403, KeyRefused),
    "gateway_429_quota.txt": (429, QuotaSpent),
    "gateway_500_unexpected_errors.txt": (500, Unreachable),
    "gateway_502_error_forwarding.txt": (502, Unreachable),
    "other_service_200_resultCode99_access_denied.xml": (200, KeyRefused),
    "other_service_200_resultCode99_key_not_registered.xml": (200, KeyRefused),
    "other_service_soap_returnCode30.xml": (200, KeyRefused),
    "service_200_resultCode30.xml": (200, KeyRefused),
}
NO_ROWS = "other_service_200_zero_result_items_selfclosed.xml"
HEADERS_ONLY = {
    "gateway_400_request_blocked.headers.txt",
    "gateway_500_unexpected_errors.headers.txt",
    "gateway_502_error_forwarding.headers.txt",
    "nmc_B552657_200_ok.headers.txt",
}
# Operations that sync does not call; their rows carry hpids and are never taken for a round's.
OTHERS = {
    "guide_samples/getEgytBassInfoInqire.xml": ["A1100014"],
    "guide_samples/getStrmBassInfoInqire.xml": ["A1100014"],
    "guide_samples/getEgytLcinfoInqire.xml": ["A0000028"],
    "guide_samples/getStrmLcinfoInqire.xml": ["A0000028"],
    "skala/detail_A1100057.xml": ["A1100057"],
    "skala/detail_E2200026.xml": ["E2200026"],
    "skala/nearby_yeongwol.xml": ["A2200002", "E2200026", "E2300011", "A2200048"],
}
LISTS = ("guide_samples/getEgytListInfoInqire.xml", "guide_samples/getStrmListInfoInqire.xml")
MESSAGE = "guide_samples/getEmrrmSrsillDissMsgInqire.xml"
SEVERE_SAMPLE = "guide_samples/getSrsillDissAceptncPosblInfoInqire.xml"


def severe_row(
    hpid: str, name: str | None, told: tuple[set[int], set[int], dict[int, str]]
) -> SevereRow:
    able, unable, texts = told
    values = {f"MKioskTy{number}": UNKNOWN for number in range(1, 29)}
    values |= {f"MKioskTy{number}": "Y" for number in able}
    values |= {f"MKioskTy{number}": "불가능" for number in unable}
    return SevereRow(hpid, name, values | {f"MKioskTy{n}Msg": text for n, text in texts.items()})


if (FOLDER := captures_folder()) is not None:
    CAPTURES: Path = FOLDER

    def rows_of(name: str) -> list[dict[str, str]]:
        return list(read_page(200, (CAPTURES / name).read_bytes()).rows)

    @pytest.mark.parametrize("name", BEDS)
    def test_beds(name: str) -> None:
        found: dict[str, BedRow] = {r.hpid: r for r in normalise.beds(rows_of(name), NOW)}
        assert found.keys() == BEDS[name].keys()
        for hpid, (title, phone, reported_at, tags, some) in BEDS[name].items():
            row = found[hpid]
            assert (row.name, row.phone, row.reported_at) == (title, phone, reported_at)
            assert len(row.values) == tags
            assert {code: row.values[code] for code in some} == some

    @pytest.mark.parametrize("name", SEVERE)
    def test_severe_acceptances(name: str) -> None:
        found = {row.hpid: row for row in normalise.severe(rows_of(name))}
        expected = {h: severe_row(h, found[h].name, told) for h, told in SEVERE[name].items()}
        assert found == expected

    @pytest.mark.parametrize("name", LISTS)
    def test_the_directory(name: str) -> None:
        assert {row.hpid: row for row in normalise.directory(rows_of(name))} == DIRECTORY

    def test_the_guide_s_message_behind_a_prolog_that_parsers_refuse() -> None:
        (note,) = normalise.messages(rows_of(MESSAGE))
        assert (note.hpid, note.code, note.text) == ("A1100014", "Y000", "장비부족")
        assert (note.severe, note.lifted, note.department) == (True, True, None)
        assert note.begins_at == datetime(2017, 3, 10, 8, 31, 33, tzinfo=UTC)
        assert note.until_at is None

    def test_a_row_without_hpid_is_nobody_s() -> None:
        """The guide's severe sample tells its hospital as dutyName only."""
        assert rows_of(SEVERE_SAMPLE)[0]["dutyname"] == "A2800001"
        assert normalise.severe(rows_of(SEVERE_SAMPLE)) == []

    @pytest.mark.parametrize("name", OTHERS)
    def test_other_operations_are_read(name: str) -> None:
        assert [row["hpid"] for row in rows_of(name)] == OTHERS[name]

    @pytest.mark.parametrize("name", ERRORS)
    def test_errors(name: str) -> None:
        status, kind = ERRORS[name]
        with pytest.raises(SourceFailure) as caught:
            read_page(status, (CAPTURES / "errors" / name).read_bytes())
        assert type(caught.value) is kind

    def test_no_rows_are_an_empty_page() -> None:
        assert rows_of(f"errors/{NO_ROWS}") == []

    @pytest.mark.parametrize(
        "name", ["json/getEgytLcinfoInqire_json_one_item.json", "errors/gateway_429_quota.txt"]
    )
    def test_what_is_no_xml_is_a_failure(name: str) -> None:
        kind = Unreadable if name.startswith("json") else QuotaSpent
        with pytest.raises(kind):
            read_page(200, (CAPTURES / name).read_bytes())

    def test_no_capture_is_forgotten() -> None:
        told = {*BEDS, *SEVERE, *OTHERS, *LISTS, MESSAGE, SEVERE_SAMPLE}
        there = {
            str(file.relative_to(CAPTURES))
            for folder in ("guide_samples", "skala")
            for file in (CAPTURES / folder).iterdir()
        }
        assert there == told
        errors = {file.name for file in (CAPTURES / "errors").iterdir()}
        assert errors == {*ERRORS, NO_ROWS, *HEADERS_ONLY}
