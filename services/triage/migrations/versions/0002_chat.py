"""Dialogues, sealed, and the proof that they were erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "triage_0002"
down_revision = "triage_0001"


def upgrade() -> None:
    op.create_table(
        "chat_sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("owner", sa.LargeBinary, nullable=False, comment="a keyed mark, not the owner"),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("successor", sa.String(64)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("consent", postgresql.JSONB, comment="null: the emergency is the legal basis"),
        sa.Column("sealed", sa.LargeBinary, comment="AES-256-GCM; null once it is erased"),
        schema="triage",
    )
    op.create_index("chat_sessions_owner", "chat_sessions", ["owner"], schema="triage")
    op.create_index("chat_sessions_last_at", "chat_sessions", ["last_at"], schema="triage")
    op.create_table(
        "chat_turns",
        sa.Column(
            "session_id",
            sa.String(64),
            sa.ForeignKey("triage.chat_sessions.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.LargeBinary, comment="a keyed mark of the idempotency key"),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="AES-256-GCM"),
        sa.UniqueConstraint("session_id", "key", name="chat_turns_key"),
        schema="triage",
    )
    op.create_table(
        "chat_erasures",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("sessions", sa.Integer, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        schema="triage",
    )
