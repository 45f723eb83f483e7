"""A snapshot put into a running system's Redis, as sync publishes one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from services.cli.state import Secrets, read_json
from services.sync.publish import publish
from shared.contracts.sync import Snapshot, SnapshotKeys
from tests.support.systems import System


def redis_of(state: Path) -> Redis:
    port = read_json(state / "ports.json")["redis"]
    return Redis.from_url(f"redis://:{Secrets(state).get('redis')}@127.0.0.1:{port}/0")


async def change(system: System, hpid: str, values: Mapping[str, str]) -> str:
    """Publish what is published now with other values of one hospital; the new version."""
    keys = SnapshotKeys(dataset="demo" if system.address.dataset == "demo" else "live")
    async with redis_of(system.state) as redis:
        version = await _read(redis, keys.pointer)
        held = Snapshot.unpack(await _read(redis, keys.value(version.decode())))
        now = datetime.now(UTC)
        hospitals = [
            hospital.model_copy(
                update={"values": {**hospital.values, **values}, "reported_at": now}
            )
            if hospital.hpid == hpid
            else hospital
            for hospital in held.hospitals
        ]
        news = held.model_copy(
            update={
                "version": f"{now:%Y%m%dT%H%M%SZ}-changed",
                "generated_at": now,
                "hospitals": hospitals,
            }
        )
        await publish(redis, keys, news)
        return news.version


async def _read(redis: Redis, key: str) -> bytes:
    value = await redis.get(key)
    assert isinstance(value, bytes)
    return value
