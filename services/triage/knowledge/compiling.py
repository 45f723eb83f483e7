"""Wordings become regular expressions once, when the knowledge is loaded."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from services.triage.knowledge.conjugating import beginnings
from services.triage.knowledge.files import LexiconFile, RelationEntry, SignsFile, WordsEntry
from services.triage.knowledge.firsts import hurried
from services.triage.knowledge.model import Explained, Lexicon, Matcher, Relation, Unclear
from services.triage.knowledge.reading import KnowledgeError
from services.triage.knowledge.spelling import compile_spelling

Cause = Literal["pain", "breath"]
_MACRO = re.compile(r"\{([a-z_]+)\}")
_HANGUL_WORD = re.compile("[가-힣]{2,}")
_STEM = re.compile("<([가-힣]+)>")
# What stands behind a "not" in a wording: a syllable, a choice of them, or a group of choices.
_BARRED = re.compile(r"\(\?<?!(?:[^()]|\([^()]*\))*\)")
_NOT = re.compile(r"안(\[[^\]]*\]|\(\?:[^()]*\)|[가-힣])")


def compile_lexicon(file: LexiconFile, signs: SignsFile, names: Mapping[str, str]) -> Lexicon:
    """`names` are the Korean names of the ontology's codes; cues, diseases and circumstances
    are named by their own keys. The signs are cues that have a file of their own."""

    def table(section: str, entries: Mapping[str, WordsEntry]) -> tuple[Matcher, ...]:
        return tuple(
            _matcher(
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

    idioms = _idioms(file, signs)
    if idioms.spaced is None or idioms.korean is None:
        raise KnowledgeError("lexicon.yaml: idioms: both languages are needed")
    return Lexicon(
        spelling=compile_spelling(
            [*file.spelling.words, *_all_beginnings(file.spelling.stems)],
            real={*file.spelling.real, *_words_of(file)},
            shortened=file.spelling.shortened,
        ),
        symptoms=table("symptoms", _supplemented(file)),
        cues=(*table("cues", file.cues), *_signs(file, signs)),
        unclear=_unclear(file, signs),
        history=table("history", file.history),
        special=table("special", file.special),
        lanes=table("lanes", {str(key): entry for key, entry in file.lanes.items()}),
        idioms=idioms.korean,
        idioms_spaced=idioms.spaced,
        cry_for_help=_union("lexicon.yaml: cry_for_help", file.cry_for_help, file.macros),
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


def _idioms(file: LexiconFile, signs: SignsFile) -> Matcher:
    entry = WordsEntry(
        ko=[*file.idioms.ko, *signs.harmless.ko], en=[*file.idioms.en, *signs.harmless.en]
    )
    macros = {**signs.macros, **file.macros}
    return _matcher("lexicon.yaml: idioms", "idioms", "", entry, macros)


def _signs(file: LexiconFile, signs: SignsFile) -> tuple[Matcher, ...]:
    macros = {**file.macros, **signs.macros}
    return tuple(
        _matcher(f"signs.yaml: signs.{key}", key, key, entry, macros)
        for key, entry in signs.signs.items()
    )


def _unclear(file: LexiconFile, signs: SignsFile) -> Unclear:
    macros = {**file.macros, **signs.macros}

    def matcher(name: str, entry: WordsEntry) -> Matcher:
        return _matcher(f"signs.yaml: unclear.{name}", name, name, entry, macros)

    return Unclear(
        vital=matcher("vital", signs.unclear.vital),
        trouble=matcher("trouble", signs.unclear.trouble),
        body=matcher("body", signs.unclear.body),
        intense=matcher("intense", signs.unclear.intense),
        alarms=tuple(matcher(name, entry) for name, entry in signs.alarms.items()),
        functions=tuple(matcher(name, entry) for name, entry in signs.functions.items()),
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


def _matcher(
    place: str,
    key: str,
    name: str,
    entry: WordsEntry,
    macros: Mapping[str, str],
    *,
    literal: Collection[str] = (),
    consequences: Mapping[str, Cause] | None = None,
) -> Matcher:
    return Matcher(
        name=key,
        ko=name,
        korean=_union(place, entry.ko, macros) if entry.ko else None,
        spaced=_spaced(place, entry.en, macros) if entry.en else None,
        own_not=frozenset(
            first for words in entry.ko for first in _after_not(_expanded(place, words, macros))
        ),
        over=frozenset(entry.over),
        literal=key in literal,
        consequence=(consequences or {}).get(key),
    )


def _after_not(words: str) -> Iterator[str]:
    for found in _NOT.finditer(_BARRED.sub("", words)):
        if found[1].startswith("(?:"):
            yield from (choice[0] for choice in found[1][3:-1].split("|") if choice)
        else:
            yield from found[1].strip("[]")


def _union(place: str, wordings: Iterable[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    body = "|".join(_expanded(place, words, macros) for words in wordings)
    return _compiled(place, hurried(body))


def _spaced(place: str, wordings: Iterable[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    body = "|".join(_expanded(place, words, macros) for words in wordings)
    return _compiled(place, rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])")


def _expanded(place: str, words: str, macros: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in macros:
            raise KnowledgeError(f"{place}: unknown macro {found[0]}")
        return macros[found[1]]

    once = _MACRO.sub(value, words)
    return _STEM.sub(_forms, _MACRO.sub(value, once))


def _forms(found: re.Match[str]) -> str:
    return f"(?:{'|'.join(beginnings(found[1]))})"


@cache
def _regular(body: str) -> re.Pattern[str]:
    # re's own memory holds 512 patterns, fewer than the lexicon has: knowledge that is loaded
    # again in one process would be compiled again.
    return re.compile(body)


def _compiled(place: str, body: str) -> re.Pattern[str]:
    try:
        pattern = _regular(body)
    except re.error as fault:
        raise KnowledgeError(f"{place}: {fault} in {body}") from fault
    if pattern.match("") is not None:
        raise KnowledgeError(f"{place}: matches the empty text")
    return pattern


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
        words=_compiled(place, hurried(rf"(?!{barred})(?:{korean})")),
        spaced=_compiled(place, rf"\b(?:{english})\b"),
        sex_of=MappingProxyType(sex_of),
        stage_of=MappingProxyType(stage_of),
        young=frozenset(young),
    )


def _unspaced(word: str) -> str:
    return word if word.isascii() else word.replace(" ", "")
