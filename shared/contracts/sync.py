"""Sync: the state of every emergency room, with the age of each report."""

import json
import time
import zlib
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.freshness import BEDS_STALE as BEDS_STALE
from shared.contracts.freshness import Freshness as Freshness
from shared.contracts.freshness import age_s as age_s
from shared.contracts.freshness import freshness as freshness
from shared.contracts.freshness import freshness_at as freshness_at
from shared.contracts.freshness import status_at as status_at
from shared.contracts.model import Answer, Request
from shared.contracts.nmc import Care, Level, Status
from shared.contracts.overrides import OverrideMark
from shared.contracts.place import Latitude, Longitude

UNPACKED_AT_ONCE = 20


class Audience(Answer):
    """Patients whom a restriction strikes. Ages are inclusive whole years, several bounds hold
    together; `max_age_days` is finer where years are too coarse. Weight and weeks are the least
    that is still accepted."""

    min_age_years: int | None = None
    max_age_years: int | None = None
    max_age_days: int | None = None
    children: bool = False
    min_weight_g: int | None = None
    min_weeks: int | None = None


class Message(Answer):
    """A hospital's restriction message, as it is told and what it is taken for. A text that says
    several things is told once for each of them.

    `care` is what it speaks of that no field stands for. It speaks of `audiences` (none: of
    everybody), during `hours` (`HH:MM-HH:MM`, Korean time) on `days` (1 Monday to 7 Sunday; none:
    every day) and all day on `whole_days`. What an `info` accepts ends at `accepts_until`; from
    then on it asks for a call."""

    text: str
    effect: Literal["blocks", "call", "info"]
    fields: list[str]
    care: list[Care] = []
    begins: AwareDatetime | None = None
    until: AwareDatetime | None = None
    department: str | None = None
    audiences: list[Audience] = []
    hours: Annotated[str, Field(pattern=r"^\d{2}:\d{2}-\d{2}:\d{2}$")] | None = None
    days: list[int] = []
    whole_days: list[int] = []
    accepts_until: AwareDatetime | None = None


class HospitalState(Answer):
    """One hospital in a snapshot. `values` are raw, by field code, capacities (`hvs..`) among them;
    `reported_at` is the hospital's own time, `changed_at` is when a value last differed. Test
    values stand in `flagged` and not among the values; `designation_proxies` are hinted at by
    installed counts alone; `overrides` holds by field what operators say, as the values do."""

    hpid: str
    name: str
    level: Level | None
    address: str | None
    phone: str | None
    er_phone: str | None
    longitude: Longitude | None
    latitude: Latitude | None
    operating: bool
    designations: list[str] = []
    designation_proxies: list[str] = []
    reported_at: AwareDatetime | None
    changed_at: AwareDatetime | None
    fetched_at: AwareDatetime | None
    values: dict[str, str]
    flagged: dict[str, str] = {}
    overrides: dict[str, OverrideMark] = {}
    messages: list[Message]


class Snapshot(Answer):
    """Every hospital at one moment. `data_as_of` is when bed reports were last received: a
    snapshot made again from the store does not make them younger."""

    version: str
    generated_at: AwareDatetime
    data_as_of: AwareDatetime | None
    simulated: bool
    hospitals: list[HospitalState]

    def pack(self) -> bytes:
        """Compressed lines of JSON: the snapshot without its hospitals, then each of them."""
        head = self.model_copy(update={"hospitals": []})
        lines = [part.model_dump_json() for part in (head, *self.hospitals)]
        return zlib.compress("\n".join(lines).encode(), level=3)

    @classmethod
    def unpack(cls, packed: bytes) -> "Snapshot":
        """The snapshot again. In a thread it lets others have the interpreter every few hospitals;
        read in one piece, a country would hold every loop of the process."""
        first, *lines = zlib.decompress(packed).split(b"\n")
        hospitals: list[HospitalState] = []
        for place, line in enumerate(lines):
            hospitals.append(HospitalState.model_validate_json(line))
            if place % UNPACKED_AT_ONCE == 0:
                time.sleep(0)
        head = cls.model_validate_json(first)
        return head.model_copy(update={"hospitals": [*head.hospitals, *hospitals]})


