"""The simulator's answers over HTTP have the shape of the live service's."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from simulator.app import SERVICE_PATH, create_app

NOW = datetime(2026, 11, 24, 3, 0, 30, tzinfo=UTC)
DIRECTORY = "getEgytListInfoInqire"
BEDS = "getEmrrmRltmUsefulSckbdInfoInqire"
SEVERE = "getSrsillDissAceptncPosblInfoInqire"
MESSAGES = "getEmrrmSrsillDissMsgInqire"
OPERATIONS = (DIRECTORY, BEDS, SEVERE, MESSAGES)

# What is free and what is installed, from the provider's field list.
_COUNTS = (
    "hvec/hvs01 hv28/hvs02 hv29/hvs03 hv30/hvs04 hv15/hvs48 hv16/hvs49 hv27/hvs59 hv13/hvs46 "
    "hv14/hvs47 hv60/hvs60 hv61/hvs61 hv31/hvs05 hv17/hvs50 hv18/hvs51 hv36/hvs19 hv19/hvs52 "
    "hv21/hvs53 hv33/hvs10 hv37/hvs20 hvicc/hvs17 hv2/hvs06 hv3/hvs07 hvcc/hvs11 hv6/hvs12 "
    "hvccc/hvs16 hv34/hvs15 hvncc/hvs08 hv32/hvs09 hv8/hvs13 hv9/hvs14 hv35/hvs18 hvgc/hvs38 "
    "hv41/hvs25 hv40/hvs24 hv38/hvs21 hvoc/hvs22 hv39/hvs23 hv22/hvs54 hv23/hvs55 hv24/hvs56 "
    "hv25/hvs57 hv26/hvs58"
)
COUNT_PAIRS = dict(pair.split("/") for pair in _COUNTS.split())
ROOM_PAIRS = {"hv42": "hvs26", "hv43": "hvs36"}
DEVICE_PAIRS = {
    "hvctayn": "hvs27",
    "hvmriayn": "hvs28",
    "hvangioayn": "hvs29",
    "hvventiayn": "hvs30",
    "hvventisoayn": "hvs31",
    "hvincuayn": "hvs32",
    "hvcrrtayn": "hvs33",
    "hvecmoayn": "hvs34",
    "hvhypoayn": "hvs35",
    "hvoxyayn": "hvs37",
}
MIRRORS = {"hv5": "hvctayn", "hv7": "hvangioayn", "hv10": "hvventisoayn", "hv11": "hvincuayn"}


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own simulator's text


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Source:
    """The simulator as a caller sees it, with a clock in the test's hand."""

    def __init__(self) -> None:
        self.clock = Clock(NOW)
        self.http = TestClient(create_app(seed=1, clock=self.clock))

    def text(self, operation: str, **query: str | int) -> str:
        params = {"serviceKey": "key", **{name: str(value) for name, value in query.items()}}
        response = self.http.get(f"{SERVICE_PATH}/{operation}", params=params)
        assert response.status_code == 200
        assert response.headers["x-er-simulated"] == "1"
        assert response.headers["content-type"].startswith("application/xml")
        text: str = response.text
        return text

    def items(self, operation: str, **query: str | int) -> list[dict[str, str]]:
        root = parsed(self.text(operation, **{"numOfRows": 1000, **query}))
        return [{tag.tag: tag.text or "" for tag in item} for item in root.iter("item")]


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    opened = Source()
    with opened.http:
        yield opened


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_envelope_is_the_live_one(source: Source, operation: str) -> None:
    text = source.text(operation)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response>')
    root = parsed(text)
    assert [child.tag for child in root] == ["header", "body"]
    assert root.findtext("header/resultCode") == "00"
    assert root.findtext("header/resultMsg") == "NORMAL SERVICE."
    body = [child.tag for child in root.iterfind("body/*")]
    assert body == ["items", "numOfRows", "pageNo", "totalCount"]
    assert root.findtext("body/numOfRows") == "10"
    assert len(root.findall("body/items/item")) == 10


@pytest.mark.parametrize("operation", OPERATIONS)
def test_tags_are_alphabetical_and_hpids_belong_to_the_simulation(
    source: Source, operation: str
) -> None:
    for item in source.items(operation):
        tags = list(item)
        assert tags == sorted(tags, key=str.lower)
        assert item["hpid"].startswith("Z")
        assert item["dutyName"].endswith("(모의)")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_pages_cover_every_row_once(source: Source, operation: str) -> None:
    whole = source.items(operation)
    pages: list[dict[str, str]] = []
    for page in range(1, 100):
        rows = source.items(operation, numOfRows=97, pageNo=page)
        pages += rows
        if len(rows) < 97:
            break
    assert pages == whole
    total = parsed(source.text(operation)).findtext("body/totalCount")
    assert total == str(len(whole))
    if operation != SEVERE:
        assert [int(row["rnum"]) for row in whole] == list(range(1, len(whole) + 1))


