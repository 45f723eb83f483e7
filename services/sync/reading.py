"""From the bytes of one answer to its rows, or to the failure that it tells. No I/O."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.sync.failures import (
    Blocked,
    KeyRefused,
    QuotaSpent,
    SourceFailure,
    Unreachable,
    Unreadable,
)

Row = dict[str, str]
"""Values by lower-case tag, stripped; tags without a value are left out."""

DAMAGE = "\ufffd"

_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODE_TAGS = ("resultcode", "returnreasoncode", "returncode")
# Codes in what is no XML or no whole one: the newer gateway wraps the old envelope into JSON.
_CODE_IN_TEXT = re.compile(
    r"(?:resultCode|returnReasonCode|returnCode)[\"'>:\s]+([0-9]{1,2})(?![0-9])", re.IGNORECASE
)

# The platform has said the same in codes, in words with underscores and in words with blanks.
_BY_CODE: dict[str, type[SourceFailure]] = {
    **dict.fromkeys(("20", "21", "30", "31", "32", "33"), KeyRefused),
    "22": QuotaSpent,
    **dict.fromkeys(("10", "11", "12"), Unreadable),
    **dict.fromkeys(("01", "02", "04", "05", "99"), Unreachable),
}
_BY_WORDS: tuple[tuple[str, type[SourceFailure]], ...] = (
    ("NUMBER OF SERVICE REQUESTS EXCEEDS", QuotaSpent),
    ("QUOTA EXCEEDED", QuotaSpent),
    ("RATE LIMIT EXCEEDED", QuotaSpent),
    ("SERVICE KEY", KeyRefused),
    ("SERVICEKEY", KeyRefused),
    ("ACCESS DENIED", KeyRefused),
    ("DEADLINE HAS EXPIRED", KeyRefused),
    ("UNREGISTERED IP", KeyRefused),
    ("UNSIGNED CALL", KeyRefused),
    ("UNAUTHORIZED", KeyRefused),
    ("NO OPENAPI SERVICE", Unreadable),
    ("REQUEST BLOCKED", Blocked),
    ("API NOT FOUND", Unreadable),
    ("FORBIDDEN", Blocked),
    ("TEMPORARILY DISABLE", KeyRefused),
    ("UNEXPECTED ERRORS", Unreachable),
    ("BACKEND SERVER", Unreachable),
    ("APPLICATION ERROR", Unreachable),
    ("DB ERROR", Unreachable),
    ("HTTP ERROR", Unreachable),
    ("SERVICETIMEOUT ERROR", Unreachable),
    ("FAULTSTRING", Unreachable),
)
_NO_DATA = ("03", "NODATA_ERROR")
_BY_STATUS: dict[int, type[SourceFailure]] = {
    400: Blocked,
    401: KeyRefused,
    403: Blocked,
    404: Unreadable,
    408: Unreachable,
    429: QuotaSpent,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the count that the source states for all pages."""

    rows: tuple[Row, ...]
    total: int


def read_page(status: int, body: bytes) -> Page:
    """The page in an answer; raises a SourceFailure for whatever else the platform may send."""
    text = _text(body)
    if status != 200:
        raise _refusal(status, text)
    root = _parse(text)
    code = _code(root)
    if code in _NO_DATA:
        return Page((), 0)
    if _local(root) != "response" or code not in ("00", "0000"):
        raise _refusal(status, text, code)
    rows = tuple(_row(item) for item in root.iter() if _local(item) == "item")
    return Page(rows, _total(root, len(rows)))


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _damaged_or_old(body)
    return _ILLEGAL.sub("", text)


def _damaged_or_old(body: bytes) -> str:
    """Text that is not clean UTF-8. A few broken bytes must not turn all Korean of the country
    into another encoding; where most of it is broken, it was never UTF-8."""
    text = body.decode("utf-8-sig", errors="replace")
    foreign = len(text) - len(text.encode("ascii", errors="ignore"))
    return body.decode("cp949", errors="replace") if text.count(DAMAGE) * 2 > foreign else text


def _parse(text: str) -> Element:
    try:
        # The guide's own sample has a prolog that no parser accepts (standalone="true").
        root: Element = fromstring(_PROLOG.sub("", text, count=1), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _refusal(200, text) from error
    return root


def _refusal(status: int, text: str, code: str | None = None) -> SourceFailure:
    """The failure by the code if it is specific, else by the words, else by the status."""
    if code is None and (told := _CODE_IN_TEXT.search(text[:4000])):
        code = told[1].zfill(2)
    if code in _BY_CODE and code != "99":
        return _BY_CODE[code](f"the source answers code {code}")
    words = " ".join(text[:4000].upper().replace("_", " ").split())
    for phrase, kind in _BY_WORDS:
        if phrase in words:
            return kind(f"the source says: {phrase.lower()}")
    if code == "99" or status >= 500:
        return Unreachable(f"the source fails (HTTP {status})")
    return _BY_STATUS.get(status, Unreadable)(f"no answer of the operation (HTTP {status})")


def _code(root: Element) -> str | None:
    for element in root.iter():
        if _local(element) in _CODE_TAGS:
            return (element.text or "").strip().zfill(2)
    return None


def _total(root: Element, rows: int) -> int:
    for element in root.iter():
        if _local(element) == "totalcount":
            told = (element.text or "").strip()
            return int(told) if told.isdecimal() and len(told) < 10 else rows
    return rows


def _row(item: Element) -> Row:
    row: Row = {}
    for tag, value in _values(item):
        row.setdefault(tag, value)
    return row


def _values(item: Element) -> Iterator[tuple[str, str]]:
    for element in item:
        value = (element.text or "").strip()
        if value:
            yield _local(element), value


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
