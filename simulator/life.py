"""Patients come and go, machines fail, minds change: the state of all hospitals in time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

from simulator.hospitals import SimulatedHospital
from simulator.messages import IN_FORCE, MEAN_STAY_MIN, new_notice, standing_notice

KST = timezone(timedelta(hours=9), "KST")
WARM_UP = timedelta(hours=6)
LONGEST_CATCH_UP = timedelta(hours=36)
_MINUTE = timedelta(minutes=1)
_SLOW_MIN = 10  # wards, machines and acceptances are looked at every ten minutes
_STAY_MIN = {"G001": 330.0, "G006": 260.0, "G007": 190.0, "G009": 170.0}
# Emergency visits by hour of the day, midnight first: deep before dawn, highest in the evening.
_VISITS = (
    62, 55, 48, 45, 43, 46, 58, 78, 100, 120, 124, 120,
    115, 114, 114, 115, 116, 122, 132, 142, 140, 124, 100, 80,
)  # fmt: skip
_HOURLY = tuple(visits * len(_VISITS) / sum(_VISITS) for visits in _VISITS)
_WEEKEND = 1.12
_TURNED_AWAY = 0.45  # share of arrivals that go elsewhere while every bed is taken
_DEVICE_UP = 0.98
_DEVICE_CHANGE = 0.10  # per hospital and ten minutes one machine is looked at again
_MIND_CHANGE = 0.03  # and one severe-illness acceptance


@dataclass(frozen=True, slots=True)
class Report:
    """What a hospital last sent: patients in the ER, patients per area, machines that work."""

    at: datetime
    patients: int
    occupied: tuple[int, ...]
    working: tuple[bool, ...]


@dataclass(slots=True)
class Ward:
    """One hospital as it is this minute, whatever it last reported."""

    hospital: SimulatedHospital
    arriving: float
    leaving: float
    patients: int
    occupied: list[int]
    working: list[bool]
    refused: set[int]
    report: Report


class World:
    """All hospitals from `starts_at` on. Equal arguments give equal states at equal minutes."""

    def __init__(
        self, hospitals: Sequence[SimulatedHospital], *, starts_at: datetime, rng: Random
    ) -> None:
        self._rng = rng
        self._minute = _whole_minute(starts_at)
        self.wards = tuple(_opened(hospital, self._minute, rng) for hospital in hospitals)
        weights = [IN_FORCE[ward.hospital.level] for ward in self.wards]
        self._notice_weights = weights
        self._notices_per_min = sum(weights) / MEAN_STAY_MIN
        self.notices = [
            standing_notice(ward.hospital, ward.refused, self._minute, rng)
            for ward, weight in zip(self.wards, weights, strict=True)
            for _ in range(poisson(rng, weight))
        ]

    @property
    def minute(self) -> datetime:
        return self._minute

    def advance_to(self, now: datetime) -> None:
        """Live through every whole minute up to now; time does not run backwards.

        After a longer sleep than a day and a half only the last hours are lived through.
        """
        target = _whole_minute(now)
        if target - self._minute > LONGEST_CATCH_UP:
            self._minute = target - WARM_UP
        while self._minute < target:
            self._minute += _MINUTE
            self._live_one_minute()

    def _live_one_minute(self) -> None:
        now = self._minute
        count = int(now.timestamp()) // 60
        rush = _HOURLY[now.hour] * (_WEEKEND if now.weekday() >= 5 else 1.0)
        for ward in self.wards:
            self._move_patients(ward, rush)
        for ward in self.wards[count % _SLOW_MIN :: _SLOW_MIN]:
            self._move_slow_things(ward)
        for ward in self.wards:
            reporting = ward.hospital.reporting
            if (
                reporting.silent_for is None
                and (count + reporting.phase_min) % reporting.every_min == 0
            ):
                # A second of the minute just over, so that no report comes from the future.
                ward.report = _report(ward, now - timedelta(seconds=60 - reporting.second))
        self._move_notices()

    def _move_patients(self, ward: Ward, rush: float) -> None:
        arriving = ward.arriving * rush
        if ward.patients >= ward.hospital.er_beds:
            arriving *= 1 - _TURNED_AWAY
        dice = self._rng.random()
        if dice < arriving:
            ward.patients += 1
        elif dice < arriving + ward.patients * ward.leaving:
            ward.patients -= 1

    def _move_slow_things(self, ward: Ward) -> None:
        rng, hospital = self._rng, ward.hospital
        for index, area in enumerate(hospital.areas):
            comes = area.occupancy * area.installed
            total = (comes + ward.occupied[index]) * _SLOW_MIN / area.kind.stay_min
            for _ in range(poisson(rng, total)):
                up = rng.random() * (comes + ward.occupied[index]) < comes
                moved = ward.occupied[index] + (1 if up else -1)
                ward.occupied[index] = min(max(moved, 0), area.installed)
        if rng.random() < _DEVICE_CHANGE:
            ward.working[rng.randrange(len(ward.working))] = rng.random() < _DEVICE_UP
        if hospital.told and rng.random() < _MIND_CHANGE:
            illness = rng.choice(hospital.told)
            ward.refused.discard(illness.number)
            if rng.random() < illness.refused[hospital.level]:
                ward.refused.add(illness.number)

    def _move_notices(self) -> None:
        if any(notice.ends_at <= self._minute for notice in self.notices):
            self.notices = [n for n in self.notices if n.ends_at > self._minute]
        for _ in range(poisson(self._rng, self._notices_per_min)):
            ward = self._rng.choices(self.wards, self._notice_weights)[0]
            self.notices.append(new_notice(ward.hospital, ward.refused, self._minute, self._rng))


def poisson(rng: Random, mean: float) -> int:
    """A Poisson draw for means up to some hundreds, in pieces that do not underflow."""
    count = 0
    while mean > 0:
        piece = min(mean, 30.0)
        mean -= piece
        limit, product = math.exp(-piece), rng.random()
        while product > limit:
            count += 1
            product *= rng.random()
    return count


def _whole_minute(moment: datetime) -> datetime:
    return moment.astimezone(KST).replace(second=0, microsecond=0)


def _opened(hospital: SimulatedHospital, now: datetime, rng: Random) -> Ward:
    """A hospital in its long-run state, with a first report of its own age."""
    stay = _STAY_MIN[hospital.level]
    load = hospital.busyness * hospital.er_beds
    ward = Ward(
        hospital=hospital,
        arriving=load / stay,
        leaving=1 / stay,
        patients=poisson(rng, load * _HOURLY[now.hour]),
        occupied=[
            min(poisson(rng, area.occupancy * area.installed), area.installed)
            for area in hospital.areas
        ],
        working=[rng.random() < _DEVICE_UP for _ in hospital.devices],
        refused={i.number for i in hospital.told if rng.random() < i.refused[hospital.level]},
        report=Report(now, 0, (), ()),
    )
    reporting = hospital.reporting
    age = reporting.silent_for or timedelta(minutes=rng.randrange(reporting.every_min))
    ward.report = _report(ward, now - age - timedelta(seconds=60 - reporting.second))
    return ward


def _report(ward: Ward, at: datetime) -> Report:
    return Report(at, ward.patients, tuple(ward.occupied), tuple(ward.working))
