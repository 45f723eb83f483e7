"""What differs between two snapshots, ready to be told: computed once, whatever the streams."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import asin, cos, radians, sin, sqrt

from shared.contracts.events import BedsEvent, Change, Value
from shared.contracts.nmc import Kind, catalogue
from shared.contracts.place import Place
from shared.contracts.sync import HospitalState, Snapshot

EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Circle:
    """Around a place, in kilometres."""

    centre: Place
    radius_km: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """Great-circle distance on the mean sphere: within 0.5 % of the ellipsoid in Korea."""
        y1, y2 = radians(self.centre.latitude), radians(latitude)
        dx = radians(longitude - self.centre.longitude)
        a = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin(dx / 2) ** 2
        return 2 * EARTH_KM * asin(sqrt(a)) <= self.radius_km


@dataclass(frozen=True)
class Told:
    """One published snapshot for the streams. `changes` are JSON by hospital, written once."""

    version: str
    generated_at: datetime
    simulated: bool
    places: Mapping[str, tuple[float, float]]
    changes: Mapping[str, str]

    @cached_property
    def _head(self) -> str:
        empty = BedsEvent(
            snapshot=self.version,
            generated_at=self.generated_at,
            simulated=self.simulated,
            changes=[],
        )
        return empty.model_dump_json().removesuffix("]}")

    def inside(self, circle: Circle) -> frozenset[str]:
        """The hospitals in the circle."""
        return frozenset(hpid for hpid, place in self.places.items() if circle.holds(*place))

    def data(self, inside: frozenset[str]) -> str:
        """The event for those hospitals, as JSON."""
        told = ",".join(text for hpid, text in self.changes.items() if hpid in inside)
        return f"{self._head}{told}]}}"


def told(snapshot: Snapshot, former: Snapshot | None) -> Told:
    """What a snapshot says that the one before did not; nothing where there is none before."""
    before = {hospital.hpid: hospital for hospital in former.hospitals} if former else {}
    changes = {}
    for hospital in snapshot.hospitals:
        known = before.get(hospital.hpid)
        lines = [change.model_dump_json(by_alias=True) for change in _changes(known, hospital)]
        if lines and former is not None:
            changes[hospital.hpid] = ",".join(lines)
    return Told(
        snapshot.version, snapshot.generated_at, snapshot.simulated, _places(snapshot), changes
    )


def _places(snapshot: Snapshot) -> dict[str, tuple[float, float]]:
    return {
        hospital.hpid: (hospital.longitude, hospital.latitude)
        for hospital in snapshot.hospitals
        if hospital.longitude is not None and hospital.latitude is not None
    }


def _changes(before: HospitalState | None, after: HospitalState) -> Iterator[Change]:
    old, new = _values(before), _values(after)
    for field in sorted(old.keys() | new.keys()):
        if old.get(field) != new.get(field):
            yield Change(
                hpid=after.hpid,
                field=field,
                before=old.get(field),
                after=new.get(field),
                reported_at=after.reported_at,
            )


def _values(hospital: HospitalState | None) -> dict[str, Value]:
    if hospital is None:
        return {}
    return {
        **{code: _plain(code, raw) for code, raw in hospital.values.items()},
        "operating": "Y" if hospital.operating else "N",
        "messages": len(hospital.messages),
    }


def _plain(code: str, raw: str) -> Value:
    field = catalogue().get(code)
    is_count = code.startswith("hvs") or (field is not None and field.kind is Kind.COUNT)
    try:
        return int(raw) if is_count else raw
    except ValueError:
        return raw
