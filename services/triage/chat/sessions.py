"""Sessions: whose a dialogue is, one turn after the other, each kept before it is answered."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from services.triage.chat import records, store, telling
from services.triage.chat.book import Book
from services.triage.chat.dialogue import (
    Event,
    Located,
    Place,
    Reply,
    Said,
    begun,
    is_over_time,
)
from services.triage.chat.errors import Conflict, SessionEnded, SessionExpired, SessionNotFound
from services.triage.chat.memory import Memory
from services.triage.chat.records import Record
from services.triage.chat.reducer import reduce, resumed
from services.triage.chat.sealing import Sealer, Unsealable
from shared.context import Language
from shared.contracts.chat import (
    ChatPlace,
    ErasedAnswer,
    SessionAnswer,
    SessionView,
    TranscriptEntry,
    TurnAnswer,
)
from shared.contracts.triage import Consent
from shared.problems import Unavailable

ATTEMPTS = 6
HELLO: tuple[Reply, ...] = (Reply("reply", "hello"),)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when by the server's clock, and in which language."""

    owner: str
    now: datetime
    language: Language


class Sessions:
    """PostgreSQL holds the truth and Redis a copy of it. Turns of one session follow each other:
    here by a lock, between replicas by the version of the row."""

    def __init__(self, engine: AsyncEngine, memory: Memory, sealer: Sealer, book: Book) -> None:
        self._engine, self._memory, self._sealer, self._book = engine, memory, sealer, book
        self._at_once = store.at_once(engine)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(
        self, asking: Asking, place: ChatPlace | None, consent: Consent | None
    ) -> SessionAnswer:
        """A new dialogue with its first question."""
        state = begun(asking.now, None if place is None else _place(place))
        record = Record(_new_id(), self._owner(asking), 0, state, consent)
        answer = self._told(record, HELLO, asking)
        await self._add(record, answer, asking)
        return SessionAnswer(
            session_id=record.id,
            state=answer.state,
            message=answer.message,
            expires_at=answer.expires_at,
        )

    async def say(self, session_id: str, asking: Asking, text: str, key: str | None) -> TurnAnswer:
        """The answer to a text; under a key that was used before, the answer of that time."""
        return await self._turn(session_id, asking, Said(text), text=text, key=key)

    async def locate(self, session_id: str, asking: Asking, place: ChatPlace) -> TurnAnswer:
        """The answer to a place."""
        return await self._turn(session_id, asking, Located(_place(place)), text=None, key=None)

    async def facts(self, session_id: str, asking: Asking) -> TurnAnswer:
        """What is known now, without a turn; also of a dialogue that expired."""
        record = await self._stored(session_id, asking)
        return self._told(record, (), asking)

    async def view(self, session_id: str, asking: Asking) -> SessionView:
        """The dialogue with its transcript."""
        record = await self._stored(session_id, asking)
        rows = await store.turns(self._at_once, session_id)
        entries: list[TranscriptEntry] = []
        for row in rows:
            kept = records.open_turn(row, session_id, self._sealer)
            if kept.text is not None:
                entries.append(TranscriptEntry(role="user", text=kept.text, at=row.at))
            entries.append(TranscriptEntry(role="assistant", text=kept.answer.message, at=row.at))
        return SessionView(
            session_id=session_id,
            state=telling.phase_at(record.state, asking.now, self._book),
            collected=telling.collected(record.state),
            transcript=entries,
            expires_at=telling.expires_at(record.state, self._book),
        )

    async def leave(self, session_id: str, asking: Asking) -> None:
        """End it and erase what was said; a second time changes nothing."""
        row = await store.load(self._at_once, session_id)
        if row is None or row.owner != self._owner(asking):
            raise SessionNotFound("no session has this id")
        await store.end(self._engine, session_id, asking.now)
        await self._memory.drop(self._sealer.mark("session", session_id))

    async def erase_owner(self, owner: str, now: datetime) -> ErasedAnswer:
        """Erase all dialogues of an owner."""
        mark = self._sealer.mark("owner", owner)
        ids, turns, proof = await store.erase_owner(self._engine, mark, now)
        await self._memory.drop(*[self._sealer.mark("session", one) for one in ids])
        return ErasedAnswer(sessions=len(ids), turns=turns, proof=proof)

    @property
    def lost(self) -> list[str]:
        """Parts that were tried and failed, by the contract's names."""
        return ["redis"] if self._memory.lost else []

    async def _turn(
        self, session_id: str, asking: Asking, event: Event, *, text: str | None, key: str | None
    ) -> TurnAnswer:
        mark = None if key is None else self._sealer.mark("key", session_id, key)
        lock = self._locks.setdefault(session_id, asyncio.Lock())
        async with lock:
            record = await self._remembered(session_id, asking)
            for _ in range(ATTEMPTS):
                # What Redis holds may be older than what another replica wrote, and a key that
                # was used before is refused by the write: both are looked up when they matter.
                if record is None or self._is_over(record, asking):
                    kept = await self._repeated(session_id, asking, mark, text)
                    if kept is not None:
                        return kept
                    record = await self._stored(session_id, asking)
                if self._is_over(record, asking):
                    raise SessionExpired(await self._successor(record, asking))
                answer = await self._moved_on(record, asking, event, text, mark)
                if answer is not None:
                    return answer
                record = None
        raise Unavailable("this session is busy; try again")

    async def _moved_on(
        self, record: Record, asking: Asking, event: Event, text: str | None, key: bytes | None
    ) -> TurnAnswer | None:
        """The answer, kept; None where the record was not the newest or the key was used."""
        state, replies = reduce(record.state, event, asking.now, book=self._book)
        after = replace(record, version=record.version + 1, state=state)
        answer = self._told(after, replies, asking)
        turn = records.seal_turn(after, answer, text, key, asking.now, self._sealer)
        if not await store.advance(self._at_once, records.seal(after, self._sealer), turn):
            return None
        await self._remember(after)
        return answer.model_copy(update={"degraded": self.lost})

    def _is_over(self, record: Record, asking: Asking) -> bool:
        return is_over_time(record.state, asking.now, self._book.time_out)

    async def _repeated(
        self, session_id: str, asking: Asking, mark: bytes | None, text: str | None
    ) -> TurnAnswer | None:
        """The kept answer of a turn that was sent under this key before."""
        if mark is None:
            return None
        row = await store.turn_of_key(self._at_once, session_id, mark)
        if row is None:
            return None
        await self._stored(session_id, asking)
        kept = records.open_turn(row, session_id, self._sealer)
        if kept.text != text:
            raise Conflict("this Idempotency-Key was used for another message")
        return kept.answer

    async def _successor(self, record: Record, asking: Asking) -> str:
        """The session that goes on with the facts; the same one however often it is asked for."""
        if record.successor is not None:
            return record.successor
        state, replies = resumed(record.state, asking.now, book=self._book)
        fresh = Record(_new_id(), record.owner, 0, state, record.consent)
        answer = self._told(fresh, replies, asking)
        if await self._add(fresh, answer, asking, succeeds=record.id):
            return fresh.id
        again = await self._stored(record.id, asking)
        if again.successor is None:
            raise SessionNotFound("no session has this id")
        return again.successor

    async def _add(
        self, record: Record, answer: TurnAnswer, asking: Asking, *, succeeds: str | None = None
    ) -> bool:
        turn = records.seal_turn(record, answer, None, None, asking.now, self._sealer)
        row = records.seal(record, self._sealer)
        added = await store.add(self._engine, row, turn, succeeds=succeeds)
        if added:
            await self._remember(record)
        return added

    async def _remember(self, record: Record) -> None:
        mark = self._sealer.mark("session", record.id)
        await self._memory.put(mark, records.pack(record, self._sealer))

    async def _remembered(self, session_id: str, asking: Asking) -> Record | None:
        """The copy in Redis, where there is one that is readable and the caller's."""
        packed = await self._memory.get(self._sealer.mark("session", session_id))
        if packed is None:
            return None
        try:
            record = records.unpack(packed, session_id, self._sealer)
        except Unsealable:
            return None
        return record if record.owner == self._owner(asking) else None

    async def _stored(self, session_id: str, asking: Asking) -> Record:
        row = await store.load(self._at_once, session_id)
        if row is None or row.owner != self._owner(asking):
            raise SessionNotFound("no session has this id")
        if row.sealed is None:
            raise SessionEnded("this session was ended and its texts were erased")
        try:
            return records.unseal(row, self._sealer)
        except Unsealable as error:
            raise Unavailable("this session cannot be opened with the present key") from error

    def _told(self, record: Record, replies: Sequence[Reply], asking: Asking) -> TurnAnswer:
        return telling.turn(
            record.id,
            record.state,
            replies,
            consent=record.consent,
            book=self._book,
            language=asking.language,
        )

    def _owner(self, asking: Asking) -> bytes:
        return self._sealer.mark("owner", asking.owner)


def _place(place: ChatPlace) -> Place:
    return Place(place.latitude, place.longitude, place.text, measured=True)


def _new_id() -> str:
    return secrets.token_urlsafe(18)
