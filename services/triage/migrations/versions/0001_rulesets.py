"""Rulesets that were served."""

import sqlalchemy as sa
from alembic import op

revision = "triage_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "rulesets",
        sa.Column(
            "digest", sa.String(64), primary_key=True, comment="SHA-256 over the knowledge files"
        ),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("first_served_at", sa.DateTime(timezone=True), nullable=False),
        schema="triage",
    )
