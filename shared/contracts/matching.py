"""Matching: hospitals ranked for needs at a place, each with its reasons."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.model import Answer, Request
from shared.contracts.nmc import Level, Status
from shared.contracts.place import Latitude, Longitude
from shared.contracts.sync import Beds, Freshness, Message
from shared.contracts.triage import Ktas, Need, PatientFacts, Policy

Hpid = Annotated[str, Field(pattern=r"^[A-Z][0-9]{7}$")]


class Refusal(Request):
    """A hospital that already said no to this patient."""

    hpid: Hpid
    reason: Annotated[str, Field(max_length=200)] | None = None


class MatchRequest(Request):
    """Who needs what and where; the place is rounded before anything is computed."""

    latitude: Latitude
    longitude: Longitude
    radius_km: Annotated[float, Field(ge=1, le=100)]
    limit: Annotated[int, Field(ge=1, le=50)]
    sort: Literal["score", "distance"]
    needs: Annotated[list[Need], Field(max_length=10)]
    policy: Policy
    patient: PatientFacts
    ktas: Ktas | None
    refused: Annotated[list[Refusal], Field(max_length=50)]
    ruleset: str


class Resource(Answer):
    """One need held against one hospital: its reading, the raw report, and the points it gave."""

    field: str
    name: str
    role: Literal["decisive", "supporting"]
    status: Status
    reported: str | None
    weight: int
    points: float


class Reason(Answer):
    """A reason in words, with the points it gave (0 where it only tells)."""

    code: str
    text: str
    points: float


class RankedHospital(Answer):
    """A hospital in the list. Minutes are estimates with a range; a report is not a promise."""

    rank: int
    hpid: str
    name: str
    level: Level | None
    address: str | None
    phone: str | None
    er_phone: str | None
    latitude: float
    longitude: float
    distance_m: int
    eta_s: int
    eta_range_s: tuple[int, int]
    eta_source: Literal["detour", "osrm"]
    tier: Literal["recommended", "call_first", "not_recommended"]
    score: float
    beds: Beds
    reported_at: AwareDatetime | None
    changed_at: AwareDatetime | None
    fetched_at: AwareDatetime | None
    age_s: int | None
    freshness: Freshness
    resources: list[Resource]
    messages: list[Message]
    reasons: list[Reason]
    stabilise_first: bool


class Notice(Answer):
    """Something that has to be said of the list as a whole."""

    code: str
    text: str


class Search(Answer):
    """How far was looked, and what was found."""

    radius_km: float
    widened: bool
    candidates: int
    reported_able: int


class MatchAnswer(Answer):
    """The ranked list and the state of data that it was made from."""

    request_id: str
    generated_at: AwareDatetime
    data_as_of: AwareDatetime | None
    snapshot: str
    simulated: bool
    search: Search
    hospitals: list[RankedHospital]
    compare: str | None
    notices: list[Notice] = []
    degraded: list[str]


class OutcomeRequest(Request):
    """What happened to a recommendation at one hospital."""

    hpid: Hpid
    event: Literal["going", "accepted", "refused", "arrived", "data_wrong"]
    reason: Annotated[str, Field(max_length=500)] | None = None


class ToldOutcome(OutcomeRequest):
    """The inner form: `caller` is a keyed hash, the same for one caller and saying nothing of
    them."""

    caller: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ReplayedHospital(Answer):
    """One place of a kept list; what was blanked is null."""

    hpid: str
    tier: Literal["recommended", "call_first", "not_recommended"]
    score: float | None


class ReplayAnswer(Answer):
    """A kept decision made again. `again` is null where the place was blanked: then only the kept
    list is left. `rules` differ where the code that ranks has changed since."""

    request_id: str
    decided_at: AwareDatetime
    snapshot: str
    ruleset: str
    rules: str
    rules_now: str
    needs: list[Need]
    policy: Policy
    ktas: int | None
    holds: dict[str, float]
    kept: list[ReplayedHospital]
    again: list[ReplayedHospital] | None
    same: bool | None
