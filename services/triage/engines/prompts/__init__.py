"""What a model is asked, by its family: a fixed prefix first, whose state an engine keeps, then the
text; and the grammar of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.triage.engines.grammar import extract_grammar
from services.triage.engines.prompts import gemma, plain, qwen
from services.triage.engines.prompts.instruction import examples, instruction
from services.triage.engines.prompts.neutral import neutral
from services.triage.knowledge.model import Concept

__all__ = ["FAMILIES", "Family", "Template", "family_of", "neutral", "template"]

Family = Literal["qwen", "gemma", "plain"]
FAMILIES: tuple[Family, ...] = ("qwen", "gemma", "plain")
_MODULES = {"qwen": qwen, "gemma": gemma, "plain": plain}


@dataclass(frozen=True, slots=True)
class Template:
    """One family's prompt, ready but for the patient's words, and what may be answered to it."""

    prefix: str
    suffix: str
    stop: tuple[str, ...]
    grammar: str

    def prompt(self, text: str) -> str:
        """The whole prompt; the text is neutralised and cannot leave its place."""
        return f"{self.prefix}{neutral(text)}{self.suffix}"


def template(family: Family, ontology: Mapping[str, Concept], *, tuned: bool = False) -> Template:
    """The prompt of a family for these codes. A model that was tuned for the task was taught the
    answer to the bare words: it gets no instruction and no examples, and writes no free words."""
    module = _MODULES[family]
    prefix = module.prefix("", ()) if tuned else module.prefix(instruction(ontology), examples())
    grammar = extract_grammar(ontology, with_words=not tuned)
    return Template(prefix, module.suffix(), module.STOP, grammar)


def family_of(model: str) -> Family:
    """By the model's name; whatever is neither a Qwen nor a Gemma gets plain lines."""
    name = model.lower()
    if "qwen" in name:
        return "qwen"
    return "gemma" if "gemma" in name else "plain"
