"""Where the GPU server is: the setting's address, or the one that whoever rents it made known."""

import asyncio
import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.triage.engines.client import Address
from shared import logs

LOOK_EVERY_S = 1.0

_log = logs.logger("engines")


class Announced(BaseModel):
    """The value of the key: a higher epoch is a later server; an empty address is none. The key of
    the server is no part of it and comes from the setting."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    epoch: Annotated[int, Field(ge=1)]
    url: Annotated[str, Field(max_length=200, pattern=r"^(https?://[^\s/@?#]+(/[\w/-]*)?)?$")]


def redis_key(dataset: str) -> str:
    """The name under which the address of the GPU server is announced."""
    return f"er:{dataset}:gpu"


class GpuAddress:
    """The address of now. An announcement with a higher epoch replaces it while running."""

    def __init__(self, url: str, key: str) -> None:
        self._key = key
        self._address = Address(url, key) if url else None
        self._epoch = 0

    def locate(self) -> Address | None:
        return self._address

    def adopt(self, announced: Announced) -> bool:
        """Whether it was news."""
        if announced.epoch <= self._epoch:
            return False
        self._epoch = announced.epoch
        self._address = (
            Address(announced.url, self._key, announced.epoch) if announced.url else None
        )
        return True

    async def follow(self, redis: Redis, name: str) -> None:
        """Look at the key for ever; without Redis the last address stays."""
        while True:
            began = time.monotonic()
            try:
                told = await redis.get(name)
            except (RedisError, OSError):
                told = None
            if told is not None:
                self._read(told)
            await asyncio.sleep(max(0.0, LOOK_EVERY_S - (time.monotonic() - began)))

    def _read(self, told: bytes | str) -> None:
        try:
            announced = Announced.model_validate_json(told)
        except ValidationError:
            _log.warning("gpu address cannot be read")
            return
        if self.adopt(announced):
            _log.info("gpu address changed", epoch=announced.epoch, known=bool(announced.url))
