"""From rows of the source (lower-case tags, stripped values) to records. Pure and tolerant."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from services.sync.domain.records import BedRow, DirectoryRow, Note, SevereRow
from shared.contracts.nmc import LEVELS, Kind, catalogue

Row = Mapping[str, str]

KST = timezone(timedelta(hours=9))
SKEW_LIMIT = timedelta(minutes=10)
VALUE_LIMIT = 500
TEXT_LIMIT = 2000

HPID = re.compile(r"[A-Z][0-9]{7}")
_DAMAGE = "\ufffd"
_TIMES = (
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?"),
    re.compile(
        r"([0-9]{4})[-/.]([0-9]{2})[-/.]([0-9]{2})[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    ),
)
_VALUE_TAG = re.compile(r"hv[a-z0-9]{1,20}")
_SEVERE_TAG = re.compile(r"mkioskty([0-9]{1,2})(msg)?")
_COUNT_TAG = re.compile(r"hvs[0-9]{2}")
_COUNT = re.compile(r"[-+]?[0-9]{1,9}")
_FLAGS = frozenset({"Y", "N", "N1", "NONE", "불가능", "정보미제공"})
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
    """One record per hospital; of several the one reported last, of equally old ones all."""
    best: dict[str, BedRow] = {}
    for row in _identified(rows):
        found = _bed_row(row, now)
        rival = best.get(found.hpid)
        if rival is None or _moment(found) > _moment(rival):
            best[found.hpid] = found
        elif _moment(found) == _moment(rival):
            best[found.hpid] = replace(found, values={**rival.values, **found.values})
    return list(best.values())


def severe(rows: Iterable[Row]) -> list[SevereRow]:
    """One record per hospital. The scheme is that of the acceptance operation alone."""
    found: dict[str, SevereRow] = {}
    for row in _identified(rows):
        former = found.get(row["hpid"])
        told = _believed(_severe_values(row))
        values = {**former.values, **told} if former else told
        found[row["hpid"]] = SevereRow(row["hpid"], _name(row), values)
    return list(found.values())


def messages(rows: Iterable[Row]) -> list[Note]:
    """One record per message; what is equal in hospital, code, begin and text is one message."""
    notes = (_note(row) for row in _identified(rows) if row.get("symblkmsg"))
    return list({note.key: note for note in notes}.values())


def read_time(text: str | None) -> datetime | None:
    """`yyyyMMddHHmmss` (or without seconds, or with separators) in Korean time, as UTC. Digits
    are not picked out of other characters: what is left of a damaged time is another time."""
    shapes = (shape.fullmatch((text or "").strip()) for shape in _TIMES)
    found = next((match for match in shapes if match), None)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=KST)
        return local.astimezone(UTC)
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
    """Rows that say whose they are, without the values that came damaged; the text of a message
    is for people, who read past a broken letter."""
    for row in rows:
        if HPID.fullmatch(row.get("hpid", "")):
            yield {tag: v for tag, v in row.items() if _DAMAGE not in v or tag == "symblkmsg"}


def _directory_row(row: Row) -> DirectoryRow:
    longitude, latitude = _place(row.get("wgs84lon"), row.get("wgs84lat"))
    return DirectoryRow(
        hpid=row["hpid"],
        name=_name(row),
        level=LEVELS.get(row.get("dutyemcls", "")),
        address=_bounded(row, "dutyaddr"),
        phone=_bounded(row, "dutytel1"),
        er_phone=_bounded(row, "dutytel3"),
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
    phone = _bounded(row, "dutytel3")
    return BedRow(row["hpid"], _name(row), phone, reported_at, _believed(values))


def _believed(values: Mapping[str, str]) -> Mapping[str, str]:
    """The values as they are, or none of them where most are of a wrong type: that is no report,
    and it must not replace one. A single odd value is kept raw and is unknown."""
    readable = [_is_readable(code, value) for code, value in values.items() if _is_known(code)]
    return {} if readable.count(False) > readable.count(True) else values


def _is_known(code: str) -> bool:
    return code in catalogue() or _COUNT_TAG.fullmatch(code) is not None


def _is_readable(code: str, value: str) -> bool:
    field = catalogue().get(code)
    if field is None or field.kind is Kind.COUNT:
        return _COUNT.fullmatch(value) is not None
    return value.upper() in _FLAGS


def _name(row: Row) -> str | None:
    return _bounded(row, "dutyname")


def _bounded(row: Row, tag: str) -> str | None:
    value = row.get(tag)
    return value[:VALUE_LIMIT] if value else None


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
    code, begins = _bounded(row, "symtypcod"), _bounded(row, "symblksttdtm")
    identity = "\x1f".join((row["hpid"], code or "", begins or "", text))
    return Note(
        key=hashlib.sha256(identity.encode()).hexdigest()[:32],
        hpid=row["hpid"],
        severe=row.get("symblkmsgtyp") in ("중증", "B"),
        lifted=row.get("symoutdspyon") in ("해제", "Y"),
        code=code,
        department=_bounded(row, "trtprtcodmag"),
        text=text,
        begins_at=read_time(begins),
        until_at=read_time(row.get("symblkenddtm")),
    )
