"""ChatML, as Qwen2.5 was taught it."""

from collections.abc import Sequence

STOP = ("<|im_end|>", "<|endoftext|>")


def prefix(instruction: str, examples: Sequence[tuple[str, str]]) -> str:
    """Everything before the patient's words."""
    shown = "".join(
        f"<|im_start|>user\n{said}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n"
        for said, answer in examples
    )
    return f"<|im_start|>system\n{instruction}<|im_end|>\n{shown}<|im_start|>user\n"


def suffix() -> str:
    """Everything after them, up to where the answer begins."""
    return "<|im_end|>\n<|im_start|>assistant\n"
