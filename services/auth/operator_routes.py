"""Inner addresses for operators: signing keys, keys of client apps, the audit."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.auth import api_keys, audit
from services.auth.routes import StateDep
from shared.app import require_service
from shared.contracts.auth import ApiKeyShown, ApiKeyUse
from shared.contracts.auth_operators import (
    ApiKeyEnd,
    ApiKeyMade,
    ApiKeyRequest,
    ApiKeysAnswer,
    AuditAnswer,
    AuditRequest,
    RotateAnswer,
    RotateRequest,
)

router = APIRouter(prefix="/v1", tags=["operators"], dependencies=[Depends(require_service)])
KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


@router.post("/keys/rotate")
async def rotate(body: RotateRequest, state: StateDep) -> RotateAnswer:
    """The next signing key signs."""
    return await state.keyring.rotate(by=body.by, emergency=body.emergency)


@router.post("/api-keys", status_code=201)
async def make(body: ApiKeyRequest, state: StateDep) -> ApiKeyMade:
    """A key for a client app, told once."""
    return await api_keys.make(state.engine, body, datetime.now(UTC))


@router.get("/api-keys")
async def listed(state: StateDep) -> ApiKeysAnswer:
    """Every key, without the key itself."""
    return ApiKeysAnswer(api_keys=await api_keys.entries(state.engine, datetime.now(UTC)))


@router.post("/api-keys/{key_id}/end", status_code=204)
async def end(key_id: KeyId, body: ApiKeyEnd, state: StateDep) -> None:
    """A key is refused from now on."""
    await api_keys.end(state.engine, key_id, body.by, datetime.now(UTC))


@router.post("/api-key-uses")
async def use(body: ApiKeyShown, state: StateDep) -> ApiKeyUse:
    """Count a call of a client app."""
    return await api_keys.use(state.engine, body, datetime.now(UTC))


@router.post("/audit")
async def read_audit(body: AuditRequest, state: StateDep) -> AuditAnswer:
    """The newest entries; that they were read is one of them."""
    await audit.append(state.engine, "staff_read", datetime.now(UTC), detail={"by": body.by})
    return AuditAnswer(
        intact=await audit.is_intact(state.engine),
        entries=await audit.newest(state.engine, body.limit),
    )
