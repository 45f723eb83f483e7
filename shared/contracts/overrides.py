"""Operators' overrides of sync: how they are made, and how they are told."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.contracts.model import Answer, Request
from shared.contracts.nmc import Status


class OverrideMark(Answer):
    """An operator's word in force about one field: it stands in the place of the feed's value
    until its end. `reported` is what the feed says."""

    status: Status
    until: AwareDatetime
    made_at: AwareDatetime
    reported: str | None = None


class OverrideRequest(Request):
    """An operator's word about one field of a hospital, until when and why."""

    hpid: Annotated[str, Field(pattern=r"^[A-Z]\d{7}$")]
    field: Annotated[str, Field(max_length=40)]
    status: Status
    until: AwareDatetime
    reason: Annotated[str, Field(min_length=2, max_length=500)]
    by: Annotated[str, Field(min_length=1, max_length=100)]


class OverrideEnd(Request):
    """The feed is to speak again, before the end that was set."""

    reason: Annotated[str, Field(min_length=2, max_length=500)]
    by: Annotated[str, Field(min_length=1, max_length=100)]


class OverrideEntry(Answer):
    """One line of the audit. Without a status it ended the override of that field before it."""

    id: int
    hpid: str
    field: str
    status: Status | None
    until: AwareDatetime | None
    reason: str
    by: str
    at: AwareDatetime
    in_force: bool


class OverridesAnswer(Answer):
    """Overrides, the latest first."""

    overrides: list[OverrideEntry]
