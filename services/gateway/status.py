"""The system in one look, asked of the services that know."""

import asyncio
from datetime import UTC, datetime
from typing import Literal, TypeVar

from pydantic import BaseModel

from services.gateway.clients import Peers
from shared.context import Deadline
from shared.contracts.gateway import StatusAnswer, SyncStatus
from shared.contracts.sync import StateAnswer
from shared.contracts.triage import EnginesAnswer
from shared.peer import Peer
from shared.problems import ProblemError

A = TypeVar("A", bound=BaseModel)

ASK_S = 1.0
MODELS = {"gpu": "gpu", "cpu": "cpu_model"}
AWAY = frozenset({"cooling", "down"})


async def status(peers: Peers, *, simulated: bool, lost: set[str]) -> StatusAnswer:
    """`lost` are parts that the gateway itself knows to be away."""
    state, engines = await asyncio.gather(
        _asked(peers.sync, "/v1/state", StateAnswer),
        _asked(peers.triage, "/v1/engines", EnginesAnswer),
    )
    degraded = set(lost)
    if state is None or state.consecutive_failures > 0:
        degraded.add("sync")
    degraded |= set(state.lost if state else [])
    degraded |= _lost_engines(engines)
    as_of = state.data_as_of if state else None
    return StatusAnswer(
        status=_word(state, engines, degraded),
        simulated=simulated,
        data_as_of=as_of,
        data_age_s=None
        if as_of is None
        else max(0, int((datetime.now(UTC) - as_of).total_seconds())),
        sync=None if state is None else SyncStatus.model_validate(state.model_dump()),
        engines=engines.engines if engines else [],
        degraded=sorted(degraded),
    )


def _lost_engines(engines: EnginesAnswer | None) -> set[str]:
    """Models whose word would be in the answers and is not; one in shadow is missed by nobody."""
    return {
        MODELS[engine.name]
        for engine in (engines.engines if engines else [])
        if engine.name in MODELS and engine.role == "merge" and engine.state in AWAY
    }


def _word(
    state: StateAnswer | None, engines: EnginesAnswer | None, degraded: set[str]
) -> Literal["ok", "degraded", "down"]:
    if engines is None or (state is not None and state.hospitals == 0):
        return "down"
    return "degraded" if degraded else "ok"


async def _asked(peer: Peer, path: str, answer: type[A]) -> A | None:
    try:
        return await peer.call("GET", path, answer, deadline=Deadline.after(ASK_S))
    except ProblemError:
        return None
