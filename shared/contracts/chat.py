"""Chat: a dialogue that triage holds, and what it tells after each turn."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.model import Answer, Request
from shared.contracts.place import Latitude, Longitude
from shared.contracts.triage import TEXT_LIMIT, Advice, Consent, TriageAnswer

SessionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Owner = Annotated[str, Field(min_length=1, max_length=200)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]
State = Literal["collecting", "history", "location", "confirm", "done", "expired", "ended"]


class ChatPlace(Request):
    """Where the patient is, by a device or a tap on a map."""

    latitude: Latitude
    longitude: Longitude
    text: Annotated[str, Field(max_length=100)] | None = None


class SessionRequest(Request):
    """A new dialogue; a place may be known from the start."""

    location: ChatPlace | None = None
    consent: Consent | None = None


class MessageRequest(Request):
    """One turn of the user."""

    text: Annotated[str, Field(max_length=TEXT_LIMIT)]


class OpenRequest(SessionRequest):
    """The inner form, with whose it is."""

    owner: Owner


class SayRequest(MessageRequest):
    """The inner form; a key that was used before gives the answer of that time."""

    owner: Owner
    idempotency_key: IdempotencyKey | None = None


class LocateRequest(Request):
    """The inner form of a place."""

    owner: Owner
    location: ChatPlace


class OwnerRequest(Request):
    """Who asks for a dialogue."""

    owner: Owner


class SessionAnswer(Answer):
    """A dialogue that was opened, with its first question."""

    session_id: str
    state: State
    message: str
    expires_at: AwareDatetime


class KnownPlace(Answer):
    """A place that was told; without a point where its name alone did not tell one."""

    latitude: float | None
    longitude: float | None
    text: str | None


class RefusedHospital(Answer):
    """A hospital that already said no, as it was called; `hpid` where the directory knows it."""

    name: str
    hpid: str | None = None


class Collected(Answer):
    """What is known of the patient."""

    age_years: int | None
    age_days: int | None
    age_band: str | None
    gender: Literal["M", "F"] | None
    is_self: bool | None
    symptoms: list[str]
    negated: list[str]
    history: list[str]
    special: list[str]
    location: KnownPlace | None
    refused: list[RefusedHospital] = []


class ChatFacts(Answer):
    """What every turn tells. `asked` is the code of the question that `message` ends with, null
    where it asks nothing; `advice` keeps what red flags ever advised."""

    session_id: str
    state: State
    message: str
    asked: str | None
    collected: Collected
    missing: list[Literal["age_years", "gender", "symptoms", "location"]]
    ktas: int | None
    advice: Advice
    engine: str
    finished: bool
    expires_at: AwareDatetime
    degraded: list[str] = []


class TurnAnswer(ChatFacts):
    """The inner form: beside it what the flow needs to look for hospitals. `wants_hospitals` tells
    that enough is known for a list to be of use."""

    triage: TriageAnswer
    consent: Consent | None
    wants_hospitals: bool


class TranscriptEntry(Answer):
    """One thing that was said."""

    role: Literal["user", "assistant"]
    text: str
    at: AwareDatetime


class SessionView(Answer):
    """A dialogue as its owner sees it."""

    session_id: str
    state: State
    collected: Collected
    transcript: list[TranscriptEntry]
    expires_at: AwareDatetime


class Resume(Answer):
    """The new dialogue that holds the facts of one that expired."""

    session_id: str


class ErasedAnswer(Answer):
    """What was erased for one owner; `proof` is the number of the row that tells so."""

    sessions: int
    turns: int
    proof: int
