"""A caller's own needs, within the rules: what the red flags demand is in whatever is asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from services.triage.domain.needs import WEIGHTS, Need, NeedsPlan, Policy
from services.triage.knowledge.model import Role

ASKED_FOR = Policy("capable", bypass_minutes=30, window_minutes=None, call=())
"""Where nothing was recognised but a caller demands a service: the way to it may be as long as
most conditions allow. Without it the demand would be read and then not heeded."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A need as a caller wants it; `lawful` tells whether its field may be decisive at all."""

    field: str
    weight: int | None
    role: Role | None
    lawful: bool


def overridden(plan: NeedsPlan, wishes: Sequence[Wish]) -> NeedsPlan:
    """The caller's order and weights; demanded fields keep their role and come in if left out."""
    demanded = {need.field: need for need in plan.needs if need.role == "decisive"}
    known = {need.field: need for need in plan.needs}
    asked = {wish.field: wish for wish in wishes}
    left_out = [need for field, need in demanded.items() if field not in asked]
    room = len(WEIGHTS) - len(left_out)
    kept = _kept(list(asked.values()), demanded, room)
    wanted = [_need(wish, rank, known.get(wish.field), demanded) for rank, wish in enumerate(kept)]
    demands = any(wish.role == "decisive" and wish.lawful for wish in kept)
    policy = ASKED_FOR if demands and not plan.presentations else plan.policy
    return replace(plan, needs=(*left_out, *wanted), policy=policy)


def _kept(wishes: list[Wish], demanded: Collection[str], room: int) -> list[Wish]:
    """The first wishes for which there is room; a demanded one never loses its place."""
    must = [wish for wish in wishes if wish.field in demanded]
    may = [wish for wish in wishes if wish.field not in demanded][: max(0, room - len(must))]
    return [wish for wish in wishes if wish in must or wish in may]


def _need(wish: Wish, rank: int, known: Need | None, demanded: Collection[str]) -> Need:
    decisive = wish.field in demanded or (wish.role == "decisive" and wish.lawful)
    return Need(
        field=wish.field,
        weight=WEIGHTS[min(rank, len(WEIGHTS) - 1)] if wish.weight is None else wish.weight,
        role="decisive" if decisive else "supporting",
        reason_ko=known.reason_ko if known else "요청한 자원입니다",
        reason_en=known.reason_en if known else "asked for by the caller",
    )
