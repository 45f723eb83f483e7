"""Wordings become regular expressions once, when the knowledge is loaded."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count
from types import MappingProxyType

from services.triage.knowledge.conjugating import beginnings
from services.triage.knowledge.expressions import compiled, matcher_of, union_of
from services.triage.knowledge.files import (
    BoundedEntry,
    LexiconFile,
    RelationEntry,
    SignsFile,
    TakenBackFile,
    WordsEntry,
)
from services.triage.knowledge.firsts import hurried
from services.triage.knowledge.model import Explained, Lexicon, Relation, Unclear
from services.triage.knowledge.needed import sieve_of
from services.triage.knowledge.reading import KnowledgeError
from services.triage.knowledge.spelling import compile_spelling
from services.triage.knowledge.wordings import Bounded, Matcher, TakenBack

# Every letter that ends in ㄴ: 28 endings, of which it is the fifth.
_ENDS_IN_N = "".join(chr(0xAC00 + place * 28 + 4) for place in range(399))
_HANGUL_WORD = re.compile("[가-힣]{2,}")


def compile_lexicon(
    file: LexiconFile, signs: SignsFile, back: TakenBackFile, names: Mapping[str, str]
) -> Lexicon:
    """`names` are the Korean names of the ontology's codes; cues, diseases and circumstances
    are named by their own keys. The signs are cues that have a file of their own."""
    tables = _numbered(_tables(file, signs, back, names))
    vital, trouble, body, intense = tables["unclear"]
    told = [*chain.from_iterable(tables.values())]
    idioms = _idioms(file, signs)
    if idioms.spaced is None or idioms.korean is None:
        raise KnowledgeError("lexicon.yaml: idioms: both languages are needed")
    return Lexicon(
        spelling=compile_spelling(
            [*file.spelling.words, *_all_beginnings(file.spelling.stems)],
            real={*file.spelling.real, *_words_of(file)},
            shortened=file.spelling.shortened,
        ),
        symptoms=tables["symptoms"],
        cues=tables["cues"],
        unclear=Unclear(vital, trouble, body, intense, tables["alarms"], tables["functions"]),
        taken_back=_taken_back(file, back, well=tables["well"], besides=tables["besides"]),
        history=tables["history"],
        special=tables["special"],
        lanes=tables["lanes"],
        korean=sieve_of((m.number, m.korean_needs) for m in told if m.korean),
        spaced=sieve_of((m.number, m.spaced_needs) for m in told if m.spaced),
        idioms=idioms.korean,
        idioms_spaced=idioms.spaced,
        cry_for_help=union_of("lexicon.yaml: cry_for_help", file.cry_for_help, file.macros),
        relations=_relations(file.relations, file.relation_exceptions),
        gravest=tuple(file.gravest),
        explained=MappingProxyType(
            {
                code: Explained(frozenset(entry.by), frozenset(entry.unless))
                for code, entry in file.explained.items()
            }
        ),
        gender_of_code=MappingProxyType(dict(file.gender_of_code)),
    )


def _tables(
    file: LexiconFile, signs: SignsFile, back: TakenBackFile, names: Mapping[str, str]
) -> dict[str, tuple[Matcher, ...]]:
    """Everything that is looked for through the sieves; what is not here has no number."""

    def table(section: str, entries: Mapping[str, WordsEntry]) -> tuple[Matcher, ...]:
        return tuple(
            matcher_of(
                f"lexicon.yaml: {section}.{key}",
                key,
                names.get(key, key),
                entry,
                file.macros,
                literal=file.literal,
                consequences=file.consequences,
            )
            for key, entry in entries.items()
        )

    return {
        "symptoms": table("symptoms", _supplemented(file)),
        "cues": (*table("cues", file.cues), *_signs(file, signs)),
        "history": table("history", file.history),
        "special": table("special", file.special),
        "lanes": table("lanes", {str(key): entry for key, entry in file.lanes.items()}),
        **_unclear(file, signs),
        **_well(file, back),
    }


def _idioms(file: LexiconFile, signs: SignsFile) -> Matcher:
    entry = WordsEntry(
        ko=[*file.idioms.ko, *signs.harmless.ko], en=[*file.idioms.en, *signs.harmless.en]
    )
    macros = {**signs.macros, **file.macros}
    return matcher_of("lexicon.yaml: idioms", "idioms", "", entry, macros)


def _signs(file: LexiconFile, signs: SignsFile) -> tuple[Matcher, ...]:
    macros = {**file.macros, **signs.macros}
    return tuple(
        matcher_of(f"signs.yaml: signs.{key}", key, key, entry, macros)
        for key, entry in signs.signs.items()
    )


def _unclear(file: LexiconFile, signs: SignsFile) -> dict[str, tuple[Matcher, ...]]:
    macros = {**file.macros, **signs.macros}

    def matcher(name: str, entry: WordsEntry) -> Matcher:
        return matcher_of(f"signs.yaml: unclear.{name}", name, name, entry, macros)

    words = signs.unclear
    return {
        "unclear": (
            matcher("vital", words.vital),
            matcher("trouble", words.trouble),
            matcher("body", words.body),
            matcher("intense", words.intense),
        ),
        "alarms": tuple(matcher(name, entry) for name, entry in signs.alarms.items()),
        "functions": tuple(matcher(name, entry) for name, entry in signs.functions.items()),
    }


def _numbered(tables: Mapping[str, tuple[Matcher, ...]]) -> dict[str, tuple[Matcher, ...]]:
    numbers = count()
    return {
        name: tuple(replace(matcher, number=next(numbers)) for matcher in matchers)
        for name, matchers in tables.items()
    }


def _well(file: LexiconFile, back: TakenBackFile) -> dict[str, tuple[Matcher, ...]]:
    macros = _macros_of_back(file, back)
    return {
        kind: tuple(
            matcher_of(f"takenback.yaml: {kind}.{name}", f"{kind}.{name}", name, entry, macros)
            for name, entry in entries.items()
        )
        for kind, entries in (("well", back.well), ("besides", back.besides))
    }


def _macros_of_back(file: LexiconFile, back: TakenBackFile) -> dict[str, str]:
    return {**file.macros, **back.macros, "n": _ENDS_IN_N}


def _taken_back(
    file: LexiconFile,
    back: TakenBackFile,
    *,
    well: tuple[Matcher, ...],
    besides: tuple[Matcher, ...],
) -> TakenBack:
    macros = _macros_of_back(file, back)

    def matcher(name: str, entry: WordsEntry) -> Matcher:
        return matcher_of(f"takenback.yaml: {name}", name, name, entry, macros)

    return TakenBack(
        named=matcher("named", back.named),
        figures=matcher("figures", back.figures),
        mistaken=matcher("mistaken", back.mistaken),
        bounded=tuple(
            _bounded(f"takenback.yaml: bounded.{name}", entry, macros)
            for name, entry in back.bounded.items()
        ),
        settled=matcher("settled", back.settled),
        well=well,
        besides=besides,
        relapse=matcher("relapse", back.relapse),
        frail=matcher("frail", back.frail),
        loud=frozenset(back.loud),
        loud_cues=frozenset(back.loud_cues),
    )


def _bounded(place: str, entry: BoundedEntry, macros: Mapping[str, str]) -> Bounded:
    return Bounded(
        cause=union_of(place, entry.cause, macros),
        found=union_of(place, entry.found, macros),
        needs=union_of(place, entry.needs, macros) if entry.needs else None,
        keeps=entry.keeps,
        before=entry.before,
        sure=entry.sure,
        tells=entry.tells,
    )


def _words_of(file: LexiconFile) -> Iterator[str]:
    """Whatever the lexicon itself says is spelt as it is meant to be."""
    for section in (file.symptoms, file.supplement, file.cues, file.history, file.special):
        for entry in section.values():
            for wording in entry.ko:
                yield from _HANGUL_WORD.findall(wording)
    yield from (word for entry in file.relations for word in entry.words)


def _all_beginnings(stems: Iterable[str]) -> list[str]:
    return [form for stem in stems for form in beginnings(stem) if len(form) > 1]


def _supplemented(file: LexiconFile) -> Mapping[str, WordsEntry]:
    """The symptoms' entries, each with the further wordings of the supplement."""
    joined = dict(file.symptoms)
    for code, more in file.supplement.items():
        first = joined[code]
        over = [*first.over, *(other for other in more.over if other not in first.over)]
        joined[code] = WordsEntry(ko=[*first.ko, *more.ko], en=[*first.en, *more.en], over=over)
    return joined


def _relations(entries: Iterable[RelationEntry], exceptions: Iterable[str]) -> Relation:
    entries = tuple(entries)
    # What is not English is looked for without its spaces, like Korean.
    said = [(_unspaced(word), entry) for entry in entries for word in entry.words]
    sex_of = {word: entry.sex for word, entry in said}
    stage_of = {word: entry.stage for word, entry in said if entry.stage}
    young = {word for word, entry in said if entry.young or entry.stage}
    # The longest first, so that a grandmother is not read as a mother.
    longest = sorted(sex_of, key=len, reverse=True)
    korean = "|".join(re.escape(word) for word in longest if not word.isascii())
    english = "|".join(re.escape(word) for word in longest if word.isascii())
    barred = "|".join(map(re.escape, exceptions))
    place = "lexicon.yaml: relations"
    return Relation(
        words=compiled(place, hurried(rf"(?!{barred})(?:{korean})")),
        spaced=compiled(place, rf"\b(?:{english})\b"),
        sex_of=MappingProxyType(sex_of),
        stage_of=MappingProxyType(stage_of),
        young=frozenset(young),
    )


def _unspaced(word: str) -> str:
    return word if word.isascii() else word.replace(" ", "")
