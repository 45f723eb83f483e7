"""From rows of the source (lower-case tags, stripped values) to records. Pure and tolerant."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone

from services.sync.domain.records import BedRow, DirectoryRow, Note, SevereRow
from shared.contracts.nmc import LEVELS

Row = Mapping[str, str]

KST = timezone(timedelta(hours=9))
SKEW_LIMIT = timedelta(minutes=10)
VALUE_LIMIT = 500
TEXT_LIMIT = 2000

HPID = re.compile(r"[A-Z]\d{7}")
_VALUE_TAG = re.compile(r"hv[a-z0-9]{1,20}")
_SEVERE_TAG = re.compile(r"mkioskty(\d{1,2})(msg)?")
# The report's time, and the name and direct numbers of doctors on duty: never kept as values.
_NOT_VALUES = frozenset({"hvidate", "hvdnm", "hv1", "hv12"})
_MOBILE = re.compile(
    r"(?<!\d)(?:\+?82[-.\s)]*(?:\(?0\)?)?1[016789]|01[016789])[-.\s)·]*\d{3,4}[-.\s·]*\d{4}(?!\d)"
)
_MOBILE_REMOVED = "[번호 삭제]"


def directory(rows: Iterable[Row]) -> list[DirectoryRow]:
    """One record per hospital; a later row of the same hospital wins."""
    return list({row["hpid"]: _directory_row(row) for row in _identified(rows)}.values())


def beds(rows: Iterable[Row], now: datetime) -> list[BedRow]:
    """One record per hospital; of several the one reported last."""
    best: dict[str, BedRow] = {}
    for row in _identified(rows):
        found = _bed_row(row, now)
        rival = best.get(found.hpid)
        if rival is None or _moment(found) >= _moment(rival):
            best[found.hpid] = found
    return list(best.values())


def severe(rows: Iterable[Row]) -> list[SevereRow]:
    """One record per hospital. The scheme is that of the acceptance operation alone."""
    return list(
        {
            row["hpid"]: SevereRow(row["hpid"], row.get("dutyname"), _severe_values(row))
            for row in _identified(rows)
        }.values()
    )


def messages(rows: Iterable[Row]) -> list[Note]:
    """One record per message; what is equal in hospital, code, begin and text is one message."""
    notes = (_note(row) for row in _identified(rows) if row.get("symblkmsg"))
    return list({note.key: note for note in notes}.values())


def read_time(text: str | None) -> datetime | None:
    """`yyyyMMddHHmmss` (or without seconds, or with separators) in Korean time, as UTC."""
    digits = re.sub(r"[^0-9]", "", text or "")
    shape = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M"}.get(len(digits))
    if shape is None:
        return None
    try:
        return datetime.strptime(digits, shape).replace(tzinfo=KST).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def reported_time(text: str | None, now: datetime) -> datetime | None:
    """A report's time; clocks may run ahead by minutes, but nobody reports from tomorrow."""
    moment = read_time(text)
    return None if moment is None or moment - now > SKEW_LIMIT else moment


def without_mobiles(text: str) -> str:
    """The text without the mobile numbers of staff; hospital lines stay."""
    return _MOBILE.sub(_MOBILE_REMOVED, text)


def _identified(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if HPID.fullmatch(row.get("hpid", "")))


def _directory_row(row: Row) -> DirectoryRow:
    longitude, latitude = _place(row.get("wgs84lon"), row.get("wgs84lat"))
    return DirectoryRow(
        hpid=row["hpid"],
        name=row.get("dutyname"),
        level=LEVELS.get(row.get("dutyemcls", "")),
        address=row.get("dutyaddr"),
        phone=row.get("dutytel1"),
        er_phone=row.get("dutytel3"),
        longitude=longitude,
        latitude=latitude,
        operating=row.get("dutyeryn") != "2",
    )


def _place(longitude: str | None, latitude: str | None) -> tuple[float | None, float | None]:
    try:
        x, y = float(longitude or ""), float(latitude or "")
    except ValueError:
        return None, None
    return (x, y) if 124.5 <= x <= 132.0 and 32.9 <= y <= 38.7 else (None, None)


def _bed_row(row: Row, now: datetime) -> BedRow:
    values = {
        tag: _value(value)
        for tag, value in row.items()
        if _VALUE_TAG.fullmatch(tag) and tag not in _NOT_VALUES
    }
    # dutyTel3 of this operation is the switchboard, whatever the guide says.
    reported_at = reported_time(row.get("hvidate"), now)
    return BedRow(row["hpid"], row.get("dutyname"), row.get("dutytel3"), reported_at, values)


def _severe_values(row: Row) -> dict[str, str]:
    found = ((_SEVERE_TAG.fullmatch(tag), value) for tag, value in row.items())
    return {
        f"MKioskTy{int(match[1])}{'Msg' if match[2] else ''}": _value(value)
        for match, value in found
        if match
    }


def _value(text: str) -> str:
    return without_mobiles(text)[:VALUE_LIMIT]


def _moment(row: BedRow) -> datetime:
    return row.reported_at or datetime.min.replace(tzinfo=UTC)


def _note(row: Row) -> Note:
    text = without_mobiles(row["symblkmsg"])[:TEXT_LIMIT]
    code, begins = row.get("symtypcod"), row.get("symblksttdtm")
    identity = "\x1f".join((row["hpid"], code or "", begins or "", text))
    return Note(
        key=hashlib.sha256(identity.encode()).hexdigest()[:32],
        hpid=row["hpid"],
        severe=row.get("symblkmsgtyp") in ("중증", "B"),
        lifted=row.get("symoutdspyon") in ("해제", "Y"),
        code=code,
        department=row.get("trtprtcodmag"),
        text=text,
        begins_at=read_time(begins),
        until_at=read_time(row.get("symblkenddtm")),
    )
