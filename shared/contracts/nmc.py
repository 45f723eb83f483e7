"""The catalogue of the National Medical Center's fields, and how to read one value of each kind.

Source of codes, labels and pairs: NMC open API guide revision 5.0 and live captures of 2026.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

Care = Literal["suturing", "seizure", "urology", "ent"]
"""What a patient may need that no field tells, and that a hospital's message may refuse."""


class Kind(StrEnum):
    """How the values of a field are to be read."""

    COUNT = "count"
    FLAG = "flag"
    SEVERE = "severe"
    GATE = "gate"
    DESIGNATION = "designation"


class Level(StrEnum):
    """Class of an emergency institution."""

    REGIONAL_CENTER = "regional_center"
    LOCAL_CENTER = "local_center"
    LOCAL_INSTITUTION = "local_institution"
    REGISTERED = "registered"


class Status(StrEnum):
    """A report has three states; unknown is neither a yes nor a no."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


LEVELS = {
    "G001": Level.REGIONAL_CENTER,
    "G006": Level.LOCAL_CENTER,
    "G007": Level.LOCAL_INSTITUTION,
    "G009": Level.REGISTERED,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `pair`: installed count (beds, machines) or message code (severe ones)."""

    code: str
    kind: Kind
    name_ko: str
    name_en: str
    pair: str | None

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_ko

    @property
    def may_be_decisive(self) -> bool:
        """Only what stands for a whole service decides; a machine or a bed never does."""
        return self.kind in (Kind.SEVERE, Kind.DESIGNATION) or self.code == "hvoxyayn"


@cache
def catalogue() -> dict[str, Field]:
    """All fields a need may name, by code, in the order of the data file."""
    text = resources.files(__package__).joinpath("nmc_fields.csv").read_text(encoding="utf-8")
    return {
        row["code"]: Field(
            row["code"], Kind(row["kind"]), row["name_ko"], row["name_en"], row["pair"] or None
        )
        for row in csv.DictReader(text.splitlines())
    }


@cache
def severe_by_message_code() -> dict[str, str]:
    """Message code (`Y0010`) to severe field (`MKioskTy1`); `Y000` is the emergency room itself."""
    return {
        field.pair: field.code
        for field in catalogue().values()
        if field.kind in (Kind.SEVERE, Kind.GATE) and field.pair
    }


def read_status(kind: Kind, raw: str | None) -> Status:
    """Status of a raw value: no value, 정보미제공 and anything unreadable are unknown."""
    value = (raw or "").strip()
    if kind is Kind.COUNT:
        return _read_count(value)
    if value.upper() == "Y":
        return Status.AVAILABLE
    if value.upper() in ("N", "N1", "NONE", "불가능"):
        return Status.UNAVAILABLE
    return Status.UNKNOWN


def _read_count(value: str) -> Status:
    try:
        return Status.AVAILABLE if int(value) > 0 else Status.UNAVAILABLE
    except ValueError:
        return Status.UNKNOWN
