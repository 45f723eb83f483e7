"""What auth holds while it runs."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth.keys import SigningKey


@dataclass(frozen=True, slots=True)
class State:
    """Opened in the lifespan, closed there too."""

    engine: AsyncEngine
    key: SigningKey
    issuer: str
    guest_life_s: int
