"""The dialogue's public face: triage holds it, the flow fills in the hospitals."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from services.gateway.callers import Caller
from services.gateway.errors import Conflict, SessionEnded, SessionExpired, SessionNotFound
from services.gateway.flow import EXTRACT_S, MATCH_S, NEEDS_S, WHOLE_S, Flow
from shared.context import Deadline
from shared.contracts.chat import (
    ChatFacts,
    ChatPlace,
    Collected,
    LocateRequest,
    OpenRequest,
    OwnerRequest,
    RefusedHospital,
    SayRequest,
    SessionAnswer,
    SessionRequest,
    SessionView,
    TurnAnswer,
)
from shared.contracts.gateway import ChatAnswer, Recommendation, RecommendationRequest
from shared.contracts.matching import Refusal
from shared.contracts.sync import SearchAnswer, SearchRequest
from shared.contracts.triage import TriageAnswer, TriageRequest
from shared.problems import (
    DeadlineExceeded,
    InvalidRequest,
    ProblemError,
    Unauthenticated,
    Unavailable,
    UpstreamFailed,
)

A = TypeVar("A", bound=BaseModel)

INNER_S = 3.0
DIRECTORY_S = 0.5
REFUSED_WITHIN_KM = 100.0
ENDINGS = ("대학교병원", "대병원", "종합병원", "병원", "의료원", "의원")
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
FAILURES = (Unavailable, UpstreamFailed, DeadlineExceeded)
PASSES = (SessionNotFound, SessionEnded, SessionExpired, Conflict, InvalidRequest)


@dataclass(frozen=True, slots=True)
class Chat:
    """Asks triage for the turn, then the rest of the flow for the list."""

    flow: Flow

    async def open(self, caller: Caller, request: SessionRequest) -> SessionAnswer:
        """A new dialogue for the holder of a token."""
        body = OpenRequest(owner=owner_of(caller), **request.model_dump(exclude_unset=True))
        return await self._ask("POST", "", SessionAnswer, body, Deadline.after(INNER_S))

    async def say(self, caller: Caller, session_id: str, text: str, key: str | None) -> ChatAnswer:
        """One turn. Where it could not be kept, the problem carries the advice to its text."""
        whole = Deadline.after(WHOLE_S)
        body = SayRequest(owner=owner_of(caller), text=text, idempotency_key=key)
        within = whole.step(at_most=EXTRACT_S, keep=NEEDS_S + MATCH_S)
        try:
            turn = await self._ask("POST", f"/{session_id}/messages", TurnAnswer, body, within)
        except FAILURES as problem:
            problem.detail = f"{problem.detail}; in an emergency call 119"
            problem.extra = {**problem.extra, **await self._first_words(text, whole)}
            raise
        return await self._with_list(turn, whole)

    async def locate(self, caller: Caller, session_id: str, place: ChatPlace) -> ChatAnswer:
        """A place for the dialogue."""
        whole = Deadline.after(WHOLE_S)
        body = LocateRequest(owner=owner_of(caller), location=place)
        within = whole.step(at_most=EXTRACT_S, keep=NEEDS_S + MATCH_S)
        turn = await self._ask("PUT", f"/{session_id}/location", TurnAnswer, body, within)
        return await self._with_list(turn, whole)

    async def view(self, caller: Caller, session_id: str) -> SessionView:
        """The dialogue with its transcript."""
        body = OwnerRequest(owner=owner_of(caller))
        within = Deadline.after(INNER_S)
        return await self._ask("POST", f"/{session_id}/view", SessionView, body, within)

    async def end(self, caller: Caller, session_id: str) -> None:
        """End it and erase its texts."""
        await self.flow.peers.triage.send(
            f"/v1/chat/sessions/{session_id}/end",
            OwnerRequest(owner=owner_of(caller)),
            deadline=Deadline.after(INNER_S),
            passes=PASSES,
        )

    async def recommend(self, caller: Caller, request: RecommendationRequest) -> Recommendation:
        """The list for a dialogue at the place of the request."""
        nobody = caller.claims is None and not caller.auth_lost
        if nobody or not _is_id(request.session_id):
            raise SessionNotFound("no session has this id")
        whole = Deadline.after(WHOLE_S)
        body = OwnerRequest(owner=owner_of(caller))
        within = whole.step(at_most=EXTRACT_S, keep=NEEDS_S + MATCH_S)
        turn = await self._ask("POST", f"/{request.session_id}/facts", TurnAnswer, body, within)
        here = ChatPlace(latitude=request.latitude, longitude=request.longitude)
        refused = _refusals(await self._resolved(turn.collected.refused, here))
        known = {refusal.hpid for refusal in request.refused}
        also = [refusal for refusal in refused if refusal.hpid not in known]
        asked = request.model_copy(update={"refused": [*request.refused, *also][:50]})
        return await self.flow.list_for(asked, turn.triage, whole)

    async def _with_list(self, turn: TurnAnswer, whole: Deadline) -> ChatAnswer:
        place = _point(turn.collected)
        if not turn.wants_hospitals or place is None:
            return _answer(turn, turn.collected.refused, None, set())
        refused = await self._resolved(turn.collected.refused, place)
        request = RecommendationRequest(
            latitude=place.latitude,
            longitude=place.longitude,
            session_id=turn.session_id,
            refused=_refusals(refused),
            consent=turn.consent,
        )
        try:
            found = await self.flow.list_for(request, turn.triage, whole)
        except ProblemError:
            # The advice is out already; the list follows with the next turn.
            return _answer(turn, refused, None, {"matching"})
        return _answer(turn, refused, found, set())

    async def _resolved(
        self, refused: Sequence[RefusedHospital], place: ChatPlace
    ) -> list[RefusedHospital]:
        found = await asyncio.gather(*(self._hpid(one.name, place) for one in refused))
        return [
            RefusedHospital(name=one.name, hpid=hpid)
            for one, hpid in zip(refused, found, strict=True)
        ]

    async def _hpid(self, name: str, place: ChatPlace) -> str | None:
        """The one hospital around that bears the name; None where none or several do."""
        for query in _spellings(name):
            request = SearchRequest(
                latitude=place.latitude,
                longitude=place.longitude,
                radius_km=REFUSED_WITHIN_KM,
                query=query,
                limit=2,
            )
            try:
                found = await self.flow.peers.sync.call(
                    "POST",
                    "/v1/hospitals/search",
                    SearchAnswer,
                    body=request,
                    deadline=Deadline.after(DIRECTORY_S),
                )
            except ProblemError:
                return None
            named = [h for h in found.hospitals if query in h.name.replace(" ", "")]
            if len(named) == 1 and found.total == len(found.hospitals):
                return named[0].hpid
        return None

    async def _first_words(self, text: str, whole: Deadline) -> dict[str, object]:
        try:
            answer = await self.flow.peers.triage.call(
                "POST",
                "/v1/extract",
                TriageAnswer,
                body=TriageRequest(text=text),
                deadline=whole.step(at_most=1.0),
            )
        except ProblemError:
            return {}
        return {"advice": answer.advice.model_dump()}

    async def _ask(
        self, method: str, path: str, answer: type[A], body: BaseModel, deadline: Deadline
    ) -> A:
        return await self.flow.peers.triage.call(
            method,
            f"/v1/chat/sessions{path}",
            answer,
            body=body,
            deadline=deadline,
            passes=PASSES,
        )


def owner_of(caller: Caller) -> str:
    """Whose dialogues a caller may see: the subject of the token."""
    if caller.claims is not None:
        return caller.claims.subject
    if caller.auth_lost:
        raise Unavailable("tokens cannot be verified now; in an emergency call 119")
    raise Unauthenticated("a dialogue needs the token of a guest or a user")


def _answer(
    turn: TurnAnswer,
    refused: Sequence[RefusedHospital],
    found: Recommendation | None,
    lost: set[str],
) -> ChatAnswer:
    facts = turn.model_dump(include=set(ChatFacts.model_fields))
    facts["collected"] = turn.collected.model_copy(update={"refused": list(refused)})
    of_list = found.degraded if found is not None else []
    facts["degraded"] = sorted({*turn.degraded, *lost, *of_list})
    return ChatAnswer(**facts, recommendation=found)


def _refusals(refused: Sequence[RefusedHospital]) -> list[Refusal]:
    hpids = dict.fromkeys(one.hpid for one in refused if one.hpid is not None)
    return [Refusal(hpid=hpid) for hpid in hpids]


def _is_id(session_id: str | None) -> bool:
    return _ID.fullmatch(session_id or "") is not None


def _point(collected: Collected) -> ChatPlace | None:
    place = collected.location
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return ChatPlace(latitude=place.latitude, longitude=place.longitude)


def _spellings(name: str) -> list[str]:
    """The name as it was said, then without what people add or leave out at its end."""
    said = name.replace(" ", "")
    shorter = [said.removesuffix(ending) for ending in ENDINGS if said.endswith(ending)]
    return list(dict.fromkeys([said, *[stem for stem in shorter[:1] if len(stem) > 1]]))
