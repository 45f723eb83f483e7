"""The data of the dialogue, read and compiled once: questions, replies, words, districts."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from services.triage.chat import files
from services.triage.chat.judging import Judge
from services.triage.knowledge.model import Knowledge, Wording
from services.triage.knowledge.reading import KnowledgeError, read_file

FOLDER = Path(__file__).parent
REQUIRED_QUESTIONS = {
    "symptoms", "safe_now", "is_self", "age_years", "age_days", "gender", "pregnancy", "history",
    "location", "location_city", "refused_name", "confirm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """`symptom`, `cue` or `special` is what a yes adds; `special_if_no` what a no does. It is
    put `beside` one of these complaints alone (none: beside any), from an age on."""

    code: str
    text: Wording
    symptom: str | None
    cue: str | None
    special: str | None
    special_if_no: str | None
    beside: frozenset[str]
    from_years: int

    @property
    def is_probe(self) -> bool:
        return (self.symptom or self.cue or self.special) is not None


@dataclass(frozen=True, slots=True)
class District:
    """A city, county or ward with its centre (WGS 84 degrees)."""

    sido: str
    sigungu: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Words:
    """How people answer. The sets hold whole words, the patterns whole answers without spaces."""

    yes: frozenset[str]
    no: frozenset[str]
    unsure_no: frozenset[str]
    unknown: frozenset[str]
    yes_whole: re.Pattern[str]
    no_whole: re.Pattern[str]
    unknown_whole: re.Pattern[str]
    counted_by: frozenset[str]
    kinds: Mapping[str, re.Pattern[str]]
    switching: re.Pattern[str]
    family_history: re.Pattern[str]
    person_of: Mapping[str, str]
    hospital_refused: tuple[re.Pattern[str], ...]
    disease_of: Mapping[str, str]
    taking_back: re.Pattern[str]
    nameless_hospital: frozenset[str]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that the reducer reads beside the knowledge."""

    knowledge: Knowledge
    questions: Mapping[str, Question]
    most_probes_calm: int
    most_probes_urgent: int
    replies: Mapping[str, Wording]
    words: Words
    districts: tuple[District, ...]
    judge: Judge
    weighty_history: tuple[str, ...]
    """Diseases of which some rule makes something."""


def load_book(knowledge: Knowledge, folder: Path = FOLDER) -> Book:
    """Raises KnowledgeError that names the file and the entry."""
    questions = read_file(folder / "questions.yaml", files.QuestionsFile)
    replies = read_file(folder / "replies.yaml", files.RepliesFile)
    missing = sorted(REQUIRED_QUESTIONS - set(questions.questions))
    if missing:
        raise KnowledgeError(f"questions.yaml: missing {missing}")
    return Book(
        knowledge=knowledge,
        questions=MappingProxyType(
            {code: _question(code, e, knowledge) for code, e in questions.questions.items()}
        ),
        most_probes_calm=questions.most_probes.calm,
        most_probes_urgent=questions.most_probes.urgent,
        replies=MappingProxyType({k: Wording(e.ko, e.en) for k, e in replies.replies.items()}),
        words=_words(read_file(folder / "words.yaml", files.WordsFile)),
        districts=_districts(folder / "districts.csv"),
        judge=Judge(knowledge),
        weighty_history=_weighty_history(knowledge),
    )


def _question(code: str, entry: files.QuestionEntry, knowledge: Knowledge) -> Question:
    adds = entry.adds or files.AddsEntry.model_construct()
    unknown = sorted(set(entry.beside) - set(knowledge.ontology))
    if unknown:
        raise KnowledgeError(f"questions.yaml: {code}: unknown {unknown}")
    cues = {matcher.name for matcher in knowledge.lexicon.cues}
    if (adds.symptom and adds.symptom not in knowledge.ontology) or (
        adds.cue and adds.cue not in cues
    ):
        raise KnowledgeError(f"questions.yaml: {code}: adds what nobody defines")
    return Question(
        code,
        Wording(entry.ko, entry.en),
        adds.symptom,
        adds.cue,
        adds.special,
        special_if_no=entry.adds_if_no.special if entry.adds_if_no else None,
        beside=frozenset(entry.beside),
        from_years=entry.from_years,
    )


def _weighty_history(knowledge: Knowledge) -> tuple[str, ...]:
    patterns = [
        *(pattern for flag in knowledge.flags for pattern in flag.when),
        *(pattern for c in knowledge.complaints.values() for pattern, _ in c.raised),
        *(pattern for row in knowledge.presentations for pattern in row.when),
        *(pattern for gate in knowledge.gates for pattern in gate.when),
    ]
    return tuple(dict.fromkeys(name for p in patterns for name in sorted(p.history)))


def _words(file: files.WordsFile) -> Words:
    def searched(patterns: Iterable[str]) -> re.Pattern[str]:
        return re.compile("|".join(p.replace("{near}", file.near) for p in patterns))

    def whole(patterns: Iterable[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in patterns))

    return Words(
        yes=frozenset(file.yes),
        no=frozenset(file.no),
        unsure_no=frozenset(file.unsure_no),
        unknown=frozenset(file.unknown),
        yes_whole=whole(file.yes_whole),
        no_whole=whole(file.no_whole),
        unknown_whole=whole(file.unknown_whole),
        counted_by=frozenset(file.counted_by),
        kinds=MappingProxyType({kind: searched(p) for kind, p in file.kinds.items()}),
        switching=searched(file.switching),
        family_history=searched(file.family_history),
        person_of=MappingProxyType({w: who for who, ws in file.people.items() for w in ws}),
        disease_of=MappingProxyType(file.disease_of),
        taking_back=re.compile(file.taking_back),
        hospital_refused=tuple(re.compile(p) for p in file.hospital_refused),
        nameless_hospital=frozenset(file.nameless_hospital),
    )


def _districts(path: Path) -> tuple[District, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            District(row["sido"], row["sigungu"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(lines)
        )
