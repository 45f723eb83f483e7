"""What a long run has done so far, so that one that was broken off goes on where it was."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FOLDER = "LEDGER_DIR"
"""Environment variable: where ledgers lie, the machine's folder for temporary files without it."""


class Ledger:
    """One line per piece of work. `key` names everything on which the results depend: another key
    is another ledger, so that nothing old is ever counted as new."""

    def __init__(self, name: str, key: str) -> None:
        folder = Path(os.environ.get(FOLDER) or tempfile.gettempdir())
        self._file = folder / f"er-{os.getuid()}-{name}-{key[:16]}.jsonl"
        self._results = dict(self._lines())
        self.resumed = len(self._results)

    def __contains__(self, place: int) -> bool:
        return place in self._results

    @property
    def counts(self) -> Counter[str]:
        return Counter(self._results.values())

    def note(self, place: int, result: str) -> None:
        self._results[place] = result
        with self._file.open("a") as file:
            file.write(json.dumps([place, result]) + "\n")

    def close(self) -> None:
        """The run is whole: the next one begins anew."""
        self._file.unlink(missing_ok=True)

    def _lines(self) -> Iterator[tuple[int, str]]:
        if not self._file.exists():
            return
        for line in self._file.read_text().splitlines():
            try:
                place, result = json.loads(line)
            except ValueError:
                continue  # the run was killed while it wrote this one, which is done again
            yield place, result
