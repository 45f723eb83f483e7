"""People and their logins, consents, erasures, the audit, keys of client apps, states of keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "auth_0002"
down_revision = "auth_0001"

MOMENT = sa.DateTime(timezone=True)

REFUSE = """
CREATE FUNCTION auth.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'auth.audit takes additions only';
END
$$
"""

APPEND_ONLY = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON auth.audit
FOR EACH STATEMENT EXECUTE FUNCTION auth.refuse_change()
"""


def upgrade() -> None:
    _signing_keys()
    _people()
    _records()
    _api_keys()
    op.execute(REFUSE)
    op.execute(APPEND_ONLY)


def _signing_keys() -> None:
    op.add_column("signing_keys", sa.Column("changed_at", MOMENT), schema="auth")
    op.execute("UPDATE auth.signing_keys SET changed_at = created_at")
    op.alter_column("signing_keys", "changed_at", nullable=False, schema="auth")
    op.alter_column(
        "signing_keys",
        "private_key",
        nullable=True,
        comment="PEM, encrypted; null: given by file or secret",
        existing_comment="PEM, encrypted",
        schema="auth",
    )


def _user_id() -> sa.Column[object]:
    owner = sa.ForeignKey("auth.users.id", ondelete="CASCADE")
    return sa.Column("user_id", sa.Uuid, owner, nullable=False)


def _people() -> None:
    bound = "AES-GCM, bound to this row"
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.LargeBinary, comment=bound),
        sa.Column("email", sa.LargeBinary, comment=bound),
        sa.Column("created_at", MOMENT, nullable=False),
        schema="auth",
    )
    space = "provider and its kind of subject"
    digest = "keyed digest of the subject"
    op.create_table(
        "identities",
        sa.Column("space", sa.String(32), primary_key=True, comment=space),
        sa.Column("subject", sa.LargeBinary, primary_key=True, comment=digest),
        sa.Column("provider", sa.String(16), nullable=False),
        _user_id(),
        sa.Column("created_at", MOMENT, nullable=False),
        schema="auth",
    )
    op.create_index("identities_user", "identities", ["user_id"], schema="auth")
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _user_id(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('sensitive', 'location', 'external_ai')", name="consents_kind"
        ),
        schema="auth",
    )
    op.create_index("consents_user", "consents", ["user_id", "kind", "id"], schema="auth")


def _records() -> None:
    erased, owner = "keyed digest of who was erased", "whose chats are still to be erased"
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("subject", sa.LargeBinary, nullable=False, comment=erased),
        sa.Column("owner", sa.Text, comment=f"{owner}; null once they are"),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("rows_erased", sa.Integer, nullable=False),
        sa.Column("chats_erased_at", MOMENT),
        sa.CheckConstraint(
            "(owner IS NULL) = (chats_erased_at IS NOT NULL)", name="erasures_owner"
        ),
        schema="auth",
    )
    about, chained = "keyed digest of whom it is about", "SHA-256 over the former hash and the row"
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("subject", sa.LargeBinary, comment=about),
        sa.Column("detail", postgresql.JSONB, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False, comment=chained),
        schema="auth",
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column(
            "digest", sa.LargeBinary, nullable=False, unique=True, comment="SHA-256 of the key"
        ),
        sa.Column("scopes", postgresql.ARRAY(sa.String(32)), nullable=False),
        sa.Column("daily_quota", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("ended_at", MOMENT),
        schema="auth",
    )
    op.create_table(
        "api_key_days",
        sa.Column("key_id", sa.String(32), sa.ForeignKey("auth.api_keys.id"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True, comment="of Korea"),
        sa.Column("used", sa.Integer, nullable=False),
        schema="auth",
    )
