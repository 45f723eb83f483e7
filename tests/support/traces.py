"""Everything that a running system holds or tells, to look for what must not be there."""

import base64
import json
from urllib.parse import quote

import asyncpg
import httpx
from redis.asyncio import Redis

from services.cli.state import Secrets, read_json
from tests.support.systems import System

SCHEMAS = ("auth", "sync", "triage", "matching")


def holds(content: bytes, secret: str) -> bool:
    """Whether a secret is there as it is, in hexadecimal as PostgreSQL tells bytes, as JSON or
    Python escape it, in an address, or in base64."""
    plain = secret.encode()
    forms = {
        plain,
        plain.hex().encode(),
        json.dumps(secret)[1:-1].encode(),
        repr(plain)[2:-1].encode(),
        quote(secret, safe="").encode(),
        base64.b64encode(plain).rstrip(b"="),
        base64.urlsafe_b64encode(plain).rstrip(b"="),
    }
    return any(form in content for form in forms)


async def traces(system: System) -> dict[str, bytes]:
    """By place: the log, the metrics, Redis and every table."""
    return {
        "log": system.log.encode(),
        "metrics": await metrics_content(system),
        "redis": await redis_content(system),
        "database": await database_content(system),
    }


async def metrics_content(system: System) -> bytes:
    async with httpx.AsyncClient(trust_env=False) as client:
        urls = system.address.inner.values()
        return b"".join([(await client.get(f"{url}/metrics")).content for url in urls])


async def redis_content(system: System) -> bytes:
    """Names and values as they are: a dump would be compressed."""
    port = read_json(system.state / "ports.json")["redis"]
    secret = Secrets(system.state).get("redis")
    async with Redis.from_url(f"redis://:{secret}@127.0.0.1:{port}/0") as redis:
        return b"\n".join([part async for name in redis.scan_iter("*")
                           for part in (name, await _value(redis, name))])  # fmt: skip


async def _value(redis: Redis, name: bytes) -> bytes:
    match _flat(await redis.type(name)):
        case b"string":
            return _flat(await redis.get(name))
        case b"hash":
            return _flat(await redis.hgetall(name))
        case b"set":
            return _flat(await redis.smembers(name))
        case b"zset":
            return _flat(await redis.zrange(name, 0, -1))
        case b"list":
            return _flat(await redis.lrange(name, 0, -1))
        case b"stream":
            return _flat(await redis.xrange(name))
        case kind:
            raise AssertionError(f"values of the kind {kind!r} are not searched")


def _flat(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b" ".join(_flat(part) for item in value.items() for part in item)
    if isinstance(value, list | tuple | set):
        return b" ".join(_flat(part) for part in value)
    return str(value).encode()


async def database_content(system: System) -> bytes:
    """Every row of every table of ours; bytes appear in hexadecimal."""
    port = read_json(system.state / "ports.json")["postgres"]
    password = Secrets(system.state).get("postgres_admin")
    address = f"postgresql://er_admin:{password}@127.0.0.1:{port}/er_demo"
    connection = await asyncpg.connect(address)
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname = ANY($1)",
            SCHEMAS,
        )
        queries = [f"SELECT t::text AS row FROM {table['name']} t" for table in tables]  # noqa: S608
        found = [await connection.fetch(query) for query in queries]
    finally:
        await connection.close()
    return "\n".join(row["row"] for rows in found for row in rows).encode()
