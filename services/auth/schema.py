"""Tables of auth. Of people: as little as will do, what can be read back encrypted."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(schema="auth")
MOMENT = DateTime(timezone=True)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("private_key", LargeBinary, comment="PEM, encrypted; null: given by file or secret"),
    Column("public_jwk", JSONB, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    CheckConstraint("state IN ('next', 'active', 'retiring')", name="signing_keys_state"),
)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", LargeBinary, comment="AES-GCM, bound to this row"),
    Column("email", LargeBinary, comment="AES-GCM, bound to this row"),
    Column("created_at", MOMENT, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("space", String(32), primary_key=True, comment="provider and its kind of subject"),
    Column("subject", LargeBinary, primary_key=True, comment="keyed digest of the subject"),
    Column("provider", String(16), nullable=False),
    Column("user_id", ForeignKey("auth.users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Index("identities_user", "user_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", ForeignKey("auth.users.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("version", String(32), nullable=False),
    Column("at", MOMENT, nullable=False),
    CheckConstraint("kind IN ('sensitive', 'location', 'external_ai')", name="consents_kind"),
    Index("consents_user", "user_id", "kind", "id"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subject", LargeBinary, nullable=False, comment="keyed digest of who was erased"),
    Column("owner", Text, comment="whose chats are still to be erased; null once they are"),
    Column("erased_at", MOMENT, nullable=False),
    Column("rows_erased", Integer, nullable=False),
    Column("chats_erased_at", MOMENT),
    CheckConstraint("(owner IS NULL) = (chats_erased_at IS NOT NULL)", name="erasures_owner"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", MOMENT, nullable=False),
    Column("event", String(32), nullable=False),
    Column("subject", LargeBinary, comment="keyed digest of whom it is about"),
    Column("detail", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256 over the former hash and the row"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the key"),
    Column("scopes", ARRAY(String(32)), nullable=False),
    Column("daily_quota", Integer, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("ended_at", MOMENT),
)

api_key_days = Table(
    "api_key_days",
    metadata,
    Column("key_id", ForeignKey("auth.api_keys.id"), primary_key=True),
    Column("day", Date, primary_key=True, comment="of Korea"),
    Column("used", Integer, nullable=False),
)
