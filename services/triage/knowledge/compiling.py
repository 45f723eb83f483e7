"""Wordings become regular expressions once, when the knowledge is loaded."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from services.triage.knowledge.files import LexiconFile, RelationEntry, WordsEntry
from services.triage.knowledge.model import Lexicon, Matcher, Relation
from services.triage.knowledge.reading import KnowledgeError

_MACRO = re.compile(r"\{([a-z_]+)\}")
_NEGATIVE = re.compile("[안못없않]")


def compile_lexicon(file: LexiconFile, names: Mapping[str, str]) -> Lexicon:
    """`names` are the Korean names of the ontology's codes; cues, diseases and circumstances
    are named by their own keys."""

    def table(section: str, entries: Mapping[str, WordsEntry]) -> tuple[Matcher, ...]:
        return tuple(
            _matcher(f"lexicon.yaml: {section}.{key}", key, names.get(key, key), entry, file.macros)
            for key, entry in entries.items()
        )

    idioms = _matcher("lexicon.yaml: idioms", "idioms", "", file.idioms, file.macros)
    if idioms.spaced is None or (idioms.plain is None and idioms.denying is None):
        raise KnowledgeError("lexicon.yaml: idioms: both languages are needed")
    return Lexicon(
        symptoms=table("symptoms", _supplemented(file)),
        cues=table("cues", file.cues),
        history=table("history", file.history),
        special=table("special", file.special),
        lanes=table("lanes", {str(key): entry for key, entry in file.lanes.items()}),
        idioms=_union("lexicon.yaml: idioms", file.idioms.ko, file.macros),
        idioms_spaced=idioms.spaced,
        cry_for_help=_union("lexicon.yaml: cry_for_help", file.cry_for_help, file.macros),
        relations=_relations(file.relations, file.relation_exceptions),
        gender_of_code=MappingProxyType(dict(file.gender_of_code)),
    )


def _supplemented(file: LexiconFile) -> Mapping[str, WordsEntry]:
    """The symptoms' entries, each with the further wordings of the supplement."""
    joined = dict(file.symptoms)
    for code, more in file.supplement.items():
        first = joined[code]
        over = [*first.over, *(other for other in more.over if other not in first.over)]
        joined[code] = WordsEntry(ko=[*first.ko, *more.ko], en=[*first.en, *more.en], over=over)
    return joined


def _matcher(
    place: str, key: str, name: str, entry: WordsEntry, macros: Mapping[str, str]
) -> Matcher:
    wordings = [part for words in entry.ko for part in _alternatives(words)]
    denying = [words for words in wordings if _NEGATIVE.search(words)]
    plain = [words for words in wordings if not _NEGATIVE.search(words)]
    return Matcher(
        name=key,
        ko=name,
        plain=_union(place, plain, macros) if plain else None,
        denying=_union(place, denying, macros) if denying else None,
        spaced=_spaced(place, entry.en, macros) if entry.en else None,
        over=frozenset(entry.over),
    )


def _union(place: str, wordings: Iterable[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    return _compiled(place, "|".join(_expanded(place, words, macros) for words in wordings))


def _spaced(place: str, wordings: Iterable[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    body = "|".join(_expanded(place, words, macros) for words in wordings)
    return _compiled(place, rf"(?<![a-z0-9])(?:{body})(?![a-z0-9])")


def _alternatives(words: str) -> list[str]:
    """The alternatives outside all brackets: each is judged by itself for a negative."""
    parts, depth, start, quoted = [], 0, 0, False
    for place, letter in enumerate(words):
        if quoted or letter == "\\":
            quoted = not quoted
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "|" and depth == 0:
            parts.append(words[start:place])
            start = place + 1
    return [*parts, words[start:]]


def _expanded(place: str, words: str, macros: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in macros:
            raise KnowledgeError(f"{place}: unknown macro {found[0]}")
        return macros[found[1]]

    once = _MACRO.sub(value, words)
    return _MACRO.sub(value, once)


def _compiled(place: str, body: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(body)
    except re.error as fault:
        raise KnowledgeError(f"{place}: {fault} in {body}") from fault
    if pattern.match("") is not None:
        raise KnowledgeError(f"{place}: matches the empty text")
    return pattern


def _relations(entries: Iterable[RelationEntry], exceptions: Iterable[str]) -> Relation:
    entries = tuple(entries)
    sex_of = {word: entry.sex for entry in entries for word in entry.words}
    stage_of = {word: entry.stage for entry in entries for word in entry.words if entry.stage}
    # The longest first, so that a grandmother is not read as a mother.
    longest = sorted(sex_of, key=len, reverse=True)
    korean = "|".join(re.escape(word) for word in longest if not word.isascii())
    english = "|".join(re.escape(word) for word in longest if word.isascii())
    barred = "|".join(map(re.escape, exceptions))
    place = "lexicon.yaml: relations"
    return Relation(
        words=_compiled(place, rf"(?!{barred})(?:{korean})"),
        spaced=_compiled(place, rf"\b(?:{english})\b"),
        sex_of=MappingProxyType(sex_of),
        stage_of=MappingProxyType(stage_of),
    )
