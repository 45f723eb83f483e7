"""The ./er command line. Every command imports what it runs when it is called: the first words of
`ask` wait for nothing that only `up` needs."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from dotenv import load_dotenv

from services.cli import training
from services.cli.bench import BENCHES
from services.cli.deferring import Deferring

app = typer.Typer(
    cls=Deferring,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Smart ER Match: 119가 먼저입니다. 진단이 아니며, 보고는 약속이 아닙니다.",
)

State = Annotated[Path | None, typer.Option("--state", help="state folder (.er)")]


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="fictional hospitals, marked SIMULATED")] = False,
    port: Annotated[int | None, typer.Option(help="gateway port (8000)")] = None,
    state: State = None,
    processes: Annotated[bool, typer.Option(help="a process per service")] = False,
    detach: Annotated[bool, typer.Option(help="return once it is ready")] = False,
) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    from services.cli import detaching, running

    wanted = running.Wanted(demo=demo, port=port, state=state, processes=processes)
    raise typer.Exit(detaching.detach(wanted) if detach else running.run(wanted))


@app.command()
def down(state: State = None) -> None:
    """Stop what `up` started on this state folder."""
    from services.cli import stopping

    raise typer.Exit(stopping.stop(state))


@app.command()
def ask(
    sentence: str,
    lat: Annotated[float, typer.Option(help="latitude")] = 37.5665,
    lon: Annotated[float, typer.Option(help="longitude")] = 126.9780,
    refused: Annotated[list[str] | None, typer.Option(help="hospital that said no")] = None,
    english: Annotated[bool, typer.Option("--en", help="answer in English")] = False,
    state: State = None,
) -> None:
    """A sentence in, advice and ranked hospitals out."""
    from services.cli import asking

    question = asking.Question(sentence, lat, lon, tuple(refused or ()), english)
    asking.ask(question, state)


@app.command()
def status(state: State = None) -> None:
    """One screen: services, data age, engines, sync history."""
    from services.cli import viewing

    raise typer.Exit(viewing.status(state))


@app.command()
def refresh(state: State = None) -> None:
    """One synchronisation now; prints what changed."""
    from services.cli import viewing

    viewing.refresh(state)


@app.command()
def override(
    hpid: Annotated[str | None, typer.Option(help="hospital, by the NMC's id")] = None,
    field: Annotated[str | None, typer.Option(help="code: MKioskTy1, hvangioayn, hvec")] = None,
    status: Annotated[str | None, typer.Option(help="available, unavailable or unknown")] = None,
    until: Annotated[str | None, typer.Option(help="+90m, +6h, +2d, or a time (Korean)")] = None,
    reason: Annotated[str | None, typer.Option(help="why; it stays in the audit")] = None,
    end: Annotated[int | None, typer.Option(help="end the override of this number")] = None,
    by: Annotated[str | None, typer.Option(help="who says so (this account)")] = None,
    audit: Annotated[bool, typer.Option(help="show the ended ones too")] = False,
    state: State = None,
) -> None:
    """Let an operator's word beat the feed for a while; without --hpid or --end, show them."""
    from services.cli import overriding

    wanted = overriding.Wanted(hpid, field, status, until, reason, end, by, audit)
    overriding.override(wanted, state)


@app.command()
def replay(
    request_id: Annotated[str, typer.Argument(help="request_id of a recommendation")],
    state: State = None,
) -> None:
    """A recommendation of the last days made again, from what was kept of it."""
    from services.cli import decisions

    raise typer.Exit(decisions.replay(request_id, state))


@app.command("replay-feed")
def replay_feed(
    folder: Annotated[Path, typer.Argument(help="stored rounds, or one of them")],
    port: Annotated[int, typer.Option(help="loopback port (a free one)")] = 0,
) -> None:
    """Serve stored rounds as the NMC does, one after the other; Ctrl-C stops it."""
    from services.cli import replaying

    replaying.serve(folder, port)


@app.command("chances")
def count_chances(
    captures: Annotated[Path, typer.Argument(help="folder of captures of the feed")],
    out: Annotated[Path | None, typer.Option(help="table to write (that of matching)")] = None,
) -> None:
    """Count how often each class of hospital reports each yes; ranking reads the table."""
    from services.cli import chances

    chances.count(captures, out or chances.TABLE)


@app.command()
def migrate() -> None:
    """Bring the database of ER_DATABASE_URL to the schema of this code."""
    from services.cli import running

    running.migrate()


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def check(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="with the long ones")] = False,
) -> None:
    """Lint, types, import rules and the test suite; further words go to pytest."""
    from services.cli import checks

    raise typer.Exit(checks.run(context.args, full=full))


@app.command()
def document() -> None:
    """Write docs/clinical.md from the clinical data."""
    from services.cli import documenting

    documenting.document()


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help=", ".join(BENCHES))] = "first-words",
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    state: State = None,
    feed: Annotated[str | None, typer.Option(help="a feed instead of the simulator")] = None,
    size: Annotated[list[int] | None, typer.Option(help="sync: countries (1, 10, 100)")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="steady rounds")] = 5,
    seconds: Annotated[float, typer.Option(min=4, help="sync: calls with, and without")] = 40,
    processes: Annotated[bool, typer.Option(help="sync: a process per service, too")] = False,
    streams: Annotated[int, typer.Option(min=1, help="events: streams at once")] = 1000,
    model: Annotated[str | None, typer.Option(help="engines: file:, hf:, s3: or pypi:")] = None,
    gpu_url: Annotated[str, typer.Option(help="engines: a llama.cpp server outside")] = "",
    gpu_key: Annotated[str, typer.Option(help="engines: its key")] = "",
) -> None:
    """Figures as ratios against a control in the same run."""
    from services.cli.bench import reports as bench_reports
    from services.cli.bench import run as benches

    sizes = tuple(size) if size else bench_reports.SIZES
    wanted = bench_reports.Wanted(
        state, feed, sizes, rounds, seconds, processes, streams, model, gpu_url, gpu_key
    )
    benches.run(name, wanted, out)


@app.command()
def train(
    base: Annotated[
        Path | None, typer.Option(help="GGUF file or folder of safetensors; else the embedded one")
    ] = None,
    recipe: Annotated[str, typer.Option(help="a file of training/recipes")] = "gemma",
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "cpu",
    begun: Annotated[Path | None, typer.Option(help="an adapter GGUF to go on from")] = None,
    stage: Annotated[str | None, typer.Option(help="leave out the stages before it")] = None,
    compiled: Annotated[bool, typer.Option(help="half the time; needs a C++ compiler")] = False,
    taught: Annotated[Path | None, typer.Option(help="of python -m training.teaching")] = None,
    smoke: Annotated[bool, typer.Option(help="twenty steps of everything")] = False,
    state: State = None,
) -> None:
    """Fine-tune the small model on the project's own utterances; the adapter lies in the state."""
    wanted = training.Wanted(
        base, "smoke" if smoke else recipe, device, begun, stage, compiled, taught
    )
    raise typer.Exit(training.train(wanted, state))


def main() -> int:
    """1 with one line on standard error for whatever an operator can mend."""
    if os.environ.get("ER_PROFILE", "dev") == "dev":
        load_dotenv(".env")
    try:
        app(prog_name="./er")
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from services.cli.failures import OneLine

        if not isinstance(error, OneLine):
            raise
        print(f"er: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
