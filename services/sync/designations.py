"""Designations from the data file, held against what it may say when it is read."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from services.sync.domain.normalise import HPID
from shared.contracts.nmc import Kind, catalogue

FILE = "designations.yaml"
PREFIX = "designation:"


class DesignationsUnusable(Exception):
    """The data file says something that it cannot mean; the text names the entry."""


@cache
def designated() -> Mapping[str, Sequence[str]]:
    """Kinds of designation by hpid, from the file beside this module."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return read(text)


def read(text: str) -> dict[str, tuple[str, ...]]:
    """Kinds by hpid. Raises DesignationsUnusable: a wrong entry must not send a patient away."""
    content = yaml.safe_load(text)
    if not content.get("dated"):
        raise DesignationsUnusable(f"{FILE}: it has no date")
    found: dict[str, tuple[str, ...]] = {}
    for entry in content["designated"]:
        if fault := _fault(entry, content["sources"], found):
            raise DesignationsUnusable(f"{FILE}: {entry.get('hpid')}: {fault}")
        found[entry["hpid"]] = tuple(sorted(entry["kinds"]))
    return found


@cache
def kinds() -> frozenset[str]:
    """The designations that a need may name."""
    return frozenset(
        code.removeprefix(PREFIX)
        for code, field in catalogue().items()
        if field.kind is Kind.DESIGNATION
    )


def _fault(
    entry: Mapping[str, Any], sources: Mapping[str, str], found: Mapping[str, object]
) -> str | None:
    if not HPID.fullmatch(str(entry.get("hpid"))):
        return "no hpid"
    if entry["hpid"] in found:
        return "named twice"
    if not entry.get("kinds") or not set(entry["kinds"]) <= kinds():
        return "a kind that no need names"
    return None if entry.get("source") in sources else "no source"
