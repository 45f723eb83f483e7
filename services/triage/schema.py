"""Tables of triage."""

from sqlalchemy import Column, DateTime, MetaData, String, Table

metadata = MetaData(schema="triage")

rulesets = Table(
    "rulesets",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 over the knowledge files"),
    Column("version", String(32), nullable=False),
    Column("first_served_at", DateTime(timezone=True), nullable=False),
)
