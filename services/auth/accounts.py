"""Accounts: one person's logins, name, consents, and their end.

An account is found by (provider, subject) and by nothing else: equal e-mails are never merged.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth import audit
from services.auth.errors import Conflict
from services.auth.providers.idtokens import Proof
from services.auth.schema import consents, erasures, identities, users
from services.auth.sealing import Sealer
from shared.contracts.auth import Consent, ConsentRecord, Provider


@dataclass(frozen=True, slots=True)
class Account:
    """One person, in clear."""

    id: str
    providers: Sequence[Provider]
    name: str | None
    email: str | None
    created_at: datetime
    consents: Sequence[ConsentRecord]


def about(sealer: Sealer, subject: str) -> bytes:
    """How the audit and the erasure proof name a holder; whoever knows the id can find it."""
    return sealer.digest(f"subject:{subject}")


async def sign_in(
    connection: AsyncConnection, sealer: Sealer, provider: Provider, proof: Proof, now: datetime
) -> str:
    """The account of a proven login, made where there is none; the name and e-mail are those of
    the latest login. The login stays locked until the transaction ends: an erasure that comes
    meanwhile waits, and ends the session that the caller opens."""
    subject = _subject(sealer, proof)
    await _lock(connection, subject)
    user = await _owner(connection, proof.space, subject)
    if user is None:
        user = uuid.uuid4()
        await connection.execute(insert(users).values(id=user, created_at=now))
        await _add(connection, user, provider, proof.space, subject, now)
    sealed = {
        name: sealer.seal(value, _place(user, name))
        for name, value in (("name", proof.name), ("email", proof.email))
        if value is not None
    }
    if sealed:
        await connection.execute(update(users).where(users.c.id == user).values(**sealed))
    detail = {"provider": provider}
    who = about(sealer, f"user:{user}")
    await audit.record(connection, "login", now, subject=who, detail=detail)
    return str(user)


async def link(
    connection: AsyncConnection,
    sealer: Sealer,
    user: str,
    provider: Provider,
    proof: Proof,
    now: datetime,
) -> None:
    """A second login for an account; Conflict where it belongs to another one."""
    subject = _subject(sealer, proof)
    await _lock(connection, subject)
    owner = await _owner(connection, proof.space, subject)
    if owner is not None and str(owner) != user:
        raise Conflict("this login belongs to another account")
    if owner is None:
        await _add(connection, uuid.UUID(user), provider, proof.space, subject, now)
        who = about(sealer, f"user:{user}")
        await audit.record(connection, "linked", now, subject=who, detail={"provider": provider})


async def find(connection: AsyncConnection, sealer: Sealer, user: str) -> Account | None:
    """Everything that is kept about a person; None where they are gone."""
    key = uuid.UUID(user)
    row = (await connection.execute(select(users).where(users.c.id == key))).mappings().first()
    if row is None:
        return None
    own = select(identities.c.provider).where(identities.c.user_id == key)
    providers = (await connection.scalars(own.order_by(identities.c.created_at))).all()
    opened = {
        name: None if row[name] is None else sealer.open(row[name], _place(key, name))
        for name in ("name", "email")
    }
    said = await _consents(connection, key)
    return Account(user, list(providers), opened["name"], opened["email"], row["created_at"], said)


async def consent(
    connection: AsyncConnection,
    sealer: Sealer,
    user: str,
    given: Mapping[Consent, bool],
    version: str,
    now: datetime,
) -> None:
    """Record consents and withdrawals; earlier records stay as long as the account."""
    for kind, granted in given.items():
        row = {"kind": kind, "granted": granted, "version": version, "at": now}
        await connection.execute(insert(consents).values(user_id=uuid.UUID(user), **row))
        detail = {"kind": kind, "granted": str(granted).lower(), "version": version}
        who = about(sealer, f"user:{user}")
        await audit.record(connection, "consent", now, subject=who, detail=detail)


async def erase(connection: AsyncConnection, sealer: Sealer, subject: str, now: datetime) -> None:
    """Delete every row about the holder of a token, and leave the proof of it; their chats are
    asked to be erased by whoever works off the proofs."""
    kind, _, id_ = subject.partition(":")
    rows = await _erase_user(connection, uuid.UUID(id_)) if kind == "user" else 0
    who = about(sealer, subject)
    proof = {"subject": who, "owner": subject, "erased_at": now, "rows_erased": rows}
    await connection.execute(insert(erasures).values(**proof))
    await audit.record(connection, "erased", now, subject=who, detail={"rows": str(rows)})


async def _erase_user(connection: AsyncConnection, user: uuid.UUID) -> int:
    own = select(identities.c.subject).where(identities.c.user_id == user)
    for subject in sorted((await connection.scalars(own)).all()):
        await _lock(connection, subject)
    gone = 0
    for table, column in (
        (consents, consents.c.user_id),
        (identities, identities.c.user_id),
        (users, users.c.id),
    ):
        gone += (await connection.execute(delete(table).where(column == user))).rowcount
    return gone


async def _consents(connection: AsyncConnection, user: uuid.UUID) -> list[ConsentRecord]:
    latest = (
        select(consents)
        .where(consents.c.user_id == user)
        .ext(distinct_on(consents.c.kind))
        .order_by(consents.c.kind, consents.c.id.desc())
    )
    rows = (await connection.execute(latest)).mappings().all()
    return [ConsentRecord.model_validate(dict(row)) for row in rows]


async def _lock(connection: AsyncConnection, subject: bytes) -> None:
    key = int.from_bytes(subject[:8], "big", signed=True)
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


async def _owner(connection: AsyncConnection, space: str, subject: bytes) -> uuid.UUID | None:
    is_it = (identities.c.space == space) & (identities.c.subject == subject)
    owner: uuid.UUID | None = await connection.scalar(select(identities.c.user_id).where(is_it))
    return owner


async def _add(
    connection: AsyncConnection,
    user: uuid.UUID,
    provider: Provider,
    space: str,
    subject: bytes,
    now: datetime,
) -> None:
    row = {"space": space, "subject": subject, "provider": provider, "created_at": now}
    await connection.execute(insert(identities).values(user_id=user, **row))


def _subject(sealer: Sealer, proof: Proof) -> bytes:
    return sealer.digest(f"identity:{proof.space}:{proof.subject}")


def _place(user: uuid.UUID, column: str) -> str:
    return f"auth.users:{user}:{column}"