class Announcement(Answer):
    """Told on the channel when a snapshot was swapped in."""

    version: str
    generated_at: AwareDatetime

    @classmethod
    def read(cls, payload: bytes) -> "Announcement":
        return cls.model_validate(json.loads(payload))


class SnapshotKeys(Answer):
    """Names in Redis of one dataset's snapshots; datasets never share a name."""

    dataset: Literal["live", "demo"]

    @property
    def pointer(self) -> str:
        return f"er:{self.dataset}:snapshot:current"

    @property
    def channel(self) -> str:
        return f"er:{self.dataset}:snapshot:announced"

    def value(self, version: str) -> str:
        return f"er:{self.dataset}:snapshot:{version}"


class SyncError(Answer):
    """The last failure by its kind, for operators; never the source's own text."""

    kind: str
    at: AwareDatetime
    next_step: str


class StateAnswer(Answer):
    """How the synchronisation stands. `leader` tells whether this replica is the one that asks the
    source; `daily_calls` is the budget, null where the feed has none; `lost` are the stores that it
    waits for."""

    simulated: bool
    snapshot: str | None
    data_as_of: AwareDatetime | None
    last_success: AwareDatetime | None
    last_error: SyncError | None
    consecutive_failures: int
    next_due: AwareDatetime | None
    hospitals: int
    with_place: int
    with_beds: int
    leader: bool = True
    calls_today: int | None = None
    daily_calls: int | None = None
    overrides: int = 0
    lost: list[Literal["postgres", "redis"]] = []


class RefreshAnswer(Answer):
    """What one round did: rows of the source, rows written, what differs."""

    snapshot: str
    received: dict[str, int]
    written: dict[str, int]
    changed_values: int
    elapsed_ms: int


class Beds(Answer):
    """Free general ER beds (negative: patients over capacity) of those installed."""

    available: int | None
    total: int | None


class Hospital(Answer):
    """A hospital of the directory with its bed report."""

    hpid: str
    name: str
    level: Level | None
    address: str | None
    phone: str | None
    er_phone: str | None
    latitude: float | None
    longitude: float | None
    distance_m: int | None
    operating: bool
    designations: list[str]
    designation_proxies: list[str] = []
    beds: Beds
    reported_at: AwareDatetime | None
    changed_at: AwareDatetime | None
    fetched_at: AwareDatetime | None
    age_s: int | None
    freshness: Freshness


class FieldReport(Answer):
    """One reported field: the raw value and what it means now. Under an `override` the status is
    the operator's and the value stays the feed's; a `flagged` value cannot be true."""

    name: str
    value: int | str | None
    status: Status
    total: int | None
    reported_at: AwareDatetime | None
    changed_at: AwareDatetime | None
    freshness: Freshness
    flagged: bool = False
    override: OverrideMark | None = None


class HospitalDetail(Hospital):
    """A hospital with everything that it reports."""

    fields: dict[str, FieldReport]
    messages: list[Message]


class SearchRequest(Request):
    """A circle, a name, or both; without a place nothing is limited by distance."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    radius_km: Annotated[float, Field(ge=1, le=100)] = 50
    query: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=600)] = 50


class SearchAnswer(Answer):
    """Hospitals, nearest first where a place was given, by name otherwise."""

    data_as_of: AwareDatetime | None
    simulated: bool
    total: int
    hospitals: list[Hospital]


class HistoryPoint(Answer):
    """A value that a field took at a time."""

    at: AwareDatetime
    field: str
    value: int | str | None


class HistoryAnswer(Answer):
    """Changes of one hospital's values, oldest first."""

    hpid: str
    points: list[HistoryPoint]


class Round(Answer):
    """One round of the past: what came, what was written, and which operations failed, by kind."""

    started_at: AwareDatetime
    elapsed_ms: int
    received: dict[str, int]
    written: dict[str, int]
    failed: list[str]


class RoundsAnswer(Answer):
    """The latest rounds, newest first."""

    rounds: list[Round]
