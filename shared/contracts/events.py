"""Live changes: a circle to watch, and what a published snapshot changed inside it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from shared.contracts.model import Answer, Request
from shared.contracts.place import Latitude, Longitude

Value = int | str | None


class SubscriptionRequest(Request):
    """A circle. It is kept rounded to 0.001 degree and only as long as the subscription lives."""

    latitude: Latitude
    longitude: Longitude
    radius_km: Annotated[float, Field(ge=1, le=100)] = 50


class SubscriptionAnswer(Answer):
    """What opens the stream, and how many seconds it does so without being used."""

    id: str
    expires_in: int


class Change(Answer):
    """One value of one hospital, before and after; counts are numbers, no report is null. Beside
    the codes of the NMC there are `operating` (Y, N) and `messages` (how many are in force)."""

    model_config = ConfigDict(populate_by_name=True)

    hpid: str
    field: str
    before: Annotated[Value, Field(alias="from")]
    after: Annotated[Value, Field(alias="to")]
    reported_at: AwareDatetime | None


class BedsEvent(Answer):
    """The data of an event: everything inside the circle that differs from the snapshot before."""

    snapshot: str
    generated_at: AwareDatetime
    simulated: bool
    changes: list[Change]


class DroppedEvent(Answer):
    """The last word to a client that reads too slowly; it may connect again."""

    reason: Literal["slow"]
