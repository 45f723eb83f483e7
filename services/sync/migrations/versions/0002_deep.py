"""Calls of each quota day, and the audit of operators' overrides."""

import sqlalchemy as sa
from alembic import op

revision = "sync_0002"
down_revision = "sync_0001"

MOMENT = sa.DateTime(timezone=True)

REFUSE = """
CREATE FUNCTION sync.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'sync.overrides is an audit: rows are added and never changed';
END
$$
"""

APPEND_ONLY = """
CREATE TRIGGER overrides_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sync.overrides
FOR EACH STATEMENT EXECUTE FUNCTION sync.refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("calls", sa.Integer, nullable=False),
        schema="sync",
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("hpid", sa.Text, sa.ForeignKey("sync.hospitals.hpid"), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("until_at", MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "status IN ('available', 'unavailable', 'unknown')", name="overrides_status"
        ),
        sa.CheckConstraint("(status IS NULL) = (until_at IS NULL)", name="overrides_end"),
        schema="sync",
    )
    op.create_index("overrides_about", "overrides", ["hpid", "field", "id"], schema="sync")
    op.execute(REFUSE)
    op.execute(APPEND_ONLY)
