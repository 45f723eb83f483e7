"""One round: ask the source, plan what differs, write it. Nothing here decides when."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from services.sync.domain import normalise
from services.sync.domain.plan import plan
from services.sync.domain.records import Picture, Plan, Received
from services.sync.failures import SourceFailure
from services.sync.orders import Harvested
from services.sync.reading import Row
from services.sync.source import Operation, Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Harvest:
    """What the source gave, and why an operation gave nothing."""

    rows: Mapping[Operation, Sequence[Row]]
    failures: Mapping[str, SourceFailure]

    @property
    def received(self) -> dict[str, int]:
        return {operation.value: len(rows) for operation, rows in self.rows.items()}

    def told(self, calls: int) -> Harvested:
        """Without the rows; `calls` are the requests that it took."""
        return Harvested(self.received, self.failures, calls)


async def harvest(source: Source, operations: Sequence[Operation]) -> Harvest:
    """Ask for several operations at once; what fails takes nothing from the others."""
    results = await asyncio.gather(*(_attempt(source, operation) for operation in operations))
    found = dict(zip(operations, results, strict=True))
    return Harvest(
        {op: rows for op, rows in found.items() if not isinstance(rows, SourceFailure)},
        {op.value: given for op, given in found.items() if isinstance(given, SourceFailure)},
    )


def planned(stored: Picture, harvested: Harvest, now: datetime) -> Plan:
    """The rows to write; CPU work of a whole country, so it belongs to the worker."""
    rows = harvested.rows
    return plan(
        stored,
        Received(
            directory=_read(rows, Operation.DIRECTORY, normalise.directory),
            beds=_read(rows, Operation.BEDS, lambda found: normalise.beds(found, now)),
            severe=_read(rows, Operation.SEVERE, normalise.severe),
            messages=_read(rows, Operation.MESSAGES, normalise.messages),
        ),
        now,
    )


async def _attempt(source: Source, operation: Operation) -> list[Row] | SourceFailure:
    try:
        return await source.fetch(operation)
    except SourceFailure as failure:
        return failure


def _read(
    rows: Mapping[Operation, Sequence[Row]],
    operation: Operation,
    read: Callable[[Sequence[Row]], list[T]],
) -> list[T] | None:
    return read(rows[operation]) if operation in rows else None
