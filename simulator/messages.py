"""Notices that hospitals put up for the ambulance services, and how long they stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from simulator.catalogue import illnesses, read_rows
from simulator.hospitals import SimulatedHospital

# Notices in force at one time, by class of hospital.
IN_FORCE = {"G001": 2.6, "G006": 1.3, "G007": 0.3, "G009": 0.0}
# Share of notices, shortest and longest stay in hours.
_STAYS = ((0.35, 1.0, 4.0), (0.35, 4.0, 12.0), (0.20, 12.0, 48.0), (0.10, 72.0, 168.0))
MEAN_STAY_MIN = 60 * sum(share * (low + high) / 2 for share, low, high in _STAYS)
_EMERGENCY_SHARE = 0.55
_EMERGENCY, _SEVERE = "응급", "중증"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message; it vanishes at `ends_at` also where that is not told (`end_told` false)."""

    hospital: SimulatedHospital
    kind: str
    code: str
    subject: str
    department: str
    text: str
    starts_at: datetime
    ends_at: datetime
    end_told: bool


@dataclass(frozen=True, slots=True)
class _Wording:
    kind: str
    code: str
    department: str
    text: str


def new_notice(
    hospital: SimulatedHospital, refused: Collection[int], now: datetime, rng: Random
) -> Notice:
    """A notice that starts now; what the hospital refuses at the moment is the likeliest topic."""
    _, low, high = rng.choices(_STAYS, [share for share, _, _ in _STAYS])[0]
    stay = timedelta(hours=rng.uniform(low, high))
    return _compose(hospital, refused, now, half_hour_after(now + stay), rng)


def standing_notice(
    hospital: SimulatedHospital, refused: Collection[int], now: datetime, rng: Random
) -> Notice:
    """A notice met in the middle of its stay: long ones are met more often."""
    weights = [share * (low + high) for share, low, high in _STAYS]
    _, low, high = rng.choices(_STAYS, weights)[0]
    stay = timedelta(hours=rng.uniform(low, high))
    starts_at = (now - stay * rng.random()).replace(second=rng.randrange(60), microsecond=0)
    return _compose(hospital, refused, starts_at, half_hour_after(max(starts_at + stay, now)), rng)


def half_hour_after(moment: datetime) -> datetime:
    """The next full or half hour strictly after a moment: hospitals give round end times."""
    whole = moment.replace(minute=0, second=0, microsecond=0)
    steps = int((moment - whole) / timedelta(minutes=30)) + 1
    return whole + steps * timedelta(minutes=30)


def _compose(
    hospital: SimulatedHospital,
    refused: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
    rng: Random,
) -> Notice:
    if not hospital.told or rng.random() < _EMERGENCY_SHARE:
        wording = rng.choice(_wordings(_EMERGENCY, ""))
        code, subject = wording.code, "응급실"
    else:
        topics = [i for i in hospital.told if i.number in refused and rng.random() < 0.5]
        illness = rng.choice(topics or hospital.told)
        wording = rng.choice(_wordings(_SEVERE, illness.code))
        code, subject = illness.code, illness.name
    return Notice(
        hospital=hospital,
        kind=wording.kind,
        code=code,
        subject=subject,
        department=wording.department,
        text=wording.text.format(until=_until(starts_at, ends_at), name=subject),
        starts_at=starts_at,
        ends_at=ends_at,
        end_told=rng.random() < 0.97,
    )


def _until(starts_at: datetime, ends_at: datetime) -> str:
    day = "" if ends_at.date() == starts_at.date() else f"{ends_at.month}월 {ends_at.day}일 "
    return f"{day}{ends_at.hour}시" + (f" {ends_at.minute}분" if ends_at.minute else "")


@cache
def _wordings(kind: str, code: str) -> tuple[_Wording, ...]:
    """Emergency wordings, or those of one illness with the ones that fit every illness."""
    known = {illness.code for illness in illnesses()}
    rows = [_Wording(**row) for row in read_rows("wording.csv") if row["kind"] == kind]
    return tuple(w for w in rows if w.code in ("", code) or w.code not in known)
