"""Prompts by model family: a fixed prefix first, whose state an engine keeps, then the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.triage.engines.prompts import gemma, plain, qwen
from services.triage.engines.prompts.instruction import examples, instruction
from services.triage.engines.prompts.neutral import neutral
from services.triage.knowledge.model import Concept

__all__ = ["Family", "Template", "family_of", "neutral", "template"]

Family = Literal["qwen", "gemma", "plain"]
_MODULES = {"qwen": qwen, "gemma": gemma, "plain": plain}


@dataclass(frozen=True, slots=True)
class Template:
    """One family's prompt, ready but for the patient's words."""

    prefix: str
    suffix: str
    stop: tuple[str, ...]

    def prompt(self, text: str) -> str:
        """The whole prompt; the text is neutralised and cannot leave its place."""
        return f"{self.prefix}{neutral(text)}{self.suffix}"


def template(family: Family, ontology: Mapping[str, Concept]) -> Template:
    """The prompt of a family for these codes."""
    module = _MODULES[family]
    prefix = module.prefix(instruction(ontology), examples())
    return Template(prefix, module.suffix(), module.STOP)


def family_of(model: str) -> Family:
    """By the model's name; whatever is neither a Qwen nor a Gemma gets plain lines."""
    name = model.lower()
    if "qwen" in name:
        return "qwen"
    return "gemma" if "gemma" in name else "plain"
