"""`eval grave`: hand-written grave sentences in many forms, for under-triage alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.table import Table

from services.cli.errors import CommandFailed
from services.cli.evaluating.figures import Rate, write_figures
from services.cli.evaluating.gateway import gateway

SEVERE = 2
PLAIN = "plain"
_STOPS = re.compile(r"[.,!?]")
console = Console(highlight=False)


class Form(BaseModel):
    """How a sentence is said otherwise: words swapped, all spaces or stops left out, chatter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    swap: list[tuple[str, str]] = []
    unspaced: bool = False
    unpunctuated: bool = False
    before: str = ""
    after: str = ""

    def of(self, sentence: str) -> str:
        for plain, said in self.swap:
            sentence = sentence.replace(plain, said)
        if self.unpunctuated:
            sentence = _STOPS.sub("", sentence)
        if self.unspaced:
            sentence = sentence.replace(" ", "")
        return f"{self.before}{sentence}{self.after}"


class Material(BaseModel):
    """Sentences by presentation; each is taken plain and in `each_also` forms, in turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    each_also: Annotated[int, Field(ge=0)]
    forms: dict[str, Form]
    sentences: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class GraveText:
    """One text that is KTAS 1 or 2, whatever form it takes."""

    presentation: str
    form: str
    text: str


def material(path: Path) -> Material:
    """The hand-written sentences and forms; CommandFailed where the file is not their shape."""
    try:
        return Material.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise CommandFailed(f"{path} cannot be read as grave sentences: {error}") from error


def expanded(told: Material) -> Iterator[GraveText]:
    """Every text, each once, always in the same order."""
    names = list(told.forms)
    seen: set[str] = set()
    turn = 0
    for presentation, sentences in told.sentences.items():
        for sentence in sentences:
            forms = [names[(turn + step) % len(names)] for step in range(told.each_also)]
            turn += told.each_also
            for form in (PLAIN, *forms):
                text = sentence if form == PLAIN else told.forms[form].of(sentence)
                if text not in seen:
                    seen.add(text)
                    yield GraveText(presentation, form, text)


def is_missed(ktas: int | None) -> bool:
    """Whether a grave text was told to be less urgent than KTAS 2."""
    return ktas is None or ktas > SEVERE


def evaluate(path: Path, out: Path | None, state: Path | None) -> None:
    """Ask the running system for every text; print the share missed, by form, and each miss."""
    texts = list(expanded(material(path)))
    with gateway(state) as system:
        told = [(text, system.post("/v1/triage", {"text": text.text})["ktas"]) for text in texts]
    missed = [(text, ktas) for text, ktas in told if is_missed(ktas)]
    table = Table("form", "critical under-triage", title=f"{path} · {len(texts)} grave texts")
    for form in (PLAIN, *material(path).forms):
        table.add_row(form, _rate(missed, texts, form).told())
    whole = Rate(len(missed), len(texts))
    table.add_row("all", whole.told())
    console.print(table)
    for text, ktas in missed:
        line = f"CRITICAL under-triage: {text.presentation} ({text.form}): KTAS {ktas}: {text.text}"
        console.print(line, soft_wrap=True, markup=False)
    if out is not None:
        misses = [
            {"presentation": t.presentation, "form": t.form, "text": t.text, "ktas": ktas}
            for t, ktas in missed
        ]
        write_figures(out, {"file": str(path), "rate": whole.plain(), "misses": misses})


def _rate(
    missed: Iterable[tuple[GraveText, int | None]], texts: Iterable[GraveText], form: str
) -> Rate:
    return Rate(
        sum(text.form == form for text, _ in missed), sum(text.form == form for text in texts)
    )
