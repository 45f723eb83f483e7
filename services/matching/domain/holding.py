"""Soft holds: who said to be on the way takes a part of a bed for a while. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

LIFE = timedelta(minutes=30)
"""By then the patient has arrived and the hospital's own report counts them."""

ONE_PER = timedelta(minutes=10)


class Going(NamedTuple):
    """One caller said to be on the way."""

    caller: str
    hpid: str
    at: datetime


def holds(goings: Iterable[Going], now: datetime) -> Mapping[str, float]:
    """Beds held by hospital. A caller holds one in ten minutes, the last one said; each decays in
    a straight line to nothing."""
    by_caller: dict[str, list[Going]] = {}
    for going in sorted(goings, key=lambda entry: entry.at):
        said = by_caller.setdefault(going.caller, [])
        if said and going.at - said[-1].at < ONE_PER:
            said.pop()
        said.append(going)
    held: dict[str, float] = {}
    for said in by_caller.values():
        for going in said:
            left = 1.0 - max(timedelta(), now - going.at) / LIFE
            if left > 0:
                held[going.hpid] = held.get(going.hpid, 0.0) + left
    return {hpid: round(beds, 2) for hpid, beds in held.items()}
