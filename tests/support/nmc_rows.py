"""Rows of the NMC operations; every tag has a sensible default, a test states what matters."""

from datetime import datetime, timedelta, timezone

KST = timezone(timedelta(hours=9))


def stamp(moment: datetime) -> str:
    """A time as the NMC writes it."""
    return moment.astimezone(KST).strftime("%Y%m%d%H%M%S")


def directory_row(hpid: str = "A1100001", **tags: str) -> dict[str, str]:
    return {
        "dutyAddr": "서울특별시 중구 시험로 1",
        "dutyEmcls": "G006",
        "dutyName": f"시험병원 {hpid}",
        "dutyTel1": "02-100-1000",
        "dutyTel3": "02-100-3000",
        "hpid": hpid,
        "wgs84Lat": "37.5665",
        "wgs84Lon": "126.9780",
        **tags,
    }


def bed_row(hpid: str = "A1100001", *, at: datetime, **tags: str) -> dict[str, str]:
    return {
        "dutyName": f"시험병원 {hpid}",
        "dutyTel3": "02-100-1000",
        "hpid": hpid,
        "hvec": "5",
        "hvs01": "20",
        "hvctayn": "Y",
        "hvidate": stamp(at),
        **tags,
    }


def severe_row(hpid: str = "A1100001", **tags: str) -> dict[str, str]:
    flags = {f"MKioskTy{number}": "정보미제공" for number in range(1, 28)}
    told = {"MKioskTy1": "Y         ", "MKioskTy28": "Y         "}
    return {"dutyName": f"시험병원 {hpid}", "hpid": hpid, **flags, **told, **tags}


def message_row(
    hpid: str = "A1100001", *, begins: datetime, ends: datetime | None = None, **tags: str
) -> dict[str, str]:
    end = {"symBlkEndDtm": stamp(ends)} if ends else {}
    return {
        "dutyName": f"시험병원 {hpid}",
        "hpid": hpid,
        "symBlkMsg": "심장내과 당직 부재로 재관류 불가",
        "symBlkMsgTyp": "중증",
        "symBlkSttDtm": stamp(begins),
        "symOutDspMth": "수동",
        "symOutDspYon": "차단",
        "symTypCod": "Y0010",
        **end,
        **tags,
    }
