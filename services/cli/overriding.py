"""`override`: an operator's word in the place of the feed's, on record."""

import getpass
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from pydantic import BaseModel, ValidationError
from rich.table import Table

from services.cli.address import Address, running_at
from services.cli.errors import CommandFailed
from services.cli.terminal import tables
from services.cli.viewing import ask_inner
from shared.contracts.nmc import Status
from shared.contracts.overrides import (
    OverrideEnd,
    OverrideEntry,
    OverrideRequest,
    OverridesAnswer,
)

KST = timezone(timedelta(hours=9))
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
console = tables()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stood on the command line."""

    hpid: str | None
    field: str | None
    status: str | None
    until: str | None
    reason: str | None
    end: int | None
    by: str | None
    audit: bool


def override(wanted: Wanted, state: Path | None) -> None:
    """Make one, end one, or show them."""
    address = running_at(state)
    if wanted.end is not None:
        path = f"/v1/overrides/{wanted.end}/end"
        ended = _said(address, path, _end(wanted))
        console.print(f"ended: the feed speaks again of {ended.field} of {ended.hpid}")
    elif any((wanted.hpid, wanted.field, wanted.status, wanted.until)):
        made = _said(address, "/v1/overrides", _request(wanted, datetime.now(UTC)))
        console.print(
            f"override {made.id}: {made.field} of {made.hpid} is {made.status}"
            f" until {_moment(made.until)} (Korea)"
        )
    else:
        _show(address, audit=wanted.audit)


def until(text: str, now: datetime) -> datetime:
    """`+90m`, `+6h`, `+2d` from now, or a time as ISO 8601, Korean where it has no zone."""
    if ahead := re.fullmatch(r"\+(\d{1,4})([mhd])", text):
        return now + timedelta(**{UNITS[ahead[2]]: int(ahead[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandFailed(f"--until: {text} is no time (+6h, 2026-11-23T18:00)") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=KST)


def _request(wanted: Wanted, now: datetime) -> OverrideRequest:
    missing = [
        f"--{name}"
        for name in ("hpid", "field", "status", "until", "reason")
        if getattr(wanted, name) is None
    ]
    if missing:
        raise CommandFailed(f"an override needs {', '.join(missing)} too")
    if wanted.status not in list(Status):
        raise CommandFailed(f"--status: one of {', '.join(Status)}")
    try:
        return OverrideRequest(
            hpid=wanted.hpid or "",
            field=wanted.field or "",
            status=Status(wanted.status),
            until=until(wanted.until or "", now),
            reason=wanted.reason or "",
            by=_who(wanted),
        )
    except ValidationError as error:
        raise _unfit(error) from None


def _end(wanted: Wanted) -> OverrideEnd:
    try:
        return OverrideEnd(reason=wanted.reason or "", by=_who(wanted))
    except ValidationError as error:
        raise _unfit(error) from None


def _unfit(error: ValidationError) -> CommandFailed:
    told = error.errors()[0]
    return CommandFailed(f"--{told['loc'][0]}: {told['msg']}")


def _who(wanted: Wanted) -> str:
    return wanted.by or getpass.getuser()


def _said(address: Address, path: str, body: BaseModel) -> OverrideEntry:
    return OverrideEntry.model_validate_json(
        ask_inner(address, "sync", "POST", path, content=body.model_dump_json())
    )


def _show(address: Address, *, audit: bool) -> None:
    path = "/v1/overrides" + ("?ended=true" if audit else "")
    told = OverridesAnswer.model_validate_json(ask_inner(address, "sync", "GET", path))
    table = Table("nr", "hospital", "field", "status", "until", "by", "at", "reason", "in force")
    for entry in told.overrides:
        table.add_row(
            str(entry.id),
            entry.hpid,
            entry.field,
            entry.status or "ended",
            _moment(entry.until),
            entry.by,
            _moment(entry.at),
            entry.reason,
            "yes" if entry.in_force else "-",
        )
    console.print(table)


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(KST):%m-%d %H:%M}" if at else "-"
