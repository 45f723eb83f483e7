"""What sync holds while it runs."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from services.sync.coordinator import Coordinator


@dataclass(frozen=True, slots=True)
class Service:
    """Opened in the lifespan, closed there too."""

    engine: AsyncEngine
    coordinator: Coordinator
    simulated: bool
