"""Plain lines for models that were taught no template."""

from collections.abc import Sequence

STOP = ("\n",)


def prefix(instruction: str, examples: Sequence[tuple[str, str]]) -> str:
    """Everything before the patient's words."""
    shown = "".join(f"Caller: {said}\nJSON: {answer}\n\n" for said, answer in examples)
    return f"{instruction}\n\n{shown}Caller: "


def suffix() -> str:
    """Everything after them, up to where the answer begins."""
    return "\nJSON: "