def test_the_severe_operation_has_no_row_numbers_and_an_order_of_its_own(source: Source) -> None:
    severe = source.items(SEVERE)
    assert not any("rnum" in row for row in severe)
    beds = [row["hpid"] for row in source.items(BEDS)]
    assert [row["hpid"] for row in severe if row["hpid"] in beds] != beds


def test_the_directory_tells_class_place_and_two_phones(source: Source) -> None:
    for row in source.items(DIRECTORY):
        assert row["dutyEmcls"] in ("G001", "G006", "G007", "G009")
        assert 32.9 <= float(row["wgs84Lat"]) <= 38.7
        assert 124.5 <= float(row["wgs84Lon"]) <= 132.0
        assert row["dutyTel1"] != row["dutyTel3"]


def test_the_bed_operation_gives_the_switchboard_and_leaves_a_few_hospitals_out(
    source: Source,
) -> None:
    directory = {row["hpid"]: row for row in source.items(DIRECTORY)}
    beds = {row["hpid"]: row for row in source.items(BEDS)}
    assert beds.keys() < directory.keys()
    assert len(directory) - len(beds) <= 5
    assert all(row["dutyTel3"] == directory[hpid]["dutyTel1"] for hpid, row in beds.items())
    assert not any({"wgs84Lat", "dutyAddr", "dutyEmcls"} & row.keys() for row in beds.values())


def test_counts_come_in_pairs_and_only_the_er_goes_below_zero(source: Source) -> None:
    rows = source.items(BEDS)
    pairs = COUNT_PAIRS | ROOM_PAIRS
    for row in rows:
        assert {"hvec", "hvs01"} <= row.keys()
        assert all((free in row) == (installed in row) for free, installed in pairs.items())
        for free, installed in COUNT_PAIRS.items():
            if free in row:
                assert int(row[free]) <= int(row[installed])
                assert free == "hvec" or int(row[free]) >= 0
        known = set(pairs) | set(pairs.values()) | set(DEVICE_PAIRS) | set(DEVICE_PAIRS.values())
        known |= MIRRORS.keys() | {"hvidate", "hvamyn"}
        assert {tag for tag in row if tag.startswith("hv")} <= known
    assert any(int(row["hvec"]) < 0 for row in rows)
    assert len({tag for row in rows for tag in row}) > 100


def test_device_flags_follow_what_is_installed(source: Source) -> None:
    flags: list[str] = []
    for row in source.items(BEDS):
        for flag, installed in DEVICE_PAIRS.items():
            flags.append(row[flag])
            assert row[flag] in ("Y", "N", "N1")
            assert (row[flag] == "N1") == (installed not in row)
            assert installed not in row or int(row[installed]) > 0
        for older, flag in MIRRORS.items():
            assert row.get(older, "N1") == row[flag]
        assert all(row.get(room, "Y") in ("Y", "N") for room in ROOM_PAIRS)
    owned = [flag for flag in flags if flag != "N1"]
    assert 0.005 < owned.count("N") / len(owned) < 0.05


