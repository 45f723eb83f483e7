"""The shape of the dialogue's data files; the knowledge's reader refuses anything else."""

from typing import Annotated

from pydantic import Field, model_validator

from services.triage.knowledge.files import Bilingual, Entry

Words = Annotated[list[str], Field(min_length=1)]


class AddsEntry(Entry):
    symptom: str | None = None
    cue: str | None = None
    special: str | None = None

    @model_validator(mode="after")
    def adds_one(self) -> "AddsEntry":
        if len(self.model_fields_set) != 1:
            raise ValueError("a question adds exactly one thing")
        return self


class QuestionEntry(Bilingual):
    adds: AddsEntry | None = None
    adds_if_no: AddsEntry | None = None
    beside: Annotated[list[str], Field(alias="with")] = []
    from_years: Annotated[int, Field(ge=0)] = 0


class ProbesEntry(Entry):
    calm: Annotated[int, Field(ge=0)]
    urgent: Annotated[int, Field(ge=0)]


class QuestionsFile(Entry):
    questions: dict[str, QuestionEntry]
    most_probes: ProbesEntry


class RepliesFile(Entry):
    replies: dict[str, Bilingual]


class WordsFile(Entry):
    yes: Words
    no: Words
    unsure_no: Words
    unknown: Words
    yes_whole: Words
    no_whole: Words
    unknown_whole: Words
    counted_by: Words
    kinds: dict[str, Words]
    switching: Words
    family_history: Words
    people: dict[str, Words]
    hospital_refused: Words
    disease_of: dict[str, str]
    taking_back: str
    nameless_hospital: Words
    near: str
