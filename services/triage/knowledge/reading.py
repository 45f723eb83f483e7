"""Reading the data files: YAML without duplicate keys, checked against their shape."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from services.triage.knowledge.files import Entry

FileShape = TypeVar("FileShape", bound=Entry)


class KnowledgeError(ValueError):
    """The knowledge is unusable; the text names the file and the entry."""


def read_file(path: Path, shape: type[FileShape]) -> FileShape:
    """One validated file; raises KnowledgeError for anything that is not exactly its shape."""
    try:
        content = yaml.load(path.read_bytes(), Loader=_UniqueKeys)  # noqa: S506 a safe loader
    except (OSError, yaml.YAMLError) as fault:
        raise KnowledgeError(f"{path.name}: unreadable: {fault}") from fault
    try:
        return shape.model_validate(content)
    except ValidationError as fault:
        raise KnowledgeError(f"{path.name}: {_first_fault(fault)}") from fault


class _UniqueKeys(yaml.CSafeLoader):
    """YAML lets a later key silently replace an earlier one; clinical data must not."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"duplicate key {key.value!r}", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _first_fault(fault: ValidationError) -> str:
    first = fault.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    return f"{place}: {first['msg']}"
