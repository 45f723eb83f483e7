"""What a stored message means now, by the most careful rule: only a plain severe stop blocks."""

import re
from datetime import datetime
from typing import Literal

from services.sync.domain.records import Note
from shared.contracts.nmc import Kind, catalogue, severe_by_message_code
from shared.contracts.sync import Message

Effect = Literal["blocks", "call", "info"]

# A text that asks for a call or holds for some patients or hours only is no plain refusal.
_QUALIFIED = re.compile(
    r"문의|연락|협의|(?<!불)가능|이상|이하|미만|까지|[주야]간|평일|주말|휴일|시간"
)


def in_force(note: Note, now: datetime) -> bool:
    """It still stands in the source and its own end has not come."""
    return note.gone_at is None and (note.until_at is None or note.until_at > now)


def message(note: Note, now: datetime) -> Message:
    """The message as it is told, with its effect and the fields it is about."""
    fields = _fields(note)
    return Message(
        text=note.text,
        effect=_effect(note, fields, now),
        fields=fields,
        begins=note.begins_at,
        until=note.until_at,
    )


def _effect(note: Note, fields: list[str], now: datetime) -> Effect:
    if note.lifted or (note.begins_at is not None and note.begins_at > now):
        return "info"
    if note.severe and fields and not _QUALIFIED.search(note.text):
        return "blocks"
    return "call"


def _fields(note: Note) -> list[str]:
    code = severe_by_message_code().get(note.code or "")
    return [code] if code and catalogue()[code].kind is Kind.SEVERE else []
