"""What is wrong with rows and with their text while the envelope says that all is well."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.answers import Row, stamp

Query = Mapping[str, str]
OLD_FEED = timedelta(hours=3)
TENFOLD = 10
TEST_VALUE = "12312"
_TEST_EVERY = 20

_RENAMED = re.compile(r"^(\S+)(특별자치도|특별자치시|광역시|특별시|도)(?= )")
_TAG = re.compile(r"<(/?)([A-Za-z0-9]+)>")
_COUNT = re.compile(r"hv(?:ec|gc|oc|icc|cc|ccc|ncc|s?\d+)")
_WRONG = {"wgs84Lat": "북위 37도", "wgs84Lon": "동경 127도", "dutyEmcls": "7"}
_WRONG_TIMES = {"symBlkSttDtm": "어제", "symBlkEndDtm": "내일"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an alteration may know: the caller's query and when the fault was switched on."""

    query: Query
    since: datetime


def nothing(rows: Sequence[Row], asked: Asked) -> list[Row]:
    return []


def without_one(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """The hospital with the lowest hpid drops out."""
    gone = min((row["hpid"] for row in rows), default="")
    return [row for row in rows if row["hpid"] != gone]


def half(rows: Sequence[Row], asked: Asked) -> list[Row]:
    return list(rows[: len(rows) // 2])


def stopped_clock(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Values move, times do not go past the moment at which the fault began."""
    return [_not_after(row, stamp(asked.since)) for row in rows]


def old_feed(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """A feed that has stood still for hours and is served as live."""
    return [_not_after(row, stamp(asked.since - OLD_FEED)) for row in rows]


def renamed_regions(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """A region got a new name: who still asks by the old one gets nothing, with code 00."""
    if {"stage1", "q0"} & asked.query.keys():
        return []
    return [
        {**row, "dutyAddr": _RENAMED.sub(r"\1통합특별시", row["dutyAddr"])}
        if "dutyAddr" in row
        else row
        for row in rows
    ]


def wrong_types(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Words where numbers belong, numbers where flags belong."""
    return [{tag: _wrong(tag, value) for tag, value in row.items()} for row in rows]


def duplicates(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Every row twice; of beds the second is an older report with other numbers."""
    return [copy for row in rows for copy in (row, _older(row))]


def test_values(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Every twentieth hospital tells 12312 in each of its counts of free places."""
    return [
        {tag: TEST_VALUE if _is_free_count(tag, value) else value for tag, value in row.items()}
        if number % _TEST_EVERY == 0
        else row
        for number, row in enumerate(rows)
    ]


def tenfold(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Nine strangers for every hospital."""
    return [_stranger(row, turn) for turn in range(TENFOLD) for row in rows]


def bad_prolog(text: str) -> str:
    return text.replace('standalone="yes"', 'standalone="true"', 1)


def upper_case_tags(text: str) -> str:
    return _TAG.sub(lambda tag: f"<{tag[1]}{tag[2].upper()}>", text)


def truncated(text: str) -> str:
    return text[: len(text) * 2 // 3]


def entities(text: str) -> str:
    """A document that would unfold to gigabytes in a parser that lets it."""
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE response [<!ENTITY l0 "boom">{layers}]>'
    return text.replace("?><response>", f"?>{bomb}<response>", 1).replace(
        "<resultMsg>", "<resultMsg>&l9;", 1
    )


RowChange = Callable[[Sequence[Row], Asked], list[Row]]
TextChange = Callable[[str], str]

ROW_CHANGES: dict[str, RowChange] = {
    "empty": nothing,
    "dropout": without_one,
    "half-country": half,
    "frozen-times": stopped_clock,
    "old-feed": old_feed,
    "renamed-regions": renamed_regions,
    "wrong-types": wrong_types,
    "duplicates": duplicates,
    "test-values": test_values,
    "tenfold": tenfold,
}
TEXT_CHANGES: dict[str, TextChange] = {
    "bad-prolog": bad_prolog,
    "tag-case": upper_case_tags,
    "truncated": truncated,
    "entities": entities,
}


def _not_after(row: Row, limit: str) -> Row:
    return {**row, "hvidate": min(row["hvidate"], limit)} if "hvidate" in row else row


def _wrong(tag: str, value: str) -> str:
    if tag in _WRONG or tag in _WRONG_TIMES:
        return _WRONG.get(tag) or _WRONG_TIMES[tag]
    if _COUNT.fullmatch(tag):
        return "많음"
    if tag.endswith("yn") or (tag.startswith("MKioskTy") and not tag.endswith("Msg")):
        return "1"
    return value


def _older(row: Row) -> Row:
    if "hvidate" not in row:
        return row
    moment = datetime.strptime(row["hvidate"], "%Y%m%d%H%M%S")  # noqa: DTZ007 - only moved
    earlier = f"{moment - timedelta(minutes=10):%Y%m%d%H%M%S}"
    return {**row, "hvidate": earlier, "hvec": str(int(row["hvec"]) + 1)}


def _is_free_count(tag: str, value: str) -> bool:
    """Some of the hv tags are flags, Y or N."""
    number = value.removeprefix("-").isdecimal()
    return number and bool(_COUNT.fullmatch(tag)) and not tag.startswith("hvs")


def _stranger(row: Row, turn: int) -> Row:
    if turn == 0:
        return row
    hpid = row["hpid"]
    other = f"{chr(ord('A') + turn)}{hpid[1:]}"
    return {**row, "hpid": other, "dutyName": f"{row['dutyName']} {turn}"}
