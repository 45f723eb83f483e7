"""`auth`: signing keys, keys of client apps, and the audit, all on record with who asked."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from rich.table import Table

from services.cli.address import running_at
from services.cli.errors import CommandFailed
from services.cli.terminal import tables
from services.cli.viewing import ask_inner
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

console = tables()
commands = typer.Typer(no_args_is_help=True, help="Signing keys, client apps, the audit.")

State = Annotated[Path | None, typer.Option("--state", help="state folder (.er)")]
By = Annotated[str | None, typer.Option(help="who says so (this account)")]


@commands.command()
def rotate(
    emergency: Annotated[
        bool, typer.Option("--emergency", help="drop the active key and its tokens at once")
    ] = False,
    by: By = None,
    state: State = None,
) -> None:
    """Let the next signing key sign; tokens of the retiring one stay good until they end."""
    body = RotateRequest(by=_who(by), emergency=emergency)
    told = RotateAnswer.model_validate_json(_said(state, "POST", "/v1/keys/rotate", body))
    console.print(f"active   {told.active}")
    for name, kids in (("next", told.next), ("retiring", told.retiring)):
        console.print(f"{name:9}{' '.join(kids) or '-'}")


@commands.command("key-add")
def key_add(
    name: Annotated[str, typer.Argument(help="the client app")],
    scope: Annotated[list[str], typer.Option(help="recommendation, hospitals, chat, status, auth")],
    quota: Annotated[int, typer.Option(help="calls a day (of Korea)")],
    by: By = None,
    state: State = None,
) -> None:
    """Make a key for a client app; it is shown this once."""
    try:
        body = ApiKeyRequest.model_validate(
            {"by": _who(by), "name": name, "scopes": scope, "daily_quota": quota}
        )
    except ValidationError as error:
        told = error.errors()[0]
        raise CommandFailed(f"{'.'.join(map(str, told['loc']))}: {told['msg']}") from None
    made = ApiKeyMade.model_validate_json(_said(state, "POST", "/v1/api-keys", body))
    console.print(f"key {made.id} (it is not shown again): {made.key}")


@commands.command("key-list")
def key_list(state: State = None) -> None:
    """Every key that was made, with what it used today."""
    told = ApiKeysAnswer.model_validate_json(_said(state, "GET", "/v1/api-keys", None))
    table = Table("id", "app", "scopes", "used today", "a day", "made by", "ended")
    for key in told.api_keys:
        counts = (str(key.used_today), str(key.daily_quota))
        ended = f"{key.ended_at:%Y-%m-%d}" if key.ended_at else "-"
        table.add_row(key.id, key.name, ", ".join(key.scopes), *counts, key.created_by, ended)
    console.print(table)


@commands.command("key-end")
def key_end(
    key: Annotated[str, typer.Argument(help="its id")], by: By = None, state: State = None
) -> None:
    """Refuse a key from now on."""
    _said(state, "POST", f"/v1/api-keys/{key}/end", ApiKeyEnd(by=_who(by)))
    console.print(f"ended: {key}")


@commands.command("audit")
def read_audit(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, by: By = None, state: State = None
) -> None:
    """The newest entries, and whether the chain of all of them holds. Reading is on record."""
    body = AuditRequest(by=_who(by), limit=limit)
    told = AuditAnswer.model_validate_json(_said(state, "POST", "/v1/audit", body))
    table = Table("at", "event", "about", "detail")
    for entry in told.entries:
        detail = " ".join(f"{name}={value}" for name, value in sorted(entry.detail.items()))
        table.add_row(f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.event, entry.subject or "-", detail)
    console.print(table)
    console.print("the chain holds" if told.intact else "THE CHAIN IS BROKEN: rows were changed")
    if not told.intact:
        raise typer.Exit(1)


def _said(state: Path | None, method: str, path: str, body: BaseModel | None) -> bytes:
    content = None if body is None else body.model_dump_json()
    return ask_inner(running_at(state), "auth", method, path, content=content)


def _who(by: str | None) -> str:
    return by or getpass.getuser()
