"""Tables of triage."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="triage")

rulesets = Table(
    "rulesets",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 over the knowledge files"),
    Column("version", String(32), nullable=False),
    Column("first_served_at", DateTime(timezone=True), nullable=False),
)

chat_sessions = Table(
    "chat_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", LargeBinary, nullable=False, comment="a keyed mark, not the owner"),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("successor", String(64)),
    Column("version", Integer, nullable=False),
    Column("consent", JSONB(none_as_null=True), comment="null: the emergency is the legal basis"),
    Column("sealed", LargeBinary, comment="AES-256-GCM; null once it is erased"),
    Index("chat_sessions_owner", "owner"),
    Index("chat_sessions_last_at", "last_at"),
)

chat_turns = Table(
    "chat_turns",
    metadata,
    Column(
        "session_id",
        String(64),
        ForeignKey("triage.chat_sessions.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("key", LargeBinary, comment="a keyed mark of the idempotency key"),
    Column("sealed", LargeBinary, nullable=False, comment="AES-256-GCM"),
    UniqueConstraint("session_id", "key", name="chat_turns_key"),
)

chat_erasures = Table(
    "chat_erasures",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
)
