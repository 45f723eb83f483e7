"""What auth keeps in PostgreSQL."""

from datetime import datetime

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth import keys
from services.auth.schema import signing_keys
from shared.contracts.auth import Jwk


async def active_key(engine: AsyncEngine, service_key: str, now: datetime) -> keys.SigningKey:
    """The key that signs; the first process that finds none makes it, others wait for it."""
    async with engine.begin() as connection:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('auth.signing_keys'))")
        )
        query = select(signing_keys).where(signing_keys.c.state == "active")
        row = (await connection.execute(query)).mappings().one_or_none()
        if row is not None:
            pem = keys.unseal(row["private_key"], service_key)
            return keys.SigningKey(row["kid"], pem, Jwk.model_validate(row["public_jwk"]))
        made = keys.generate()
        await connection.execute(
            insert(signing_keys).values(
                kid=made.kid,
                private_key=keys.seal(made.private_key, service_key),
                public_jwk=made.public.model_dump(),
                state="active",
                created_at=now,
            )
        )
        return made


async def public_keys(engine: AsyncEngine) -> list[Jwk]:
    """Every key that may still verify a token."""
    async with engine.connect() as connection:
        rows = await connection.scalars(select(signing_keys.c.public_jwk))
        return [Jwk.model_validate(row) for row in rows]
