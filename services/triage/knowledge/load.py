"""Loads and cross-checks the knowledge: what one file names, another must know."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from services.triage.knowledge import files
from services.triage.knowledge.compiling import compile_lexicon
from services.triage.knowledge.model import (
    SCREEN_CUES,
    UNCLEAR_CUES,
    AdviceBook,
    AdviceText,
    Complaint,
    Concept,
    FlagRule,
    Knowledge,
    Lexicon,
    Situation,
    Telephone,
    Wording,
)
from services.triage.knowledge.plans import compile_plans
from services.triage.knowledge.reading import KnowledgeError, read_file
from services.triage.knowledge.rules import Vocabulary, pattern_of, patterns_of
from services.triage.knowledge.weights import WEIGHTS, read_screen

FOLDER = Path(__file__).parent
FILES = (
    *(
        f"{name}.yaml"
        for name in (
            "advice", "complaints", "lexicon", "ontology", "presentations", "redflags", "screen",
            "signs", "takenback",
        )
    ),
    WEIGHTS,
)  # fmt: skip


def load_knowledge(folder: Path = FOLDER) -> Knowledge:
    """The whole knowledge, compiled; raises KnowledgeError naming the file and the entry."""
    with _nothing_collected():
        return _loaded(folder)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """What is built here stays; looking through it for garbage takes a tenth of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _loaded(folder: Path) -> Knowledge:
    ontology_file = read_file(folder / "ontology.yaml", files.OntologyFile)
    ontology = _ontology(ontology_file)
    lexicon = _lexicon(
        read_file(folder / "lexicon.yaml", files.LexiconFile),
        read_file(folder / "signs.yaml", files.SignsFile),
        read_file(folder / "takenback.yaml", files.TakenBackFile),
        ontology,
    )
    flags_file = read_file(folder / "redflags.yaml", files.FlagsFile)
    vocabulary = _vocabulary(ontology, lexicon, flags_file)
    plans = compile_plans(
        read_file(folder / "presentations.yaml", files.PresentationsFile), vocabulary
    )
    complaints = read_file(folder / "complaints.yaml", files.ComplaintsFile)
    return Knowledge(
        ruleset=ontology_file.ruleset,
        ontology=ontology,
        lexicon=lexicon,
        screen=read_screen(folder),
        flags=_flags(flags_file, vocabulary),
        complaints=_complaints(complaints, vocabulary),
        told=_told(complaints, vocabulary),
        advice=_advice(read_file(folder / "advice.yaml", files.AdviceFile), vocabulary),
        presentations=plans.presentations,
        gates=plans.gates,
        local=plans.local,
        field_reasons=plans.field_reasons,
        call_names=plans.call_names,
        digest=_digest(folder),
    )


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for name in FILES:
        total.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return total.hexdigest()


def _ontology(file: files.OntologyFile) -> Mapping[str, Concept]:
    for code, entry in file.codes.items():
        _known("ontology.yaml", f"{code}.near", entry.near, file.codes)
    return MappingProxyType(
        {
            code: Concept(code, entry.ko, entry.en, entry.group, frozenset(entry.near))
            for code, entry in file.codes.items()
        }
    )


def _lexicon(
    file: files.LexiconFile,
    signs: files.SignsFile,
    back: files.TakenBackFile,
    ontology: Mapping[str, Concept],
) -> Lexicon:
    _known("lexicon.yaml", "symptoms", file.symptoms, ontology)
    _known("lexicon.yaml", "gender_of_code", file.gender_of_code, ontology)
    _known("lexicon.yaml", "literal", file.literal, ontology)
    _known("lexicon.yaml", "consequences", file.consequences, ontology)
    _known("lexicon.yaml", "explained", file.explained, ontology)
    for code, rule in file.explained.items():
        _known("lexicon.yaml", f"explained.{code}", [*rule.by, *rule.unless], ontology)
    _known("lexicon.yaml", "gravest", file.gravest, ontology)
    unsaid = sorted(set(ontology) - set(file.symptoms))
    if unsaid:
        raise KnowledgeError(f"lexicon.yaml: symptoms: no wording for {unsaid}")
    _known("lexicon.yaml", "supplement", file.supplement, ontology)
    for code, entry in [*file.symptoms.items(), *file.supplement.items()]:
        _known("lexicon.yaml", f"symptoms.{code}.over", entry.over, ontology)
    words = [word for entry in file.relations for word in entry.words]
    _unique("lexicon.yaml", "relations", words)
    _unique("signs.yaml", "signs", [*file.cues, *signs.signs, *UNCLEAR_CUES, *SCREEN_CUES])
    _known("takenback.yaml", "loud", back.loud, ontology)
    _known("takenback.yaml", "loud_cues", back.loud_cues, {*file.cues, *signs.signs})
    return compile_lexicon(
        file, signs, back, {code: concept.ko for code, concept in ontology.items()}
    )


