"""Groups of commands that are imported when one of them is called."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

GROUPS = {
    "eval": ("services.cli.evaluating.commands", "evaluation"),
    "auth": ("services.cli.authorizing", "commands"),
}
"""By the first word: the module, and the name of its group there."""


class Deferring(TyperGroup):
    """The command line with `GROUPS` beside its own commands. (The types of a context and a command
    are typer's private ones.)"""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module, group = GROUPS[cmd_name]
        found = typer.main.get_group(getattr(import_module(module), group))
        found.name = cmd_name
        return found
