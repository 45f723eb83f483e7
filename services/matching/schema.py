"""Tables of matching, and the view of sync that it reads."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Numeric,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="matching")

decisions = Table(
    "decisions",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("snapshot", String(64), nullable=False),
    Column("ruleset", String(32), nullable=False),
    Column("longitude", Numeric(6, 3), nullable=False),
    Column("latitude", Numeric(5, 3), nullable=False),
    Column("inputs", JSONB, nullable=False, comment="needs, policy, level; nobody's identity"),
    Column("ranking", JSONB, nullable=False, comment="hpid, tier, score in order"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "request_id",
        String(32),
        ForeignKey("matching.decisions.request_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("told_at", DateTime(timezone=True), nullable=False),
    Column("hpid", String(8), nullable=False),
    Column("event", String(16), nullable=False),
    Column("reason", String(500)),
    Index("outcomes_request_id", "request_id"),
)
