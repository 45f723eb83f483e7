"""States of the signing keys in PostgreSQL: next → active → retiring → gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.auth import audit, keys
from services.auth.schema import signing_keys
from shared.contracts.auth import Jwk

KeyState = Literal["next", "active", "retiring"]
GIVEN = "ER_AUTH_SIGNING_KEYS or ER_AUTH_SIGNING_KEYS_FILE"


class RotationRefused(Exception):
    """A rotation that would refuse valid tokens, or has no key to go on with; one line says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where private keys come from: `given` by file or secret, else made here and kept sealed."""

    service_key: str
    given: Sequence[keys.SigningKey] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """`publish_s`: how long a key is shown before it signs. `keep_s`: how long afterwards."""

    publish_s: float
    keep_s: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A key and its state; `pair` is None where its private half is not here."""

    kid: str
    state: KeyState
    changed_at: datetime
    public: Jwk
    pair: keys.SigningKey | None


async def load(engine: AsyncEngine, source: Source, now: datetime, overlap: Overlap) -> list[Kept]:
    """All keys in force. What is missing is made (or taken from what was given) by the first
    process that finds it missing; retiring keys past their overlap are gone."""
    async with engine.begin() as connection:
        await _lock(connection)
        await _forget(connection, now, overlap)
        kept = await _read(connection, source)
        wanted = _missing(kept, source)
        for pair, state in wanted:
            await _add(connection, source, pair, state, now)
        if wanted:
            kept = await _read(connection, source)
    active = next(key for key in kept if key.state == "active")
    if active.pair is None:
        raise keys.KeyUnreadable(f"the active signing key {active.kid} is not in {GIVEN}")
    return kept


async def rotate(
    engine: AsyncEngine,
    source: Source,
    now: datetime,
    overlap: Overlap,
    *,
    by: str,
    emergency: bool,
) -> None:
    """The next key signs and the active one retires; in an emergency the active and the retiring
    ones are dropped at once, and their tokens with them."""
    async with engine.begin() as connection:
        await _lock(connection)
        kept = await _read(connection, source)
        coming = _coming(kept, now, overlap, emergency=emergency)
        table = signing_keys
        if emergency:
            await connection.execute(delete(table).where(table.c.state != "next"))
        else:
            retired = update(table).where(table.c.state == "active")
            await connection.execute(retired.values(state="retiring", changed_at=now))
        promoted = update(table).where(table.c.kid == coming.kid)
        await connection.execute(promoted.values(state="active", changed_at=now))
        if not source.given:
            await _add(connection, source, keys.generate(), "next", now)
        detail = {"by": by, "active": coming.kid, "emergency": str(emergency).lower()}
        await audit.record(connection, "keys_rotated", now, detail=detail)


def _coming(kept: Sequence[Kept], now: datetime, overlap: Overlap, *, emergency: bool) -> Kept:
    usable = [key for key in kept if key.state == "next" and key.pair is not None]
    if not usable:
        raise RotationRefused(f"there is no next key; add one to {GIVEN} and restart auth")
    oldest = min(usable, key=lambda key: key.changed_at)
    wait_s = overlap.publish_s - (now - oldest.changed_at).total_seconds()
    if wait_s > 0 and not emergency:
        raise RotationRefused(
            f"verifiers may not know the next key yet; wait {wait_s:.0f} s, or use --emergency"
        )
    return oldest


def _missing(
    kept: Sequence[Kept], source: Source
) -> list[tuple[keys.SigningKey, Literal["next", "active"]]]:
    known = {key.kid for key in kept}
    states = {key.state for key in kept}
    fresh = iter([key for key in source.given if key.kid not in known])
    made: list[tuple[keys.SigningKey, Literal["next", "active"]]] = []
    if "active" not in states:
        made.append((next(fresh) if source.given else keys.generate(), "active"))
    if source.given:
        made += [(key, "next") for key in fresh]
    elif "next" not in states:
        made.append((keys.generate(), "next"))
    return made


async def _lock(connection: AsyncConnection) -> None:
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('auth.signing_keys'))"))


async def _forget(connection: AsyncConnection, now: datetime, overlap: Overlap) -> None:
    long_ago = now - timedelta(seconds=overlap.keep_s)
    over = (signing_keys.c.state == "retiring") & (signing_keys.c.changed_at < long_ago)
    await connection.execute(delete(signing_keys).where(over))


async def _read(connection: AsyncConnection, source: Source) -> list[Kept]:
    rows = (await connection.execute(select(signing_keys))).mappings().all()
    given = {key.kid: key for key in source.given}
    return [
        Kept(
            row["kid"],
            row["state"],
            row["changed_at"],
            Jwk.model_validate(row["public_jwk"]),
            _pair(row, source, given.get(row["kid"])),
        )
        for row in rows
    ]


def _pair(row: Any, source: Source, given: keys.SigningKey | None) -> keys.SigningKey | None:
    if row["private_key"] is None or given is not None:
        return given
    if source.given:  # what was made in dev signs nothing where keys are given
        return None
    pem = keys.unseal(row["private_key"], source.service_key)
    return keys.SigningKey(row["kid"], pem, Jwk.model_validate(row["public_jwk"]))


async def _add(
    connection: AsyncConnection,
    source: Source,
    pair: keys.SigningKey,
    state: KeyState,
    now: datetime,
) -> None:
    sealed = None if source.given else keys.seal(pair.private_key, source.service_key)
    await connection.execute(
        insert(signing_keys).values(
            kid=pair.kid,
            private_key=sealed,
            public_jwk=pair.public.model_dump(),
            state=state,
            created_at=now,
            changed_at=now,
        )
    )
