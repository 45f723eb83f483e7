"""The turns of Gemma, which knows no system turn: the task opens the first turn of the user."""

from collections.abc import Sequence

STOP = ("<end_of_turn>",)


def prefix(instruction: str, examples: Sequence[tuple[str, str]]) -> str:
    """Everything before the patient's words."""
    opening, shown = f"{instruction}\n\n", ""
    for said, answer in examples:
        shown += (
            f"<start_of_turn>user\n{opening}{said}<end_of_turn>\n"
            f"<start_of_turn>model\n{answer}<end_of_turn>\n"
        )
        opening = ""
    return f"{shown}<start_of_turn>user\n{opening}"


def suffix() -> str:
    """Everything after them, up to where the answer begins."""
    return "<end_of_turn>\n<start_of_turn>model\n"
