"""Every answer that was paid for, in one file that grows: what was asked once is never asked again,
and a run that broke off goes on."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Cache:
    """JSON lines, an answer each, written as it comes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._keep_line(line)

    def get(self, key: str) -> dict[str, Any] | None:
        return self._known.get(key)

    def put(self, key: str, answer: dict[str, Any]) -> None:
        self._known[key] = answer
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "answer": answer}, ensure_ascii=False) + "\n")

    def _keep_line(self, line: str) -> None:
        try:
            told = json.loads(line)
            self._known[told["key"]] = told["answer"]
        except (ValueError, KeyError, TypeError):
            return  # the last line of a run that was killed while it wrote


def key_of(model: str, messages: Sequence[dict[str, str]]) -> str:
    """Of the same question to the same model."""
    asked = json.dumps([model, *messages], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()
