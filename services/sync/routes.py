"""Inner addresses of sync."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.sync import answers, queries, store
from services.sync.coordinator import RoundFailed
from services.sync.domain.normalise import HPID
from services.sync.domain.records import Picture
from services.sync.errors import HospitalNotFound, half_a_place, source_problem
from services.sync.state import Service
from shared.app import require_service
from shared.context import language
from shared.contracts.sync import (
    HistoryAnswer,
    HospitalDetail,
    RefreshAnswer,
    RoundsAnswer,
    SearchAnswer,
    SearchRequest,
    StateAnswer,
)

router = APIRouter(prefix="/v1", tags=["sync"], dependencies=[Depends(require_service)])


async def service_of(request: Request) -> Service:
    service: Service = request.state.sync
    return service


ServiceDep = Annotated[Service, Depends(service_of)]


@router.post("/refresh")
async def refresh(service: ServiceDep) -> RefreshAnswer:
    """One round now; answered when its snapshot is published."""
    try:
        return await service.coordinator.refresh()
    except RoundFailed as error:
        raise source_problem(error.failure) from error


@router.get("/state")
async def state(service: ServiceDep) -> StateAnswer:
    """How the synchronisation stands."""
    return service.coordinator.state()


@router.get("/rounds")
async def past_rounds(
    service: ServiceDep, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> RoundsAnswer:
    """The latest rounds, newest first."""
    found = await queries.rounds(service.engine, limit)
    return RoundsAnswer(rounds=answers.rounds(found))


@router.post("/hospitals/search")
async def search(request: SearchRequest, service: ServiceDep) -> SearchAnswer:
    """A circle, a name, or both; nearest first, or by name without a place."""
    if (request.latitude is None) is not (request.longitude is None):
        raise half_a_place(request)
    total, found = await queries.search(service.engine, request)
    picture = await store.load(service.engine, of=[one.hospital.hpid for one in found])
    return SearchAnswer(
        data_as_of=service.coordinator.data_as_of(),
        simulated=service.simulated,
        total=total,
        hospitals=answers.hospitals(found, picture, datetime.now(UTC)),
    )


@router.get("/hospitals/{hpid}")
async def hospital(hpid: str, service: ServiceDep) -> HospitalDetail:
    """One hospital with everything that it reports."""
    picture = await _picture_of(service, hpid)
    return answers.detail(hpid, picture, datetime.now(UTC), language())


@router.get("/hospitals/{hpid}/history")
async def history(
    hpid: str, service: ServiceDep, hours: Annotated[int, Query(ge=1, le=168)] = 24
) -> HistoryAnswer:
    """Changes of one hospital's values, oldest first."""
    await _picture_of(service, hpid)
    since = datetime.now(UTC) - timedelta(hours=hours)
    changes = await queries.history(service.engine, hpid, since)
    return HistoryAnswer(hpid=hpid, points=answers.points(changes))


async def _picture_of(service: Service, hpid: str) -> Picture:
    if HPID.fullmatch(hpid):
        picture = await store.load(service.engine, of=[hpid])
        if hpid in picture.hospitals:
            return picture
    raise HospitalNotFound("no hospital has this hpid")
