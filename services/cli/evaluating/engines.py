"""The ways to read a text that an ablation compares: rules, models, and both together."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

import httpx
from pydantic import ValidationError

from services.cli.bench.usage import usage
from services.cli.bench.workers import Model, Served, body, worker
from services.cli.evaluating.extract import of_extraction
from services.cli.evaluating.understanding import Understood
from services.triage import domain
from services.triage.domain.merging import ROLES, ModelReading, Role, merged
from services.triage.engines.client import Completion
from services.triage.engines.output import ModelOutput, UnreadableOutput, read_output
from services.triage.engines.prompts import family_of, template
from services.triage.engines.sureness import reading_of
from services.triage.engines.worker.task import BackendName
from services.triage.knowledge import Knowledge

MEGABYTE = 1 << 20
WARM_UP = "머리가 아파요"


class Engine(StrEnum):
    """A way to read a text: `base` is the untrained model, `model` the tuned one, `merged` what is
    served in the role `merge`, `open` the same with every role open."""

    RULES = "rules"
    BASE = "base"
    MODEL = "model"
    MERGED = "merged"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Read:
    """One text as one engine read it. `reading` is None where no model was asked or none answered
    within the contract."""

    understood: Understood
    seconds: float
    reading: ModelReading | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A model that is ready to read, and what its worker holds in memory."""

    model: Model
    client: httpx.Client
    knowledge: Knowledge
    served: Served

    def read(self, text: str) -> Read:
        """A blank text is not asked about, as triage does not ask either."""
        began = time.perf_counter()
        told = self._told(text) if text.strip() else None
        seconds = time.perf_counter() - began
        if told is None:
            return Read(Understood(well_formed=not text.strip()), seconds)
        output, completion = told
        return Read(of_output(output), seconds, reading_of(output, completion))

    @property
    def memory_mb(self) -> float:
        return usage(self.served.pid).resident / MEGABYTE if self.served.pid else float("nan")

    def _told(self, text: str) -> tuple[ModelOutput, Completion] | None:
        try:
            answer = self.client.post("/completion", json=body(self.model, text, n_probs=1))
        except httpx.TimeoutException:
            return None
        if answer.status_code != httpx.codes.OK:
            return None
        try:
            completion = Completion.model_validate_json(answer.content)
            return read_output(completion.content, self.knowledge.ontology), completion
        except (ValidationError, UnreadableOutput):
            return None


@contextmanager
def reader(
    model: Model, knowledge: Knowledge, *, family: str, backend: BackendName
) -> Iterator[Reader]:
    """A local worker with that model; bare prompts where it wears an adapter, else instruction and
    examples. The first text is read before, so that loading is in no figure."""
    made = template(family_of(family), knowledge.ontology, tuned=model.adapter is not None)
    dressed = replace(model, template=made)
    with worker(dressed, backend) as served, served.client() as client:
        ready = Reader(dressed, client, knowledge, served)
        ready.read(WARM_UP)
        yield ready


def of_output(output: ModelOutput) -> Understood:
    """What is scored of a model's own answer."""
    return Understood(
        age_years=output.age,
        gender=output.gender,
        is_self=output.is_self,
        symptoms=frozenset(output.symptoms),
        history=tuple(output.history),
        special=(output.special_note,) if output.special_note else (),
    )


def by_rules(texts: Iterable[str], knowledge: Knowledge, year: int) -> list[Read]:
    """Every text by the rules alone."""
    found = []
    for text in texts:
        began = time.perf_counter()
        extraction = domain.extract(text, knowledge=knowledge, this_year=year)
        found.append(Read(of_extraction(extraction), time.perf_counter() - began))
    return found


def together(
    texts: Sequence[str],
    by_model: Sequence[Read],
    knowledge: Knowledge,
    year: int,
    roles: Mapping[str, Role] = ROLES,
) -> list[Read]:
    """Rules and model joined as triage joins them; the model's time counts in full."""
    found = []
    for text, told in zip(texts, by_model, strict=True):
        began = time.perf_counter()
        extraction = domain.extract(text, knowledge=knowledge, this_year=year)
        if told.reading is not None:
            extraction = merged(extraction, told.reading, text, knowledge=knowledge, roles=roles)
        seconds = told.seconds + time.perf_counter() - began
        found.append(Read(of_extraction(extraction), seconds, told.reading))
    return found
