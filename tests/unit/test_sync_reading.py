"""Bytes of an answer: rows out of every right shape, a typed failure out of the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.failures import (
    Blocked,
    KeyRefused,
    QuotaSpent,
    SourceFailure,
    Unreachable,
    Unreadable,
)
from services.sync.reading import read_page

GOOD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header><resultCode>00'
    "</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items><item>"
    "<hpid>A1100001</hpid><hvec>-3</hvec><HVS01>20</HVS01><hv28></hv28>"
    "<MKioskTy1>Y         </MKioskTy1></item></items><numOfRows>10</numOfRows><pageNo>1</pageNo>"
    "<totalCount>41</totalCount></body></response>"
)


def test_row_has_lower_case_tags_and_stripped_values() -> None:
    page = read_page(200, GOOD.encode())
    assert page.rows == ({"hpid": "A1100001", "hvec": "-3", "hvs01": "20", "mkioskty1": "Y"},)
    assert page.total == 41


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace('standalone="yes"', 'standalone="true"').encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        ("\n\n" + GOOD).encode(),
        GOOD.replace("-3", "-3\x0b").encode(),
        GOOD.replace("UTF-8", "EUC-KR").replace("41", "41").encode("cp949"),
    ],
    ids=["prolog", "byte order mark", "blank before prolog", "control character", "encoding"],
)
def test_what_a_strict_parser_refuses_is_read(body: bytes) -> None:
    assert read_page(200, body).rows[0]["hvec"] == "-3"


def test_korean_in_the_old_encoding_is_read() -> None:
    body = GOOD.replace("<hvec>-3</hvec>", "<dutyName>시험병원</dutyName>").encode("cp949")
    assert read_page(200, body).rows[0]["dutyname"] == "시험병원"


@pytest.mark.parametrize("items", ["<items/>", "", "<items></items>"])
def test_no_rows_are_an_empty_page(items: str) -> None:
    head, _, rest = GOOD.partition("<items>")
    body = head + items + rest.partition("</items>")[2].replace("41", "0")
    page = read_page(200, body.encode())
    assert (page.rows, page.total) == ((), 0)


def test_total_that_is_no_number_is_the_count_of_rows() -> None:
    assert read_page(200, GOOD.replace("41", "many").encode()).total == 1


LEGACY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{}"
    "</returnAuthMsg><returnReasonCode>{}</returnReasonCode></cmmMsgHeader>"
    "</OpenAPI_ServiceResponse>"
)
RESULT = (
    "<response><header><resultCode>{}</resultCode><resultMsg>{}</resultMsg></header></response>"
)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, LEGACY.format("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "30"), KeyRefused),
        (200, LEGACY.format("UNREGISTERED_IP_ERROR", "UNREGISTERED_IP_ERROR"), KeyRefused),
        (200, LEGACY.format("LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", "22"), QuotaSpent),
        (200, RESULT.format("99", "SERVICE KEY IS NOT REGISTERED ERROR."), KeyRefused),
        (200, RESULT.format("99", "SERVICE ACCESS DENIED ERROR."), KeyRefused),
        (200, RESULT.format("99", "UNKNOWN"), Unreachable),
        (200, RESULT.format("05", "SERVICETIMEOUT_ERROR"), Unreachable),
        (200, RESULT.format("12", "NO_OPENAPI_SERVICE_ERROR"), Unreadable),
        (200, RESULT.format("77", "?"), Unreadable),
        (403, '{"returnAuthMsg":"SERVICE_KEY_IS_NOT_REGISTERED_ERROR"}', KeyRefused),
        (400, '{"returnAuthMsg":"NO_OPENAPI_SERVICE_ERROR"}', Unreadable),
        (401, "Unauthorized", KeyRefused),
        (403, "Forbidden", Blocked),
        (404, "API not found", Unreadable),
        (429, "API token quota exceeded", QuotaSpent),
        (429, "", QuotaSpent),
        (400, "<HTML><BODY><H1>Request Blocked</H1></BODY></HTML>", Blocked),
        (500, "Unexpected errors", Unreachable),
        (502, "Error forwarding request to backend server", Unreachable),
        (504, "", Unreachable),
        (302, "", Unreadable),
        (200, "", Unreadable),
        (200, "<html><body>login</body></html>", Unreadable),
        (200, GOOD[:200], Unreadable),
        (200, '{"response":{"header":{"resultCode":"00"}}}', Unreadable),
        (200, '<!DOCTYPE r [<!ENTITY a "aaaa">]>' + GOOD[GOOD.index("<response") :], Unreadable),
    ],
)
def test_failures_are_told_apart(status: int, body: str, kind: type[SourceFailure]) -> None:
    with pytest.raises(SourceFailure) as caught:
        read_page(status, body.encode())
    assert type(caught.value) is kind


@given(st.data())
def test_a_damaged_answer_gives_rows_or_a_failure(data: st.DataObject) -> None:
    body = bytearray(GOOD.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=6))
    try:
        page = read_page(200, bytes(body))
    except SourceFailure:
        return
    assert all(
        tag == tag.lower() and value.strip() for row in page.rows for tag, value in row.items()
    )
