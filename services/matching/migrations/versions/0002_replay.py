"""Decisions that can be made again, and forget their place; outcomes that outlive them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "matching_0002"
down_revision = "matching_0001"

FOREIGN_KEY = "outcomes_request_id_fkey"


def upgrade() -> None:
    op.create_table(
        "snapshots",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        schema="matching",
    )
    for name in ("longitude", "latitude"):
        op.alter_column("decisions", name, nullable=True, schema="matching")
    op.add_column(
        "decisions",
        sa.Column(
            "reach", postgresql.JSONB, comment="metres and seconds to every candidate, by hpid"
        ),
        schema="matching",
    )
    op.add_column(
        "decisions",
        sa.Column("holds", postgresql.JSONB, nullable=False, server_default="{}"),
        schema="matching",
    )
    op.add_column(
        "decisions",
        sa.Column("rules", sa.String(32), nullable=False, server_default=""),
        schema="matching",
    )
    op.create_index("decisions_decided_at", "decisions", ["decided_at"], schema="matching")
    op.create_index(
        "decisions_with_place",
        "decisions",
        ["decided_at"],
        schema="matching",
        postgresql_where=sa.text("longitude IS NOT NULL"),
    )
    op.drop_constraint(FOREIGN_KEY, "outcomes", schema="matching", type_="foreignkey")
    op.alter_column("outcomes", "request_id", nullable=True, schema="matching")
    op.create_foreign_key(
        FOREIGN_KEY,
        "outcomes",
        "decisions",
        ["request_id"],
        ["request_id"],
        source_schema="matching",
        referent_schema="matching",
        ondelete="SET NULL",
    )
    op.add_column("outcomes", sa.Column("caller", sa.String(32)), schema="matching")
    op.add_column("outcomes", sa.Column("listed", sa.String(16)), schema="matching")
    op.create_index("outcomes_told_at", "outcomes", ["told_at"], schema="matching")
