"""A country that is so many times another one, and that lives on in steps. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

DIRECTORY = "getEgytListInfoInqire"
BEDS = "getEmrrmRltmUsefulSckbdInfoInqire"
SEVERE = "getSrsillDissAceptncPosblInfoInqire"
MESSAGES = "getEmrrmSrsillDissMsgInqire"
OPERATIONS = (DIRECTORY, BEDS, SEVERE, MESSAGES)

Row = Mapping[str, str]

KST = timezone(timedelta(hours=9))
STAMP = "%Y%m%d%H%M%S"
SILENT_AFTER = timedelta(days=1)
BEDS_CHANGE_EVERY = 3
MESSAGES_CHANGE_EVERY = 50
SHIFT_DEGREES = 0.004
GRID = 10
PLACE_TAGS = ("wgs84Lat", "wgs84Lon")


@dataclass(frozen=True, slots=True)
class Edition:
    """What every operation answers at one step."""

    items: Mapping[str, Sequence[bytes]]
    hpids: Mapping[str, Sequence[str]]
    ordinals: Mapping[str, int]
    times: int

    def page(self, operation: str, number: int, size: int) -> bytes:
        """One page of the operation; the first copy of the country comes first."""
        total = len(self.items[operation]) * self.times
        first = (number - 1) * size
        copied = (self._item(operation, n) for n in range(first, min(first + size, total)))
        return b"".join(_wrapped(copied, number, size, total))

    def _item(self, operation: str, place: int) -> bytes:
        copy, row = divmod(place, len(self.items[operation]))
        item, hpid = self.items[operation][row], self.hpids[operation][row]
        if not copy:
            return item
        other = f"Q{self.ordinals[hpid] * self.times + copy:07d}"
        item = item.replace(hpid.encode(), other.encode())
        return _moved(item, copy) if operation == DIRECTORY else item


def edition(rows: Mapping[str, Sequence[Row]], times: int, step: int, now: datetime) -> Edition:
    """At each step every hospital that reports at all reports anew, one in three with another
    bed count, and one message in fifty ends where another begins."""
    listed = dict.fromkeys(row["hpid"] for operation in OPERATIONS for row in rows[operation])
    aged = {
        **rows,
        BEDS: _reported_anew(rows[BEDS], step, now),
        MESSAGES: [_renewed(row, place, step) for place, row in enumerate(rows[MESSAGES])],
    }
    return Edition(
        {operation: [_item(row) for row in aged[operation]] for operation in OPERATIONS},
        {operation: [row["hpid"] for row in rows[operation]] for operation in OPERATIONS},
        {hpid: ordinal for ordinal, hpid in enumerate(listed)},
        times,
    )


def page(rows: Sequence[Row], number: int, size: int) -> bytes:
    """One page of plain rows."""
    wanted = rows[(number - 1) * size : number * size]
    return b"".join(_wrapped((_item(row) for row in wanted), number, size, len(rows)))


def _reported_anew(rows: Sequence[Row], step: int, now: datetime) -> list[Row]:
    moments = [_moment(row.get("hvidate")) for row in rows]
    newest = max((moment for moment in moments if moment), default=now)
    return [
        _with_beds(row, (place + step) // BEDS_CHANGE_EVERY, now)
        if moment and newest - moment < SILENT_AFTER
        else row
        for place, (row, moment) in enumerate(zip(rows, moments, strict=True))
    ]


def _with_beds(row: Row, turn: int, now: datetime) -> Row:
    changed = {"hvidate": now.astimezone(KST).strftime(STAMP)}
    if row.get("hvec", "").lstrip("-").isdecimal():
        changed["hvec"] = str(int(row["hvec"]) - turn % 2)
    return {**row, **changed}


def _renewed(row: Row, place: int, step: int) -> Row:
    moment = _moment(row.get("symBlkSttDtm"))
    if moment is None:
        return row
    later = moment + timedelta(seconds=(place + step) // MESSAGES_CHANGE_EVERY)
    return {**row, "symBlkSttDtm": later.strftime(STAMP)}


def _moment(text: str | None) -> datetime | None:
    if text is None or len(text) != 14 or not text.isdecimal():
        return None
    return datetime.strptime(text, STAMP).replace(tzinfo=KST)


def _moved(item: bytes, copy: int) -> bytes:
    """A copy lies some hundred metres from the last one, in a square around the first."""
    north, east = copy // GRID % GRID - GRID // 2, copy % GRID - GRID // 2
    for tag, steps in zip(PLACE_TAGS, (north, east), strict=True):
        head, opening, rest = item.partition(f"<{tag}>".encode())
        degrees, closing, tail = rest.partition(f"</{tag}>".encode())
        if closing:
            moved = f"{float(degrees) + steps * SHIFT_DEGREES:.6f}".encode()
            item = b"".join((head, opening, moved, closing, tail))
    return item


def _item(row: Row) -> bytes:
    tags = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in row.items())
    return f"<item>{tags}</item>".encode()


def _wrapped(items: Iterator[bytes], number: int, size: int, total: int) -> Iterator[bytes]:
    yield (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header>'
        b"<resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items>"
    )
    yield from items
    yield (
        f"</items><numOfRows>{size}</numOfRows><pageNo>{number}</pageNo>"
        f"<totalCount>{total}</totalCount></body></response>"
    ).encode()
