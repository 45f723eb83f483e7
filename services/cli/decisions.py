"""`replay`: a kept decision made again, beside what was told then."""

from pathlib import Path

from rich.table import Table

from services.cli.address import running_at
from services.cli.terminal import tables
from services.cli.viewing import ask_inner
from shared.contracts.matching import ReplayAnswer, ReplayedHospital

PIPED_WIDTH = 120


def replay(request_id: str, state: Path | None) -> int:
    """Print the list that was told and the one made again; 1 where they differ."""
    told = _asked(request_id, state)
    console = tables(piped_width=PIPED_WIDTH)
    console.print(_head(told), markup=False)
    console.print(_lists(told))
    if told.same is None:
        console.print("the place was blanked after 30 minutes: this is the list as it was kept")
        return 0
    if told.rules != told.rules_now:
        console.print(f"the rules were {told.rules} then and are {told.rules_now} now")
    console.print("the same list" if told.same else "NOT the same list")
    return 0 if told.same else 1


def _asked(request_id: str, state: Path | None) -> ReplayAnswer:
    path = f"/v1/decisions/{request_id}/replay"
    return ReplayAnswer.model_validate_json(ask_inner(running_at(state), "matching", "GET", path))


def _head(told: ReplayAnswer) -> str:
    needs = ", ".join(f"{n.field}{'*' if n.role == 'decisive' else ''}" for n in told.needs)
    policy = f"{told.policy.transport} +{told.policy.bypass_minutes} min"
    held = ", ".join(f"{hpid} {beds:g}" for hpid, beds in told.holds.items()) or "none"
    return (
        f"{told.decided_at:%Y-%m-%d %H:%M:%S%z} · snapshot {told.snapshot} · rules {told.rules}"
        f" · ruleset {told.ruleset}\nKTAS {told.ktas or '-'} · {policy} · needs {needs}"
        f" · holds {held}"
    )


def _lists(told: ReplayAnswer) -> Table:
    table = Table("", "told", "again")
    again = told.again or []
    for place in range(max(len(told.kept), len(again))):
        table.add_row(str(place + 1), *(_entry(entries, place) for entries in (told.kept, again)))
    return table


def _entry(entries: list[ReplayedHospital], place: int) -> str:
    if place >= len(entries):
        return "-"
    one = entries[place]
    return f"{one.hpid} {one.tier} {'' if one.score is None else one.score}".rstrip()
