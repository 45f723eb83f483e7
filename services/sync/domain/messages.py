"""What stored messages and limits mean now, as they are told to everybody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.sync.domain import restrictions
from services.sync.domain.normalise import KST
from services.sync.domain.records import Note
from services.sync.domain.restrictions import Restriction
from services.sync.domain.restrictions_fields import Topic
from shared.contracts.nmc import Kind, Status, catalogue, read_status, severe_by_message_code
from shared.contracts.sync import Message

LIMITED = ("MKioskTy10", "MKioskTy12", "MKioskTy14", "MKioskTy15", "MKioskTy27")
"""Acceptances of the severe operation that carry a text of ages or weights."""

SOMETIME = datetime(2026, 1, 1, tzinfo=KST)
"""The severe operation tells no time; its texts are read as standing ones."""


def in_force(note: Note, now: datetime) -> bool:
    """It still stands in the source and its own end has not come."""
    return note.gone_at is None and (note.until_at is None or note.until_at > now)


def told(note: Note, now: datetime) -> list[Message]:
    """A message with what it restricts, once for each of its statements."""
    return [_message(note, one, now) for one in restrictions_of(note, now)]


def restrictions_of(note: Note, now: datetime) -> list[Restriction]:
    """What a message says; what is lifted or has not begun only informs."""
    begins = note.begins_at or now
    topic = Topic(_severe_field(note), note.department, begins.astimezone(KST))
    found = restrictions.read(note.text, topic)
    if note.lifted or begins > now:
        return [Restriction("info", _named(found))]
    return list(found)


def limits(values: Mapping[str, str]) -> list[Message]:
    """The age and weight texts of the severe acceptances, where these are not a no already."""
    found = []
    for code in LIMITED:
        text = values.get(f"{code}Msg", "")
        flag = read_status(Kind.SEVERE, values.get(code))
        if not any(letter.isalnum() for letter in text) or flag is Status.UNAVAILABLE:
            continue
        topic = Topic(code, None, SOMETIME, bare_limits=True)
        read = (one for one in restrictions.read(text, topic) if one.effect != "info")
        found += [_limit(text, one, code) for one in read]
    return found


def _severe_field(note: Note) -> str | None:
    code = severe_by_message_code().get(note.code or "")
    return code if code and catalogue()[code].kind is Kind.SEVERE else None


def _named(found: Sequence[Restriction]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for one in found for field in one.fields))


def _message(note: Note, one: Restriction, now: datetime) -> Message:
    over = one.until is not None and one.until <= now
    return Message(
        text=note.text,
        effect="info" if over else one.effect,
        fields=list(one.fields),
        care=list(one.care),
        begins=note.begins_at,
        until=note.until_at
        if over
        else min(filter(None, (note.until_at, one.until)), default=None),
        department=note.department,
        audiences=list(one.audiences),
        hours=one.hours,
        days=list(one.days),
        whole_days=list(one.whole_days),
        accepts_until=one.accepts_until,
    )


def _limit(text: str, one: Restriction, code: str) -> Message:
    return Message(
        text=text,
        effect=one.effect,
        fields=[code],
        audiences=list(one.audiences),
        hours=one.hours,
        days=list(one.days),
        whole_days=list(one.whole_days),
    )