def _vocabulary(
    ontology: Mapping[str, Concept], lexicon: Lexicon, flags: files.FlagsFile
) -> Vocabulary:
    _unique("redflags.yaml", "flags", [entry.code for entry in flags.flags])
    return Vocabulary(
        codes=frozenset(ontology),
        flags=frozenset(entry.code for entry in flags.flags),
        cues=frozenset(matcher.name for matcher in lexicon.cues) | UNCLEAR_CUES | SCREEN_CUES,
        history=frozenset(m.name for m in (*lexicon.history, *lexicon.special)),
        special=frozenset(matcher.name for matcher in lexicon.special)
        | frozenset(lexicon.relations.stage_of.values()),
    )


def _flags(file: files.FlagsFile, vocabulary: Vocabulary) -> tuple[FlagRule, ...]:
    for entry in file.flags:
        if any(pattern.flags or pattern.ktas_from for pattern in entry.when):
            raise KnowledgeError(f"redflags.yaml: {entry.code}: a flag cannot rest on a flag")
    return tuple(
        FlagRule(
            code=entry.code,
            name=Wording(entry.ko, entry.en),
            when=patterns_of(f"redflags.yaml: {entry.code}", entry.when, vocabulary),
            floor=entry.floor,
            reason=entry.reason,
            source=entry.source,
        )
        for entry in file.flags
    )


def _complaints(file: files.ComplaintsFile, vocabulary: Vocabulary) -> Mapping[str, Complaint]:
    _known("complaints.yaml", "complaints", file.complaints, vocabulary.codes)
    missing = sorted(vocabulary.codes - set(file.complaints))
    if missing:
        raise KnowledgeError(f"complaints.yaml: complaints: no level for {missing}")
    return _levels(file.complaints, vocabulary)


def _told(file: files.ComplaintsFile, vocabulary: Vocabulary) -> Mapping[str, Complaint]:
    _known("complaints.yaml", "told", file.told, vocabulary.cues)
    return _levels(file.told, vocabulary)


def _levels(
    entries: Mapping[str, files.ComplaintEntry], vocabulary: Vocabulary
) -> Mapping[str, Complaint]:
    table = {}
    for code, entry in entries.items():
        place = f"complaints.yaml: {code}"
        raised = tuple((pattern_of(place, rule, vocabulary), rule.to) for rule in entry.raised)
        if any(level >= entry.base for _, level in raised):
            raise KnowledgeError(f"{place}: a condition may only make the level graver")
        table[code] = Complaint(code, entry.base, raised)
    return MappingProxyType(table)


def _advice(file: files.AdviceFile, vocabulary: Vocabulary) -> AdviceBook:
    _unique("advice.yaml", "situations", [entry.id for entry in file.situations])
    for entry in file.situations:
        _known("advice.yaml", f"{entry.id}.actions", entry.actions, file.actions)
        _known("advice.yaml", f"{entry.id}.do_not", entry.do_not, file.do_not)
        _known("advice.yaml", f"{entry.id}.phones", entry.phones, file.phones)
    _unique("advice.yaml", "actions and do_not", [*file.actions, *file.do_not])
    for pair in file.contradictions:
        _known("advice.yaml", "contradictions", pair, {*file.actions, *file.do_not})
    needed = {
        *("call_119", "call_119_help", "urgent", "today", "clinic", "suicide", "nothing", "unclear")
    }
    _known("advice.yaml", "messages", needed, file.messages)
    return AdviceBook(
        messages=MappingProxyType({key: _wording(text) for key, text in file.messages.items()}),
        actions=_texts(file.actions),
        do_not=_texts(file.do_not),
        phones=MappingProxyType(
            {number: Telephone(number, _wording(text)) for number, text in file.phones.items()}
        ),
        contradictions=tuple((stays, goes) for stays, goes in file.contradictions),
        situations=tuple(_situation(entry, vocabulary) for entry in file.situations),
    )


def _situation(entry: files.SituationEntry, vocabulary: Vocabulary) -> Situation:
    return Situation(
        id=entry.id,
        when=patterns_of(f"advice.yaml: {entry.id}", entry.when, vocabulary),
        actions=tuple(entry.actions),
        do_not=tuple(entry.do_not),
        phones=tuple(entry.phones),
    )


def _texts(entries: Mapping[str, files.Bilingual]) -> Mapping[str, AdviceText]:
    return MappingProxyType({key: AdviceText(key, _wording(text)) for key, text in entries.items()})


def _wording(text: files.Bilingual) -> Wording:
    return Wording(text.ko, text.en)


def _known(file: str, entry: str, names: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise KnowledgeError(f"{file}: {entry}: unknown {unknown}")


def _unique(file: str, entry: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise KnowledgeError(f"{file}: {entry}: twice {twice}")
