"""The real sync application over a fake NMC, as its tests want it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis

from services.sync.app import create_app
from services.sync.settings import Settings
from shared.app import service_token
from shared.contracts.sync import SearchAnswer, Snapshot, SnapshotKeys, StateAnswer
from shared.settings import DEV_SERVICE_KEY
from tests.support.fakes.nmc import FakeNmc
from tests.support.running import running
from tests.support.waiting import until

Dataset = Literal["live", "demo"]


@dataclass(frozen=True, slots=True)
class Stores:
    """Addresses of the real stores that a test was given."""

    database: str
    redis: str


@dataclass(frozen=True, slots=True)
class RunningSync:
    """The application, ready to be asked as another service asks it."""

    client: httpx.AsyncClient
    redis: Redis
    keys: SnapshotKeys

    async def refresh(self) -> Mapping[str, Any]:
        answer = await self.client.post("/v1/refresh")
        assert answer.status_code == 200, answer.text
        told: Mapping[str, Any] = answer.json()
        return told

    async def state(self) -> StateAnswer:
        return StateAnswer.model_validate((await self.client.get("/v1/state")).json())

    async def version(self) -> str:
        """The version that readers are pointed to."""
        held = await self.redis.get(self.keys.pointer)
        assert isinstance(held, bytes)
        return held.decode()

    async def snapshot(self) -> Snapshot:
        packed = await self.redis.get(self.keys.value(await self.version()))
        assert isinstance(packed, bytes)
        return Snapshot.unpack(packed)

    async def search(self, **body: object) -> SearchAnswer:
        answer = await self.client.post("/v1/hospitals/search", json=body)
        assert answer.status_code == 200, answer.text
        return SearchAnswer.model_validate(answer.json())

    async def is_ready(self) -> bool:
        return (await self.client.get("/readyz")).status_code == 200


def settings_for(
    feed_url: str, stores: Stores, *, dataset: Dataset = "live", interval_s: float = 3600
) -> Settings:
    return Settings(
        database_url=SecretStr(stores.database),
        redis_url=SecretStr(stores.redis),
        nmc_url=feed_url,
        nmc_key=SecretStr("sentinel-nmc-key"),
        dataset=dataset,
        interval_s=interval_s,
        nmc_total_timeout_s=2,
    )


@asynccontextmanager
async def sync_over(
    feed_url: str,
    stores: Stores,
    *,
    dataset: Dataset = "live",
    interval_s: float = 3600,
    ready: bool = True,
) -> AsyncIterator[RunningSync]:
    """Sync over a feed; with a long interval only its first round happens by itself."""
    settings = settings_for(feed_url, stores, dataset=dataset, interval_s=interval_s)
    token = service_token(DEV_SERVICE_KEY, "sync")
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        running(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client,
        Redis.from_url(stores.redis) as redis,
    ):
        sync = RunningSync(client, redis, SnapshotKeys(dataset=dataset))
        if ready:
            await until(sync.is_ready)
        yield sync


@asynccontextmanager
async def sync_with(
    fake: FakeNmc,
    stores: Stores,
    *,
    interval_s: float = 3600,
    ready: bool = True,
) -> AsyncIterator[RunningSync]:
    """Sync over a fake of the same dataset."""
    dataset: Dataset = "demo" if fake.simulated else "live"
    async with (
        running(fake.app) as url,
        sync_over(
            url + fake.base, stores, dataset=dataset, interval_s=interval_s, ready=ready
        ) as sync,
    ):
        yield sync
