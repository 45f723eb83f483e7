"""The public face: one request in, advice, needs and ranked hospitals out."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.chat import ChatFacts
from shared.contracts.matching import Notice, RankedHospital, Refusal, Search
from shared.contracts.model import Answer
from shared.contracts.place import Latitude, Longitude
from shared.contracts.sync import SyncError
from shared.contracts.triage import (
    TEXT_LIMIT,
    Advice,
    Engine,
    Need,
    NeedOverride,
    PatientInput,
    Policy,
    StatedFacts,
    TriageAnswer,
)


class RecommendationRequest(StatedFacts):
    """A place, and exactly one of a text, a patient or a dialogue."""

    latitude: Latitude
    longitude: Longitude
    radius_km: Annotated[float, Field(ge=1, le=100)] = 50
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    sort: Literal["score", "distance"] = "score"
    text: Annotated[str, Field(max_length=TEXT_LIMIT)] | None = None
    patient: PatientInput | None = None
    session_id: Annotated[str, Field(max_length=100)] | None = None
    needs: Annotated[list[NeedOverride], Field(max_length=10)] | None = None
    refused: Annotated[list[Refusal], Field(max_length=50)] = []

    @model_validator(mode="after")
    def exactly_one_source(self) -> Self:
        given = [
            name for name in ("text", "patient", "session_id") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError("give exactly one of text, patient and session_id")
        beside = self.model_fields_set & (set(StatedFacts.model_fields) - {"consent"})
        if self.text is None and beside:
            raise ValueError(f"{min(beside)} may stand beside text only")
        return self


class Recommendation(Answer):
    """What to do now, what is needed, and where to go and why. `ai_generated` is whether the
    order of the needs and the comment are a model's."""

    request_id: str
    generated_at: AwareDatetime
    data_as_of: AwareDatetime | None
    ruleset: str
    snapshot: str
    simulated: bool
    triage: TriageAnswer
    needs: list[Need]
    policy: Policy
    comment: str | None
    ai_generated: bool = False
    advice: Advice
    search: Search
    hospitals: list[RankedHospital]
    compare: str | None
    notices: list[Notice] = []
    degraded: list[str]


class SyncStatus(Answer):
    """The synchronisation as the public may see it."""

    last_success: AwareDatetime | None
    last_error: SyncError | None
    consecutive_failures: int
    next_due: AwareDatetime | None
    hospitals: int
    with_place: int
    with_beds: int


class StatusAnswer(Answer):
    """The system in one look."""

    status: Literal["ok", "degraded", "down"]
    simulated: bool
    data_as_of: AwareDatetime | None
    data_age_s: int | None
    sync: SyncStatus | None
    engines: list[Engine]
    degraded: list[str]


class ChatAnswer(ChatFacts):
    """One turn of a dialogue, with hospitals once a place is known and enough was said: at KTAS 1
    and 2 at once, else when the questions are over. Null with a word in `degraded` where the list
    could not be made."""

    recommendation: Recommendation | None = None
