"""Places in and around Korea: WGS 84 (SRID 4326) degrees, longitude before latitude."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Longitude = Annotated[
    float, Field(ge=124.5, le=132.0, description="WGS 84 degrees, 124.5 to 132.0")
]
Latitude = Annotated[float, Field(ge=32.9, le=38.7, description="WGS 84 degrees, 32.9 to 38.7")]


class Place(BaseModel):
    """A point; comparable and hashable, so that it can be a key of a cache."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    longitude: Longitude
    latitude: Latitude

    def rounded(self) -> "Place":
        """The place at 0.001 degree (about 100 m): enough to rank by, too little to find a door."""
        return Place(longitude=round(self.longitude, 3), latitude=round(self.latitude, 3))
