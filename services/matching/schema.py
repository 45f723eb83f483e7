"""Tables of matching, and the view of sync that it reads."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(schema="matching")

Moment = sa.DateTime(timezone=True)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("request_id", sa.String(32), primary_key=True),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("snapshot", sa.String(64), nullable=False),
    sa.Column("ruleset", sa.String(32), nullable=False),
    sa.Column("longitude", sa.Numeric(6, 3)),
    sa.Column("latitude", sa.Numeric(5, 3)),
    sa.Column("inputs", JSONB, nullable=False, comment="needs, policy, level; nobody's identity"),
    sa.Column("ranking", JSONB, nullable=False, comment="hpid, tier, score in order"),
    sa.Column("reach", JSONB, comment="metres and seconds to every candidate, by hpid"),
    sa.Column("holds", JSONB, nullable=False, server_default="{}"),
    sa.Column("rules", sa.String(32), nullable=False, server_default=""),
    sa.Index("decisions_decided_at", "decided_at"),
    sa.Index(
        "decisions_with_place", "decided_at", postgresql_where=sa.text("longitude IS NOT NULL")
    ),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column(
        "request_id",
        sa.String(32),
        sa.ForeignKey("matching.decisions.request_id", ondelete="SET NULL"),
    ),
    sa.Column("told_at", Moment, nullable=False),
    sa.Column("hpid", sa.String(8), nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(500)),
    sa.Column("caller", sa.String(32)),
    sa.Column("listed", sa.String(16)),
    sa.Index("outcomes_request_id", "request_id"),
    sa.Index("outcomes_told_at", "told_at"),
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("kept_at", Moment, nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)
"""Those on which a kept decision rests: Redis forgets them after minutes."""
