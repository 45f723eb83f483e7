"""The commands of `./er eval`, one for each kind of labelled file."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.evaluating import acuity, dialogues, grave, messages, needs

evaluation = typer.Typer(no_args_is_help=True, help="Score the rules on labelled files.")


@evaluation.command("messages")
def evaluate_messages(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
) -> None:
    """How hospitals' restriction messages are read; needs no running system."""
    messages.evaluate(file, out)


@evaluation.command("dialogues")
def evaluate_dialogues(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    state: Annotated[Path | None, typer.Option("--state", help="state folder (.er)")] = None,
) -> None:
    """Whole dialogues with the running system: final fields, what was lost or asked twice."""
    dialogues.evaluate(file, out, state)


@evaluation.command("acuity")
def evaluate_acuity(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    state: Annotated[Path | None, typer.Option(help="state folder of the running system")] = None,
) -> None:
    """Urgency and needed resources of the running system, with the limits off for speed."""
    acuity.evaluate(file, out, state)


@evaluation.command("needs")
def evaluate_needs(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    state: Annotated[Path | None, typer.Option(help="state folder of the running system")] = None,
) -> None:
    """The plans of the running system for coded facts."""
    needs.evaluate(file, out, state)


@evaluation.command("grave")
def evaluate_grave(
    file: Annotated[Path, typer.Argument(help="sentences and forms: tests/eval/dev/grave.yaml")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    state: Annotated[Path | None, typer.Option(help="state folder of the running system")] = None,
) -> None:
    """Under-triage of grave sentences in many forms."""
    grave.evaluate(file, out, state)
