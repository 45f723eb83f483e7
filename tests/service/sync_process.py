"""Sync as production runs it, in a process of its own that a test may kill; and as a replica."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from redis.asyncio import Redis

from services.cli.state import free_port
from services.sync.app import create_app
from shared.app import service_token
from shared.contracts.sync import SnapshotKeys
from shared.settings import DEV_SERVICE_KEY
from tests.service.sync_service import RunningSync, Stores, settings_for
from tests.support.places import ROOT
from tests.support.running import running
from tests.support.waiting import until

AUTHORIZED = {"Authorization": f"Bearer {service_token(DEV_SERVICE_KEY, 'sync')}"}


@dataclass(frozen=True, slots=True)
class SyncProcess:
    """A running `python -m services sync`."""

    child: asyncio.subprocess.Process
    url: str

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.child.send_signal(signal.SIGKILL)
        await self.child.wait()


@asynccontextmanager
async def sync_process(
    feed_url: str, stores: Stores, folder: Path, *, interval_s: float
) -> AsyncIterator[SyncProcess]:
    """Start it; whatever is left of it at the end is killed. Its log lies in the folder."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ER_")}
    environment = {
        **kept,
        "ER_SYNC_DATABASE_URL": stores.database,
        "ER_REDIS_URL": stores.redis,
        "ER_SYNC_NMC_URL": feed_url,
        "ER_SYNC_NMC_KEY": "sentinel-nmc-key",
        "ER_SYNC_INTERVAL_S": str(interval_s),
        "ER_SYNC_PORT": str(port),
    }
    with (folder / "sync.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services", "sync",
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield SyncProcess(child, f"http://127.0.0.1:{port}")
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


@asynccontextmanager
async def replica(
    feed_url: str, stores: Stores, *, ready: bool = True, **changed: object
) -> AsyncIterator[RunningSync]:
    """The application in this process with some settings of its own."""
    settings = settings_for(feed_url, stores).model_copy(update=changed)
    async with (
        running(create_app(settings)) as url,
        httpx.AsyncClient(base_url=url, headers=AUTHORIZED, timeout=20) as client,
        Redis.from_url(stores.redis) as redis,
    ):
        sync = RunningSync(client, redis, SnapshotKeys(dataset=settings.dataset))
        if ready:
            await until(sync.is_ready)
        yield sync
