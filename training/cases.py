"""`python -m training.cases FILE`: held-out utterances as a file of `./er eval extract`, with the
labels of the training material, where ages are years alone."""

import json
from pathlib import Path
from typing import Any

import typer

from training.dataset import held_out
from training.examples import Example


def main(file: Path) -> None:
    """Write the held-out utterances as JSON lines."""
    lines = [json.dumps(case(one, n), ensure_ascii=False) for n, one in enumerate(held_out(), 1)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def case(one: Example, number: int) -> dict[str, Any]:
    """One labelled case. Of a circumstance, the material tells too little to be scored by it."""
    return {
        "id": f"held-{number:03}", "text": one.text, "age_years": one.age, "age_band": None,
        "gender": one.gender, "is_self": one.is_self, "symptom_codes": list(one.symptoms),
        "optional_codes": [], "negated_codes": list(one.negated), "history": list(one.history),
        "special": [], "category": one.category, "skip_fields": ["special"],
    }  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
