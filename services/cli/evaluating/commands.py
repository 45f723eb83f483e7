"""The commands of `./er eval`, one for each kind of labelled file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.evaluating import (
    ablation,
    acuity,
    dialogues,
    extract,
    grave,
    messages,
    needs,
    ranking,
)
from services.cli.evaluating.engines import Engine
from services.triage.engines.worker.task import BackendName

COMPILED: BackendName = "llama-cpp-python"
ADAPTER = Path(__file__).resolve().parents[3] / "training" / "adapters" / "gemma3-270m.gguf"
evaluation = typer.Typer(no_args_is_help=True, help="Score the rules on labelled files.")


@evaluation.command("messages")
def evaluate_messages(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
) -> None:
    """How hospitals' restriction messages are read; needs no running system."""
    messages.evaluate(file, out)


@evaluation.command("ranking")
def evaluate_ranking(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    needs_given: Annotated[bool, typer.Option("--needs-given", help="this mode alone")] = False,
    end_to_end: Annotated[bool, typer.Option("--end-to-end", help="this mode alone")] = False,
) -> None:
    """The order of hospitals, with the needs given and end to end; starts its own servers."""
    asked = {ranking.NEEDS_GIVEN: needs_given, ranking.END_TO_END: end_to_end}
    modes = [mode for mode, wanted in asked.items() if wanted or not any(asked.values())]
    ranking.evaluate(file, out, modes)


@evaluation.command("dialogues")
def evaluate_dialogues(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    state: Annotated[Path | None, typer.Option("--state", help="state folder (.er)")] = None,
) -> None:
    """Whole dialogues with the running system: final fields, what was lost or asked twice."""
    dialogues.evaluate(file, out, state)


@evaluation.command("extract")
def evaluate_extract(
    file: Annotated[Path, typer.Argument(help="JSON lines, as in tests/eval")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the day that ages count from")
    ] = None,
    rules: Annotated[bool, typer.Option(help="the rules alone, without a running system")] = False,
    engine: Annotated[
        list[Engine] | None,
        typer.Option(help="compare without a running system: rules, base, model, merged, open"),
    ] = None,
    adapter: Annotated[Path, typer.Option(help="of the tuned engines")] = ADAPTER,
    model: Annotated[str | None, typer.Option(help="file:, hf:, s3: or pypi:")] = None,
    backend: Annotated[BackendName, typer.Option(help="of the tuned engines")] = COMPILED,
    base_backend: Annotated[BackendName, typer.Option(help="of the untrained one")] = "native",
    plain: Annotated[
        int, typer.Option(help="so many texts in the plain way too, as a control")
    ] = 0,
    every: Annotated[int, typer.Option(min=1, help="base reads each n-th text alone")] = 1,
    state: Annotated[Path | None, typer.Option(help="state folder (.er)")] = None,
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
) -> None:
    """How the running system understands everyday texts, through POST /v1/triage."""
    day = as_of.date() if as_of else None
    if engine:
        ablation.evaluate(
            ablation.Wanted(
                file,
                day,
                tuple(engine),
                model,
                adapter.resolve(),
                backend,
                base_backend,
                plain,
                every,
                state,
                out,
            )
        )
        return
    extract.evaluate(extract.Wanted(file, day, rules, state, out))


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
