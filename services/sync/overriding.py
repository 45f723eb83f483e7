"""Inner addresses of operators' overrides."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.sync import overrides, store
from services.sync.domain.records import Override
from services.sync.errors import HospitalNotFound, OverrideNotInForce, wrong_override
from services.sync.routes import ServiceDep
from services.sync.state import Service
from shared.app import require_service
from shared.contracts.overrides import OverrideEnd, OverrideEntry, OverrideRequest, OverridesAnswer

router = APIRouter(
    prefix="/v1/overrides", tags=["overrides"], dependencies=[Depends(require_service)]
)


@router.post("", status_code=201)
async def make(request: OverrideRequest, service: ServiceDep) -> OverrideEntry:
    """Let an operator's word stand in the place of the feed's; answered when readers are told."""
    now = datetime.now(UTC)
    if wrong := overrides.fault(request, now):
        raise wrong_override(*wrong)
    picture = await store.load(service.engine, of=[request.hpid])
    if request.hpid not in picture.hospitals:
        raise HospitalNotFound("no hospital has this hpid")
    return await _told(service, await overrides.add(service.engine, request, now))


@router.get("")
async def past(
    service: ServiceDep,
    ended: Annotated[bool, Query(description="the whole audit, the latest first")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> OverridesAnswer:
    """What operators say now, or all that they ever said."""
    current = await overrides.in_force(service.engine, datetime.now(UTC))
    words = await overrides.audit(service.engine, limit=limit) if ended else current[:limit]
    return OverridesAnswer(overrides=overrides.entries(words, current))


@router.post("/{number}/end")
async def end(
    number: Annotated[int, Path(ge=1, le=2**62)], how: OverrideEnd, service: ServiceDep
) -> OverrideEntry:
    """Let the feed speak again."""
    word = await overrides.end(service.engine, number, how, datetime.now(UTC))
    if word is None:
        raise OverrideNotInForce("no override in force has this number")
    return await _told(service, word)


async def _told(service: Service, word: Override) -> OverrideEntry:
    await service.coordinator.republish()
    current = [word] if word.holds(datetime.now(UTC)) else []
    return overrides.entries([word], current)[0]
