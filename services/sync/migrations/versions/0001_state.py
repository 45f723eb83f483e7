"""The directory, the current state, its history, and the view that sync publishes."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects.postgresql import JSONB

revision = "sync_0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)

VIEW = """
CREATE VIEW sync.published_hospitals AS
SELECT hpid, name, level, address, phone, er_phone, geog,
       ST_X(geog::geometry) AS longitude, ST_Y(geog::geometry) AS latitude, operating
FROM sync.hospitals
"""

GRANT = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'er_matching') THEN
    GRANT USAGE ON SCHEMA sync TO er_matching;
    GRANT SELECT ON sync.published_hospitals TO er_matching;
  END IF;
END
$$
"""


def upgrade() -> None:
    _create_directory()
    _create_state()
    _create_history()
    op.execute(VIEW)
    op.execute(GRANT)


def _create_directory() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.CheckConstraint("id = 1", name="dataset_one_row"),
        sa.CheckConstraint("name IN ('live', 'demo')", name="dataset_name"),
        schema="sync",
    )
    op.create_table(
        "hospitals",
        sa.Column("hpid", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("level", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("er_phone", sa.Text),
        sa.Column("geog", Geography("POINT", 4326, spatial_index=False)),
        sa.Column("operating", sa.Boolean, nullable=False),
        sa.Column("missed", sa.SmallInteger, nullable=False),
        sa.Column("missed_on", sa.Date),
        schema="sync",
    )
    op.create_index("hospitals_geog", "hospitals", ["geog"], schema="sync", postgresql_using="gist")


def _create_state() -> None:
    op.create_table(
        "states",
        sa.Column("hpid", sa.Text, sa.ForeignKey("sync.hospitals.hpid"), primary_key=True),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("changed", JSONB, nullable=False),
        sa.Column("reported_at", MOMENT),
        sa.Column("in_beds", sa.Boolean, nullable=False),
        sa.Column("in_severe", sa.Boolean, nullable=False),
        sa.Column("beds_last_seen_at", MOMENT),
        sa.Column("severe_last_seen_at", MOMENT),
        schema="sync",
    )
    op.create_table(
        "messages",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("hpid", sa.Text, nullable=False),
        sa.Column("severe", sa.Boolean, nullable=False),
        sa.Column("lifted", sa.Boolean, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("department", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("begins_at", MOMENT),
        sa.Column("until_at", MOMENT),
        sa.Column("gone_at", MOMENT),
        schema="sync",
    )
    op.create_index("messages_hpid", "messages", ["hpid"], schema="sync")


def _create_history() -> None:
    op.create_table(
        "marks",
        sa.Column("operation", sa.Text, primary_key=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("good_rows", sa.Integer, nullable=False),
        sa.Column("short_in_a_row", sa.Integer, nullable=False),
        schema="sync",
    )
    op.create_table(
        "changes",
        sa.Column("at", MOMENT, primary_key=True),
        sa.Column("hpid", sa.Text, primary_key=True),
        sa.Column("reported_at", MOMENT),
        sa.Column("values", JSONB, nullable=False),
        schema="sync",
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("changes_hpid_at", "changes", ["hpid", "at"], schema="sync")
    op.create_table(
        "rounds",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("received", JSONB, nullable=False),
        sa.Column("written", JSONB, nullable=False),
        sa.Column("failures", JSONB, nullable=False),
        schema="sync",
    )
    op.create_index("rounds_began_at", "rounds", ["began_at"], schema="sync")
