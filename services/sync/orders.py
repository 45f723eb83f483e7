"""What the service and its worker say to each other; small, because all of it crosses a pipe."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from services.sync.domain.records import Mark, Override, Picture
from services.sync.failures import SourceFailure
from shared import db


@dataclass(frozen=True, slots=True)
class Overview:
    """What a replica has to know of the stored picture, without the picture."""

    hospitals: int = 0
    with_place: int = 0
    with_beds: int = 0
    marks: Mapping[str, Mark] = field(default_factory=dict)
    words: Sequence[Override] = ()

    @classmethod
    def of(cls, picture: Picture) -> "Overview":
        states = picture.states.values()
        return cls(
            hospitals=len(picture.hospitals),
            with_place=sum(h.longitude is not None for h in picture.hospitals.values()),
            with_beds=sum(s.in_beds and s.beds_last_seen_at is None for s in states),
            marks=picture.marks,
            words=[word for about in picture.overrides.values() for word in about.values()],
        )

    @property
    def received_at(self) -> datetime | None:
        """When bed reports were last received."""
        mark = self.marks.get("beds")
        return mark.received_at if mark else None

    def in_force(self, now: datetime) -> list[Override]:
        return [word for word in self.words if word.holds(now)]

    def next_end(self, now: datetime) -> datetime | None:
        """When the next of the overrides in force will end."""
        ends = (word.until_at for word in self.in_force(now) if word.until_at)
        return min(ends, default=None)


@dataclass(frozen=True, slots=True)
class Harvested:
    """What the source gave by operation, as counts; the rows stay with the worker. `calls` are the
    requests that it took."""

    received: Mapping[str, int]
    failures: Mapping[str, SourceFailure]
    calls: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a round changed in the store, and what is suspected of its answers."""

    ended_at: datetime
    rows: Mapping[str, int]
    changed_values: int
    suspicions: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Published:
    """The snapshot that is out now."""

    version: str
    packed_bytes: int
    overview: Overview


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a round's raw answers: None where there was nothing to do, else the class of
    the error, empty where there was none."""

    disk: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """An order that failed, as it crosses the pipe."""

    kind: Literal["redis", "database", "defect"]
    told: str

    @classmethod
    def of(cls, error: Exception) -> "Failed":
        if isinstance(error, RedisError):
            return cls("redis", type(error).__name__)
        if isinstance(error, db.LOST) and not isinstance(error, db.DEFECTS):
            return cls("database", type(error).__name__)
        return cls("defect", place_of(error))

    def error(self) -> Exception:
        match self.kind:
            case "redis":
                return CacheLost(self.told)
            case "database":
                return StoreLost(self.told)
            case "defect":
                return Defect(self.told)


class StoreLost(SQLAlchemyError):
    """PostgreSQL is away, as the worker found; the text is the class of its error."""


class CacheLost(RedisError):
    """Redis is away, as the worker found; the text is the class of its error."""


class Defect(Exception):
    """A mistake of ours in the worker; the text is the error's class and its place."""


def class_of(error: Exception) -> str:
    """The class of an error, also of one that was found across the pipe."""
    return str(error) if isinstance(error, StoreLost | CacheLost) else type(error).__name__


def place_of(error: Exception) -> str:
    """Class and place of a defect, never its text, which may hold anything."""
    if isinstance(error, Defect):
        return str(error)
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
