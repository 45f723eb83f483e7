"""Scenarios of ranking: one patient, some hospitals, and what the order has to be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from services.cli.bench.country import BEDS, DIRECTORY, MESSAGES, OPERATIONS, SEVERE, Row
from shared.contracts.nmc import LEVELS, Level, catalogue

KST = timezone(timedelta(hours=9))
STAMP = "%Y%m%d%H%M%S"
MESSAGE_BEGAN, MESSAGE_LASTS = timedelta(minutes=-30), timedelta(hours=6)
LIMIT = 50

_HPID = re.compile(r"[A-Z][0-9]{7}")
_CLASSES = {
    **{level.value: code for code, level in LEVELS.items()},
    **{code: code for code in LEVELS},
    "권역응급의료센터": "G001",
    "지역응급의료센터": "G006",
    "지역응급의료기관": "G007",
    "응급실운영신고기관": "G009",
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """`better` stands before `worse`, and why."""

    better: str
    worse: str
    why: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of a file; hpids are those of the file, `names` turns them into the feed's."""

    id: str
    patient: Mapping[str, Any]
    hospitals: Sequence[Mapping[str, Any]]
    must_first: frozenset[str]
    must_not_first: frozenset[str]
    constraints: Sequence[Constraint]
    oracle: Mapping[str, Any]

    @property
    def names(self) -> Mapping[str, str]:
        """The feed's id of each hospital: its own where it has the shape of one."""
        return {
            one["hpid"]: one["hpid"] if _HPID.fullmatch(one["hpid"]) else f"Q{place:07d}"
            for place, one in enumerate(self.hospitals)
        }


def scenario(line: Mapping[str, Any]) -> Scenario:
    """A scenario from its line."""
    return Scenario(
        line["id"],
        line["patient"],
        line["hospitals"],
        frozenset(line.get("must_first") or ()),
        frozenset(line.get("must_not_first") or ()),
        [Constraint(*constraint) for constraint in line.get("order_constraints") or ()],
        line.get("oracle") or {},
    )


def rows(found: Scenario, now: datetime) -> dict[str, list[Row]]:
    """The answers of the four operations, as the NMC would give them now."""
    told: dict[str, list[Row]] = {operation: [] for operation in OPERATIONS}
    for hospital in found.hospitals:
        hpid = found.names[hospital["hpid"]]
        named = {"hpid": hpid, "dutyName": str(hospital["name"])}
        told[DIRECTORY].append({**named, **_place(hospital)})
        told[BEDS].append({**named, **_report(hospital, now)})
        severe = {code: str(value) for code, value in (hospital.get("severe") or {}).items()}
        told[SEVERE].append({**named, **severe})
        told[MESSAGES] += [
            {**named, **_message(text, now)} for text in hospital.get("messages") or ()
        ]
    return told


def request(found: Scenario, *, needs_given: bool) -> dict[str, Any]:
    """The body of the recommendation that is asked for."""
    patient = found.patient
    body: dict[str, Any] = {
        "text": patient["text"],
        "latitude": patient["lat"],
        "longitude": patient["lon"],
        "limit": LIMIT,
    }
    body |= {
        name: patient[name] for name in ("age_years", "gender") if patient.get(name) is not None
    }
    if needs_given and found.oracle.get("need"):
        body["needs"] = _needs(found.oracle["need"])
    return body


def _needs(fields: Sequence[str]) -> list[dict[str, str]]:
    """In the order of the oracle; what comes first among those that may decide does."""
    deciding = next((field for field in fields if _may_decide(field)), None)
    return [
        {"field": field, "role": "decisive" if field == deciding else "supporting"}
        for field in dict.fromkeys(fields)
        if field in catalogue()
    ][:10]


def _may_decide(field: str) -> bool:
    known = catalogue().get(field)
    return known is not None and known.may_be_decisive


def _place(hospital: Mapping[str, Any]) -> Row:
    level = hospital.get("level")
    code = _CLASSES.get(level.value if isinstance(level, Level) else str(level), "")
    return {
        "dutyAddr": "평가용 주소",
        "dutyTel3": "02-000-0000",
        "wgs84Lat": str(hospital["lat"]),
        "wgs84Lon": str(hospital["lon"]),
        **({"dutyEmcls": code} if code else {}),
    }


def _report(hospital: Mapping[str, Any], now: datetime) -> Row:
    age = hospital.get("data_age_min")
    values = {code: str(value) for code, value in (hospital.get("rt") or {}).items()}
    reported = now - timedelta(minutes=age or 0)
    return {**values, "hvidate": reported.astimezone(KST).strftime(STAMP)}


def _message(text: str, now: datetime) -> Row:
    begins = now + MESSAGE_BEGAN
    return {
        "symBlkMsg": text,
        "symBlkMsgTyp": "응급",
        "symTypCod": "Y000",
        "symOutDspYon": "차단",
        "symOutDspMth": "자동",
        "symBlkSttDtm": begins.astimezone(KST).strftime(STAMP),
        "symBlkEndDtm": (begins + MESSAGE_LASTS).astimezone(KST).strftime(STAMP),
    }
