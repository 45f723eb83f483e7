"""The shape of the data files. A file that breaks it is refused with its name and the entry."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.nmc import Care

Codes = list[str]
KtasLevel = Annotated[int, Field(ge=1, le=5)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Bilingual(Entry):
    ko: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class ConceptEntry(Bilingual):
    group: str
    near: Codes = []


class OntologyFile(Entry):
    ruleset: Annotated[str, Field(pattern=r"^\d{4}\.\d{1,2}\.\d+$")]
    codes: dict[str, ConceptEntry]


class WordsEntry(Entry):
    ko: list[str] = []
    en: list[str] = []
    over: Codes = []

    @model_validator(mode="after")
    def says_something(self) -> "WordsEntry":
        if not self.ko and not self.en:
            raise ValueError("an entry needs at least one wording")
        return self


class RelationEntry(Entry):
    sex: Literal["M", "F"] | None = None
    stage: str | None = None
    young: bool = False
    words: list[str]


class SpellingEntry(Entry):
    words: list[str]
    stems: list[str]
    real: list[str]
    shortened: list[str]


class ExplainedEntry(Entry):
    by: Codes
    unless: Codes = []


class LexiconFile(Entry):
    spelling: SpellingEntry
    macros: dict[str, str]
    idioms: WordsEntry
    cry_for_help: list[str]
    symptoms: dict[str, WordsEntry]
    cues: dict[str, WordsEntry]
    history: dict[str, WordsEntry]
    special: dict[str, WordsEntry]
    lanes: dict[Literal["act", "plan", "wish"], WordsEntry]
    relation_exceptions: list[str]
    relations: list[RelationEntry]
    literal: Codes
    consequences: dict[str, Literal["pain", "breath", "spin"]]
    explained: dict[str, ExplainedEntry]
    gravest: Codes
    gender_of_code: dict[str, Literal["M", "F"]]
    supplement: dict[str, WordsEntry] = {}


class UnclearEntry(Entry):
    vital: WordsEntry
    trouble: WordsEntry
    body: WordsEntry
    intense: WordsEntry


class SignsFile(Entry):
    macros: dict[str, str]
    harmless: WordsEntry
    signs: dict[str, WordsEntry]
    unclear: UnclearEntry
    alarms: dict[str, WordsEntry]
    functions: dict[str, WordsEntry]


class BoundedEntry(Entry):
    cause: list[str]
    found: list[str]
    needs: list[str] = []
    keeps: bool = False
    before: bool = False
    sure: bool = False
    tells: Literal["taken_back", "chest_wall"] = "taken_back"


class TakenBackFile(Entry):
    macros: dict[str, str]
    named: WordsEntry
    figures: WordsEntry
    mistaken: WordsEntry
    bounded: dict[str, BoundedEntry]
    settled: WordsEntry
    well: dict[str, WordsEntry]
    besides: dict[str, WordsEntry]
    relapse: WordsEntry
    frail: WordsEntry
    loud: Codes
    loud_cues: Codes


class AgeEntry(Entry):
    min: Annotated[int, Field(ge=0, le=130)] = 0
    max: Annotated[int, Field(ge=0, le=130)] = 130
    max_days: Annotated[int, Field(ge=0)] | None = None


class VitalEntry(Entry):
    at_most: float | None = None
    at_least: float | None = None
    among: list[str] = []


class PatternEntry(Entry):
    all: Codes = []
    any: list[str] | list[list[str]] = []
    flags: Codes = []
    cues: Codes = []
    cues_all: Codes = []
    history: Codes = []
    special: Codes = []
    lanes: list[Literal["act", "plan", "wish"]] = []
    age: AgeEntry | None = None
    sex: Literal["M", "F"] | None = None
    pregnant: bool = False
    weeks_from: int | None = None
    weeks_to: int | None = None
    postpartum: bool = False
    vitals: dict[Literal["sbp", "hr", "rr", "spo2", "temp_c", "avpu", "glucose"], VitalEntry] = {}
    onset_within: int | None = None
    ktas_from: KtasLevel | None = None

    @model_validator(mode="after")
    def asks_something(self) -> "PatternEntry":
        if not self.model_fields_set:
            raise ValueError("an empty pattern would match everybody")
        return self


When = Annotated[list[PatternEntry], Field(min_length=1)]


class FlagEntry(Entry):
    code: str
    ko: str
    en: str
    floor: Annotated[int, Field(ge=1, le=2)]
    when: When
    reason: str
    source: str


class FlagsFile(Entry):
    flags: list[FlagEntry]


class RaiseEntry(PatternEntry):
    to: Annotated[int, Field(ge=3, le=4)]


class ComplaintEntry(Entry):
    base: Annotated[int, Field(ge=3, le=5)]
    raised: list[RaiseEntry] = []


class ComplaintsFile(Entry):
    complaints: dict[str, ComplaintEntry]
    told: dict[str, ComplaintEntry] = {}


class SituationEntry(Entry):
    id: str
    when: When
    actions: Codes
    do_not: Codes = []
    phones: Codes = []


class AdviceFile(Entry):
    messages: dict[str, Bilingual]
    actions: dict[str, Bilingual]
    do_not: dict[str, Bilingual]
    phones: dict[str, Bilingual]
    contradictions: list[Annotated[list[str], Field(min_length=2, max_length=2)]]
    situations: list[SituationEntry]


NeedItem = str | dict[str, Literal["decisive", "supporting"]]


class PresentationEntry(Entry):
    id: str
    ko: str
    en: str
    ktas: KtasLevel
    when: When
    needs: list[NeedItem]
    reasons: dict[str, Bilingual] = {}
    transport: Literal["nearest", "capable"]
    bypass: Annotated[int, Field(ge=0, le=600)]
    window: Annotated[int, Field(ge=1)] | None = None
    call: Codes = []
    care: list[Care] = []
    unspecific: bool = False


class GateEntry(Entry):
    id: str
    when: When
    swap: dict[str, str] = {}
    add: list[NeedItem] = []


class PresentationsFile(Entry):
    fields: dict[str, Bilingual]
    call: dict[str, Bilingual]
    local: list[NeedItem]
    gates: list[GateEntry]
    rows: list[PresentationEntry]


class ScreenLimitsEntry(Entry):
    urgent: float
    immediate: float
    calm: float


class ScreenFile(Entry):
    limits: ScreenLimitsEntry
