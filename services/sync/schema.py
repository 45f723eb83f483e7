"""Tables of sync. Only sync writes them; matching reads the view `published_hospitals`."""

import sqlalchemy as sa
from geoalchemy2 import Geography
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(schema="sync")

Moment = sa.DateTime(timezone=True)

dataset = sa.Table(
    "dataset",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.CheckConstraint("id = 1", name="dataset_one_row"),
    sa.CheckConstraint("name IN ('live', 'demo')", name="dataset_name"),
)

hospitals = sa.Table(
    "hospitals",
    metadata,
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
    sa.Index("hospitals_geog", "geog", postgresql_using="gist"),
)

states = sa.Table(
    "states",
    metadata,
    sa.Column("hpid", sa.Text, sa.ForeignKey("sync.hospitals.hpid"), primary_key=True),
    sa.Column("values", JSONB, nullable=False),
    sa.Column("changed", JSONB, nullable=False),
    sa.Column("reported_at", Moment),
    sa.Column("in_beds", sa.Boolean, nullable=False),
    sa.Column("in_severe", sa.Boolean, nullable=False),
    sa.Column("beds_last_seen_at", Moment),
    sa.Column("severe_last_seen_at", Moment),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("hpid", sa.Text, nullable=False),
    sa.Column("severe", sa.Boolean, nullable=False),
    sa.Column("lifted", sa.Boolean, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("department", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("begins_at", Moment),
    sa.Column("until_at", Moment),
    sa.Column("gone_at", Moment),
    sa.Index("messages_hpid", "hpid"),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("good_rows", sa.Integer, nullable=False),
    sa.Column("short_in_a_row", sa.Integer, nullable=False),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("at", Moment, primary_key=True),
    sa.Column("hpid", sa.Text, primary_key=True),
    sa.Column("reported_at", Moment),
    sa.Column("values", JSONB, nullable=False),
    sa.Index("changes_hpid_at", "hpid", "at"),
    postgresql_partition_by="RANGE (at)",
)

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=False),
    sa.Column("received", JSONB, nullable=False),
    sa.Column("written", JSONB, nullable=False),
    sa.Column("failures", JSONB, nullable=False),
    sa.Index("rounds_began_at", "began_at"),
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("calls", sa.Integer, nullable=False),
)

overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("hpid", sa.Text, sa.ForeignKey("sync.hospitals.hpid"), nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("status", sa.Text),
    sa.Column("until_at", Moment),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.CheckConstraint(
        "status IN ('available', 'unavailable', 'unknown')", name="overrides_status"
    ),
    sa.CheckConstraint("(status IS NULL) = (until_at IS NULL)", name="overrides_end"),
    sa.Index("overrides_about", "hpid", "field", "id"),
)
