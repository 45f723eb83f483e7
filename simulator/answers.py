"""The rows of the four operations and the XML envelope around them, as the live service has it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from simulator.catalogue import LEVEL_NAMES, illnesses
from simulator.hospitals import SimulatedHospital
from simulator.life import KST, Ward, World
from simulator.messages import Notice

Row = dict[str, str]
Query = Mapping[str, str]

_ABLE = "Y".ljust(10)  # the live service pads its yes, and only that
_UNABLE = "불가능"
_UNTOLD = "정보미제공"
_MOST_ROWS = 10_000


def directory_rows(world: World, query: Query) -> list[Row]:
    return [
        _directory_row(ward.hospital)
        for ward in world.wards
        if _asked_for(ward.hospital, query, "q0", "q1")
    ]


def bed_rows(world: World, query: Query) -> list[Row]:
    return [
        _bed_row(ward)
        for ward in world.wards
        if ward.hospital.reporting.in_bed_feed and _asked_for(ward.hospital, query, *_STAGES)
    ]


def severe_rows(world: World, query: Query) -> list[Row]:
    """Rows by name, not by hpid: the order differs from the bed operation's, as it does live."""
    wanted = f"MKioskTy{query['sm_type']}" if query.get("sm_type") else ""
    rows = [_severe_row(ward) for ward in world.wards if _asked_for(ward.hospital, query, *_STAGES)]
    rows.sort(key=lambda row: row["dutyName"])
    return [row for row in rows if not wanted or row.get(wanted) == _ABLE]


def message_rows(world: World, query: Query) -> list[Row]:
    return [
        _message_row(notice)
        for notice in sorted(world.notices, key=lambda n: n.starts_at, reverse=True)
        if _asked_for(notice.hospital, query, "q0", "q1")
    ]


_STAGES = ("stage1", "stage2")
_NUMBERED: dict[str, bool] = {
    "getEgytListInfoInqire": True,
    "getEmrrmRltmUsefulSckbdInfoInqire": True,
    "getSrsillDissAceptncPosblInfoInqire": False,
    "getEmrrmSrsillDissMsgInqire": True,
}
OPERATIONS: dict[str, Callable[[World, Query], list[Row]]] = {
    "getEgytListInfoInqire": directory_rows,
    "getEmrrmRltmUsefulSckbdInfoInqire": bed_rows,
    "getSrsillDissAceptncPosblInfoInqire": severe_rows,
    "getEmrrmSrsillDissMsgInqire": message_rows,
}


def answer(
    operation: str,
    world: World,
    query: Query,
    *,
    alter: Callable[[list[Row]], list[Row]] = list,
) -> str:
    """The XML of one page; `query` has lower-case names and single values, `alter` changes the
    rows of all pages.

    Raises KeyError for an operation that is not simulated.
    """
    rows = alter(OPERATIONS[operation](world, query))
    size = _positive(query.get("numofrows"), 10)
    page = _positive(query.get("pageno"), 1)
    first = (page - 1) * size
    items = "".join(
        _item(row | {"rnum": str(number)} if _NUMBERED[operation] else row)
        for number, row in enumerate(rows[first : first + size], first + 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        "<response><header><resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg>"
        f"</header><body>{f'<items>{items}</items>' if items else '<items/>'}"
        f"<numOfRows>{size}</numOfRows><pageNo>{page}</pageNo>"
        f"<totalCount>{len(rows)}</totalCount></body></response>"
    )


def stamp(moment: datetime) -> str:
    """A time as the live service writes it."""
    return f"{moment.astimezone(KST):%Y%m%d%H%M%S}"


def _item(row: Row) -> str:
    tags = sorted(row.items(), key=lambda pair: pair[0].lower())
    return f"<item>{''.join(f'<{tag}>{escape(text)}</{tag}>' for tag, text in tags)}</item>"


def _positive(text: str | None, default: int) -> int:
    number = int(text) if text and text.isdecimal() and len(text) < 9 else default
    return min(max(number, 1), _MOST_ROWS)


def _asked_for(hospital: SimulatedHospital, query: Query, sido: str, sigungu: str) -> bool:
    """An empty region is compared like any other: it matches nothing, so leave it out."""
    place = hospital.place
    return (
        query.get("hpid", hospital.hpid) == hospital.hpid
        and query.get(sido, place.sido) == place.sido
        and query.get(sigungu, place.sigungu) in (place.sigungu, place.sigungu.split(" ")[0])
        and query.get("qn", "") in hospital.name
    )


def _directory_row(hospital: SimulatedHospital) -> Row:
    return {
        "dutyAddr": hospital.address,
        "dutyEmcls": hospital.level,
        "dutyEmclsName": LEVEL_NAMES[hospital.level],
        "dutyName": hospital.name,
        "dutyTel1": hospital.phone,
        "dutyTel3": hospital.er_phone,
        "hpid": hospital.hpid,
        "phpid": hospital.hpid,
        "wgs84Lat": str(hospital.latitude),
        "wgs84Lon": str(hospital.longitude),
    }


def _bed_row(ward: Ward) -> Row:
    """dutyTel3 is the switchboard here, as it mostly is in the live bed operation."""
    hospital, report = ward.hospital, ward.report
    row = {
        "dutyName": hospital.name,
        "dutyTel3": hospital.phone,
        "hpid": hospital.hpid,
        "phpid": hospital.hpid,
        "hvidate": stamp(report.at),
        "hvec": str(hospital.er_beds - report.patients),
        "hvs01": str(hospital.er_beds),
        "hvamyn": "Y",
    }
    for area, occupied in zip(hospital.areas, report.occupied, strict=True):
        row[area.kind.available] = str(area.installed - occupied)
        row[area.kind.capacity] = str(area.installed)
    return row | _device_tags(hospital, report.working)


def _device_tags(hospital: SimulatedHospital, working: Sequence[bool]) -> Row:
    tags: Row = {}
    for device, works in zip(hospital.devices, working, strict=True):
        kind = device.kind
        if device.installed:
            flag = "Y" if works else "N"
            tags |= {kind.flag: flag, kind.capacity: str(device.installed)}
            if kind.mirror:
                tags[kind.mirror] = flag
        elif kind.when_none:
            tags[kind.flag] = kind.when_none
    return tags


def _severe_row(ward: Ward) -> Row:
    hospital = ward.hospital
    row = {"dutyName": hospital.name, "hpid": hospital.hpid}
    row |= {f"MKioskTy{illness.number}": _UNTOLD for illness in illnesses()}
    for illness in hospital.told:
        refused = illness.number in ward.refused
        row[f"MKioskTy{illness.number}"] = _UNABLE if refused else _ABLE
    row |= {f"MKioskTy{number}Msg": text for number, text in hospital.age_texts.items()}
    return row | {"MKioskTy28": _ABLE}


def _message_row(notice: Notice) -> Row:
    hospital = notice.hospital
    row = {
        "dutyAddr": hospital.address,
        "dutyName": hospital.name,
        "emcOrgCod": hospital.hpid,
        "hpid": hospital.hpid,
        "symBlkMsg": notice.text,
        "symBlkMsgTyp": notice.kind,
        "symBlkSttDtm": stamp(notice.starts_at),
        "symOutDspMth": "자동",
        "symOutDspYon": "차단",
        "symTypCod": notice.code,
        "symTypCodMag": notice.subject,
    }
    if notice.end_told:
        row["symBlkEndDtm"] = stamp(notice.ends_at)
    if notice.department:
        row["trtPrtCodMag"] = notice.department
    return row
