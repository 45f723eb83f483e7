"""Decisions and their outcomes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "matching_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot", sa.String(64), nullable=False),
        sa.Column("ruleset", sa.String(32), nullable=False),
        sa.Column("longitude", sa.Numeric(6, 3), nullable=False),
        sa.Column("latitude", sa.Numeric(5, 3), nullable=False),
        sa.Column(
            "inputs",
            postgresql.JSONB,
            nullable=False,
            comment="needs, policy, level; nobody's identity",
        ),
        sa.Column(
            "ranking", postgresql.JSONB, nullable=False, comment="hpid, tier, score in order"
        ),
        schema="matching",
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column(
            "request_id",
            sa.String(32),
            sa.ForeignKey("matching.decisions.request_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hpid", sa.String(8), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(500)),
        schema="matching",
    )
    op.create_index("outcomes_request_id", "outcomes", ["request_id"], schema="matching")
