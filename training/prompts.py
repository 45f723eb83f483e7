"""How a conversation is written for a base model, and later for the tuned one: the same words."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.triage.engines.prompts.neutral import neutral


@dataclass(frozen=True, slots=True)
class Dialect:
    """What stands around the patient's words; `begin` is the token that opens every text."""

    before: str
    after: str
    end: str
    begin: int | None

    def prompt(self, text: str) -> str:
        return f"{self.before}{neutral(text)}{self.after}"


DIALECTS: Mapping[str, Dialect] = {
    "gemma": Dialect(
        "<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n", "<end_of_turn>", 2
    ),
    "qwen": Dialect(
        "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>", None
    ),
}
