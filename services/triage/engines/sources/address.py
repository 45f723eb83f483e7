"""Addresses of model files, as settings write them."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["file", "hf", "s3", "pypi"]

_SHAPES: dict[str, re.Pattern[str]] = {
    "file": re.compile(r".+"),
    "hf": re.compile(r"[\w.-]+/[\w.-]+/[\w./-]+(?:@[\w./-]+)?"),
    "s3": re.compile(r"[a-z0-9][a-z0-9.-]+/.+"),
    "pypi": re.compile(r"[A-Za-z0-9][\w.-]*==[\w.]+"),
}
_SUM = re.compile(r"[0-9a-f]{64}")


class SourceError(Exception):
    """A model file that cannot be had or cannot be trusted; the text is one line for an operator.
    `lasting` where asking again soon is of no use."""

    def __init__(self, told: str, *, lasting: bool = False) -> None:
        super().__init__(told)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Source:
    """One file. `sha256` is None where the place itself has to tell it."""

    kind: Kind
    place: str
    sha256: str | None

    @property
    def name(self) -> str:
        """A short name that shows no folder of this machine."""
        return self.place.rsplit("/", 1)[-1]


def source(text: str) -> Source:
    """`file:PATH`, `hf:OWNER/REPO/FILE[@REVISION]`, `s3:BUCKET/KEY` or `pypi:NAME==VERSION`, each
    with `#sha256=…` where it is known; raises SourceError."""
    address, _, checksum = text.partition("#sha256=")
    kind, _, place = address.partition(":")
    if kind not in _SHAPES or not _SHAPES[kind].fullmatch(place) or ".." in place.split("/"):
        raise SourceError(
            "a model's address is file:PATH, hf:OWNER/REPO/FILE, s3:BUCKET/KEY or"
            " pypi:NAME==VERSION",
            lasting=True,
        )
    if checksum and not _SUM.fullmatch(checksum):
        raise SourceError("what follows #sha256= is not a SHA-256", lasting=True)
    return Source(kind, place, checksum or None)  # type: ignore[arg-type]