def test_reports_carry_the_time_of_the_hospital(source: Source) -> None:
    stamps = [row["hvidate"] for row in source.items(BEDS)]
    assert all(re.fullmatch(r"\d{14}", stamp) for stamp in stamps)
    assert max(stamps) <= "20261124120030"
    assert sorted(stamps)[len(stamps) // 2] > "20261124115400"
    assert min(stamps) < "2020"


def test_acceptances_have_the_three_values_and_an_open_er(source: Source) -> None:
    rows = source.items(SEVERE)
    values: set[str] = set()
    for row in rows:
        values |= {row[f"MKioskTy{number}"] for number in range(1, 28)}
        assert row["MKioskTy28"] == "Y         "
    assert values == {"Y         ", "불가능", "정보미제공"}
    texts = {tag for row in rows for tag in row if tag.endswith("Msg")}
    assert texts == {f"MKioskTy{number}Msg" for number in (10, 12, 14, 15, 27)}


def test_messages_are_in_force_and_of_both_kinds(source: Source) -> None:
    rows = source.items(MESSAGES)
    assert 200 <= len(rows) <= 600
    assert {row["symBlkMsgTyp"] for row in rows} == {"응급", "중증"}
    for row in rows:
        assert row["symBlkSttDtm"] <= "20261124120030"
        assert row.get("symBlkEndDtm", "9") > "20261124120030"
        assert row["emcOrgCod"] == row["hpid"]
        emergency = row["symBlkMsgTyp"] == "응급"
        assert (row["symTypCod"] == "Y000") == emergency
        assert ("trtPrtCodMag" in row) == emergency
        assert re.fullmatch(r"Y0\d{2}\d?", row["symTypCod"])
        assert not re.search(r"\d{3,4}-\d{4}", row["symBlkMsg"])


def test_regions_and_names_filter(source: Source) -> None:
    jeju = source.items(DIRECTORY, Q0="제주특별자치도")
    assert jeju
    assert all(row["dutyAddr"].startswith("제주특별자치도 ") for row in jeju)
    assert {row["hpid"] for row in source.items(BEDS, STAGE1="제주특별자치도")} == {
        row["hpid"] for row in jeju
    }
    assert {
        row["hpid"] for row in source.items(SEVERE, STAGE1="제주특별자치도", STAGE2="제주시")
    } == {row["hpid"] for row in jeju if " 제주시 " in row["dutyAddr"]}
    assert len(source.items(DIRECTORY, Q0="경상남도", Q1="창원시")) >= 5
    one = jeju[0]
    assert source.items(DIRECTORY, HPID=one["hpid"])[0]["dutyName"] == one["dutyName"]
    assert [row["hpid"] for row in source.items(DIRECTORY, QN=one["dutyName"])] == [one["hpid"]]
    able = source.items(SEVERE, SM_TYPE=19)
    assert 0 < len(able) < 100
    assert all(row["MKioskTy19"].strip() == "Y" for row in able)


def test_an_old_region_name_gives_an_empty_success(source: Source) -> None:
    text = source.text(BEDS, STAGE1="전라북도")
    assert "<items/>" in text
    assert parsed(text).findtext("body/totalCount") == "0"


@pytest.mark.parametrize("size", ["0", "-3", "many", "", "99999999999999999999"])
def test_odd_page_sizes_do_not_break_the_answer(source: Source, size: str) -> None:
    assert parsed(source.text(BEDS, numOfRows=size)).findtext("header/resultCode") == "00"


@pytest.mark.parametrize(
    ("path", "params", "status", "body"),
    [
        (f"{SERVICE_PATH}/{BEDS}", {}, 401, "Unauthorized"),
        (f"{SERVICE_PATH}/{BEDS}", {"serviceKey": ""}, 401, "Unauthorized"),
        (f"{SERVICE_PATH}/getNothing", {"serviceKey": "k"}, 404, "API not found"),
        ("/elsewhere", {"serviceKey": "k"}, 404, "API not found"),
    ],
)
def test_refusals_are_plain_text_and_marked(
    source: Source, path: str, params: dict[str, str], status: int, body: str
) -> None:
    response = source.http.get(path, params=params)
    assert (response.status_code, response.text) == (status, body)
    assert response.headers["content-type"].startswith("text/plain")
    assert response.headers["x-er-simulated"] == "1"


def test_other_methods_and_own_failures_are_marked_too(source: Source) -> None:
    response = source.http.post(f"{SERVICE_PATH}/{BEDS}")
    assert (response.status_code, response.headers["x-er-simulated"]) == (405, "1")

    def broken() -> datetime:
        raise RuntimeError("the clock stopped")

    with TestClient(create_app(clock=broken), raise_server_exceptions=False) as http:
        failed = http.get(f"{SERVICE_PATH}/{BEDS}", params={"serviceKey": "k"})
    assert (failed.status_code, failed.text) == (500, "Unexpected errors")
    assert failed.headers["x-er-simulated"] == "1"
    assert source.http.get("/livez").headers["x-er-simulated"] == "1"


def test_the_world_moves_on_between_requests() -> None:
    source = Source()
    before = {row["hpid"]: row for row in source.items(BEDS)}
    assert {row["hpid"]: row for row in source.items(BEDS)} == before
    source.clock.now += timedelta(hours=1)
    after = {row["hpid"]: row for row in source.items(BEDS)}
    changed = [hpid for hpid, row in after.items() if row["hvec"] != before[hpid]["hvec"]]
    assert len(changed) > 100
    newer = [hpid for hpid, row in after.items() if row["hvidate"] > before[hpid]["hvidate"]]
    assert len(newer) > 380
    assert after.keys() == before.keys()
