"""Circles that clients watch: in Redis, so that every replica knows them, and only for a while."""

import json
import secrets

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.gateway.events.changes import Circle
from shared.contracts.events import SubscriptionRequest
from shared.contracts.place import Place
from shared.problems import NotFound, Unavailable

LIFE_S = 3600


class Subscriptions:
    """Kept under a random name with the place rounded; each use begins the life anew."""

    def __init__(self, redis: Redis, *, dataset: str) -> None:
        self._redis = redis
        self._prefix = f"er:{dataset}:subscription:"

    async def add(self, request: SubscriptionRequest) -> str:
        """The id that opens the stream; Unavailable while Redis is away."""
        name = secrets.token_urlsafe(18)
        place = Place(longitude=request.longitude, latitude=request.latitude).rounded()
        kept = json.dumps([place.longitude, place.latitude, request.radius_km])
        try:
            await self._redis.set(self._prefix + name, kept, ex=LIFE_S)
        except (RedisError, OSError) as error:
            raise Unavailable("live changes are not available now") from error
        return name

    async def find(self, name: str) -> Circle:
        """The circle of an id; NotFound where there is none or it has expired."""
        try:
            kept = await self._redis.getex(self._prefix + name, ex=LIFE_S)
        except (RedisError, OSError) as error:
            raise Unavailable("live changes are not available now") from error
        if kept is None:
            raise NotFound("no subscription has this id; make a new one")
        longitude, latitude, radius_km = json.loads(kept)
        return Circle(Place(longitude=longitude, latitude=latitude), radius_km)
