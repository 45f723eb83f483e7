"""Auth, for operators: signing keys, keys of client apps, the audit. All of it goes on record."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.contracts.auth import ApiKeyUse, KeyScope
from shared.contracts.model import Answer, Request

By = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""Who asks, by the name that the audit keeps."""


class RotateRequest(Request):
    """Inner: `emergency` drops the active and the retiring keys, and with them their tokens."""

    by: By
    emergency: bool = False


class RotateAnswer(Answer):
    """Key ids by state."""

    active: str
    next: list[str]
    retiring: list[str]


class ApiKeyRequest(Request):
    by: By
    name: By
    scopes: Annotated[list[KeyScope], Field(min_length=1)]
    daily_quota: Annotated[int, Field(ge=1, le=100_000_000)]


class ApiKeyMade(Answer):
    """The one time that the key itself is told."""

    id: str
    key: str


class ApiKeyEnd(Request):
    by: By


class ApiKeyEntry(ApiKeyUse):
    created_at: datetime
    created_by: str
    ended_at: datetime | None = None


class ApiKeysAnswer(Answer):
    api_keys: list[ApiKeyEntry]


class AuditRequest(Request):
    """Reading the audit is itself on record, with who read it."""

    by: By
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class AuditEntry(Answer):
    at: datetime
    event: str
    subject: str | None
    detail: dict[str, str]


class AuditAnswer(Answer):
    """The newest entries first; `intact` says whether the whole chain of hashes holds."""

    intact: bool
    entries: list[AuditEntry]
