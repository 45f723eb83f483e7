"""The memory of what is wrong now, so that each trouble is logged when it begins and ends."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from structlog.stdlib import BoundLogger

from services.sync.failures import EmptyAnswer, SourceFailure
from shared.contracts.sync import SyncError

USED = "used for what it has and nothing forgotten; look again if it lasts over an hour"
STORE_STEP = "check PostgreSQL at ER_SYNC_DATABASE_URL; rounds go on as soon as it answers"
CACHE_STEP = "check Redis at ER_REDIS_URL; the snapshot is published again when it answers"
DEFECT_STEP = "a defect of this program: report the log line of the failed round"
DISK_STEP = "check the space and the rights of ER_SYNC_PAYLOAD_DIR; rounds go on without it"
COPY_STEP = "check ER_SYNC_PAYLOAD_S3 and its credentials; the rounds stay on disk"
WORKER_STEP = "it was started again and its round repeated; if it goes on, look at the memory"

# What is suspected of answers that came with code 00: event and next step. An empty one has the
# name and the words of the failure that it is where no operation may be empty.
SUSPICIONS = {
    "empty": (EmptyAnswer.event, EmptyAnswer.next_step),
    "short": ("nmc answers short", USED),
    "swollen": (
        "nmc answers swollen",
        "only known hospitals were taken; a country that stays so is believed the third time",
    ),
    "odd": (
        "nmc answers odd",
        "what cannot be read changed nothing; compare the answer with the newest guide",
    ),
    "old": (
        "nmc times stand still",
        "most bed reports are hours old and are told as such; ask whether the platform's feed runs",
    ),
}


class Troubles:
    """Open troubles by kind. Not for several tasks at once."""

    def __init__(self, log: BoundLogger) -> None:
        self._log = log
        self._open: dict[str, str] = {}
        self._where: dict[str, set[str]] = {}
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

    def settle(
        self,
        failures: Mapping[str, SourceFailure],
        suspicions: Mapping[str, Sequence[str]],
        answered: Iterable[str],
        now: datetime,
    ) -> None:
        """What is wrong with the source after a round, by operation. A failure is over where its
        operation does otherwise, a suspicion only where an answer shows it: what was not asked,
        or gave nothing, proves nothing."""
        came = set(answered)
        words = SUSPICIONS | {f.kind: (f.event, f.next_step) for f in failures.values()}
        for kind in _source_kinds() | SUSPICIONS.keys():
            here = {name for name, failure in failures.items() if failure.kind == kind}
            here |= set(suspicions.get(kind, ()))
            cleared = came if kind in SUSPICIONS else came | failures.keys()
            self._where[kind] = self._where.get(kind, set()) - cleared | here
            if here:
                self.begin(kind, *words[kind], now, ", ".join(sorted(here)))
            elif not self._where[kind]:
                self.end(kind)


def _source_kinds() -> set[str]:
    return {failure.kind for failure in SourceFailure.__subclasses__()}
