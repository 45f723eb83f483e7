"""What can go wrong with the source, told apart by what an operator has to do about it."""

from typing import ClassVar


class SourceFailure(Exception):
    """One operation gave nothing usable. The text is of ours and holds neither key nor address."""

    kind: ClassVar[str]
    event: ClassVar[str]
    next_step: ClassVar[str]


class KeyRefused(SourceFailure):
    kind = "key-refused"
    event = "nmc key refused"
    next_step = (
        "check ER_SYNC_NMC_KEY and its approval at data.go.kr (a new key may need up to 24 h)"
    )


class QuotaSpent(SourceFailure):
    kind = "quota-spent"
    event = "nmc quota spent"
    next_step = (
        "wait for the daily reset, raise ER_SYNC_INTERVAL_S, or ask for an operational account"
    )


class Blocked(SourceFailure):
    kind = "blocked"
    event = "nmc blocks us"
    next_step = "the platform's firewall refuses this sender; ask data.go.kr to allow its address"


class Unreachable(SourceFailure):
    kind = "unreachable"
    event = "nmc unreachable"
    next_step = "check the way out to ER_SYNC_NMC_URL; if it is open, the platform is down: wait"


class Unreadable(SourceFailure):
    kind = "unreadable"
    event = "nmc unreadable"
    next_step = "check ER_SYNC_NMC_URL; if it is right, compare the answer with the newest guide"


class EmptyAnswer(SourceFailure):
    kind = "empty"
    event = "nmc answers empty"
    next_step = "nothing was forgotten; usually gone by the next round, else look at the platform"


class DatasetMismatch(SourceFailure):
    kind = "dataset-mismatch"
    event = "nmc dataset mismatch"
    next_step = "live and simulated data never meet: check ER_SYNC_NMC_URL against ER_DATASET"
