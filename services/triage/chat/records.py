"""Dialogues and turns on their way to what keeps them: serialised, then sealed."""

import json
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from services.triage.chat.dialogue import Dialogue
from services.triage.chat.sealing import Sealer
from services.triage.chat.store import Row, TurnRow
from shared.contracts.chat import TurnAnswer
from shared.contracts.triage import Consent

_DIALOGUE = TypeAdapter(Dialogue)


@dataclass(frozen=True, slots=True)
class Record:
    """A dialogue in clear, with whose it is and how often it moved on."""

    id: str
    owner: bytes
    version: int
    state: Dialogue
    consent: Consent | None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said and answered; `text` is None where a place was told."""

    text: str | None
    answer: TurnAnswer


def seal(record: Record, sealer: Sealer) -> Row:
    """The row of a dialogue."""
    return Row(
        id=record.id,
        owner=record.owner,
        version=record.version,
        last_at=record.state.last_at,
        sealed=sealer.seal(_DIALOGUE.dump_json(record.state), about=f"state:{record.id}"),
        consent=None if record.consent is None else record.consent.model_dump(),
    )


def unseal(row: Row, sealer: Sealer) -> Record:
    """The dialogue of a row; Unsealable where the key is another."""
    plain = sealer.unseal(row.sealed or b"", about=f"state:{row.id}")
    consent = None if row.consent is None else Consent.model_validate(row.consent)
    state = _DIALOGUE.validate_json(plain)
    return Record(row.id, row.owner, row.version, state, consent, row.successor)


def pack(record: Record, sealer: Sealer) -> bytes:
    """One sealed value with everything."""
    row = {
        "owner": record.owner.hex(),
        "version": record.version,
        "consent": None if record.consent is None else record.consent.model_dump(),
        "state": _DIALOGUE.dump_python(record.state, mode="json"),
    }
    return sealer.seal(json.dumps(row).encode(), about=f"copy:{record.id}")


def unpack(packed: bytes, session_id: str, sealer: Sealer) -> Record:
    """The dialogue of a packed value; Unsealable where the key is another."""
    row = json.loads(sealer.unseal(packed, about=f"copy:{session_id}"))
    consent = None if row["consent"] is None else Consent.model_validate(row["consent"])
    state = _DIALOGUE.validate_python(row["state"])
    return Record(session_id, bytes.fromhex(row["owner"]), row["version"], state, consent)


def seal_turn(
    record: Record,
    answer: TurnAnswer,
    text: str | None,
    key: bytes | None,
    now: datetime,
    sealer: Sealer,
) -> TurnRow:
    """The row of a finished turn."""
    content = json.dumps({"text": text, "answer": answer.model_dump(mode="json")})
    about = f"turn:{record.id}:{record.version}"
    return TurnRow(record.version, now, sealer.seal(content.encode(), about=about), key)


def open_turn(row: TurnRow, session_id: str, sealer: Sealer) -> Turn:
    """The turn of a row."""
    about = f"turn:{session_id}:{row.number}"
    content = json.loads(sealer.unseal(row.sealed, about=about))
    return Turn(content["text"], TurnAnswer.model_validate(content["answer"]))
