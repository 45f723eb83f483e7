"""The memory of what is wrong now, so that each trouble is logged when it begins and ends."""

from collections.abc import Mapping
from datetime import datetime

from structlog.stdlib import BoundLogger

from services.sync.failures import SourceFailure
from shared.contracts.sync import SyncError

SHORT_STEP = "used for what it has and nothing forgotten; look again if it lasts over an hour"
STORE_STEP = "check PostgreSQL at ER_SYNC_DATABASE_URL; rounds go on as soon as it answers"
CACHE_STEP = "check Redis at ER_REDIS_URL; the snapshot is published again when it answers"
DEFECT_STEP = "a defect of this program: report the log line of the failed round"


class Troubles:
    """Open troubles by kind. Not for several tasks at once."""

    def __init__(self, log: BoundLogger) -> None:
        self._log = log
        self._open: dict[str, str] = {}
        self.last: SyncError | None = None

    @property
    def kinds(self) -> list[str]:
        return sorted(self._open)

    def begin(self, kind: str, event: str, next_step: str, now: datetime, detail: str = "") -> None:
        """A trouble is there; its line is written the first time only."""
        self.last = SyncError(kind=kind, at=now, next_step=next_step)
        if kind not in self._open:
            self._open[kind] = event
            self._log.warning(event, kind=kind, next_step=next_step, detail=detail)

    def end(self, kind: str) -> None:
        """A trouble is over, if it was there."""
        event = self._open.pop(kind, None)
        if event is not None:
            self._log.info(f"{event}: over", kind=kind)

    def settle(self, failures: Mapping[str, SourceFailure], now: datetime) -> None:
        """What the source does wrong after a round: new kinds begin, absent ones end."""
        by_kind: dict[str, list[str]] = {}
        for operation, failure in failures.items():
            by_kind.setdefault(failure.kind, []).append(operation)
        for failure in failures.values():
            detail = ", ".join(by_kind[failure.kind])
            self.begin(failure.kind, failure.event, failure.next_step, now, detail)
        for kind in _source_kinds() - by_kind.keys():
            self.end(kind)


def _source_kinds() -> set[str]:
    return {failure.kind for failure in SourceFailure.__subclasses__()}
