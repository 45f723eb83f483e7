"""Tables of auth."""

from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary, MetaData, String, Table
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="auth")

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("private_key", LargeBinary, nullable=False, comment="PEM, encrypted"),
    Column("public_jwk", JSONB, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('next', 'active', 'retiring')", name="signing_keys_state"),
)
