"""Every way of misspelling that is near enough to be meant, worked out once from the right words.

A word of three syllables or more is recognised with any one jamo wrong, missing or added; one of
two syllables only with a neighbouring vowel or as it sounds before a particle ("가스미"), because
short words one jamo apart are often different words. A variant that is itself a word of the
lexicon or of `real` is never mended. All variants keep the number of syllables, so that mending
keeps every place in the text.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from services.triage.knowledge.hangul import apart, is_syllable, onsets, together
from services.triage.knowledge.model import Spelling

_VOWELS = "ㅏㅐㅑㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_CODAS = ("", *"ㄱㄴㄶㄷㄹㄺㅀㅁㅂㅄㅅㅆㅇㅈㅊㅌㅍㅎ")
_NEIGHBOURS = {
    "ㅐ": "ㅔㅖ", "ㅔ": "ㅐㅖ", "ㅖ": "ㅔㅐ", "ㅗ": "ㅜㅛ", "ㅜ": "ㅗㅠㅡ", "ㅡ": "ㅜ",
    "ㅢ": "ㅣㅡ",
    "ㅣ": "ㅢㅟ", "ㅟ": "ㅣ", "ㅚ": "ㅙㅞ", "ㅙ": "ㅚㅞ", "ㅞ": "ㅚㅙ", "ㅓ": "ㅕ", "ㅕ": "ㅓ",
    "ㅏ": "ㅑ", "ㅑ": "ㅏ", "ㅘ": "ㅏ", "ㅝ": "ㅓ",
}  # fmt: skip
_SOUNDS = {"ㄲ": "ㄱ", "ㅋ": "ㄱ", "ㅍ": "ㅂ", "ㅌ": "ㄷ", "ㅆ": "ㅅ"}
_PARTICLES = ("이", "을", "은", "에", "으로", "이랑", "인", "입니다", "이에요", "이요", "의")
_VERBAL = "진린킨긴된"
FREE_SYLLABLES = 3


def compile_spelling(
    words: Iterable[str], *, real: Collection[str], shortened: Iterable[str]
) -> Spelling:
    """`words` are mended to, `real` never mended, `shortened` are phrases told by onsets."""
    right = dict.fromkeys(words)
    variants: dict[str, str] = {}
    for word in right:
        for variant in _variants(word):
            variants.setdefault(variant, word)
        for variant, meant in _linked(word):
            variants.setdefault(variant, meant)
    barred = {*right, *real}
    kept = {wrong: meant for wrong, meant in variants.items() if wrong not in barred}
    return Spelling(
        variants=MappingProxyType(kept),
        lengths=_lengths((*kept, *barred)),
        real=frozenset(barred),
        shortened=_shortened(shortened),
    )


def _lengths(words: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    by_head: dict[str, set[int]] = defaultdict(set)
    for word in words:
        by_head[word[:2]].add(len(word))
    return MappingProxyType(
        {head: tuple(sorted(lengths, reverse=True)) for head, lengths in by_head.items()}
    )


def _variants(word: str) -> Iterator[str]:
    free = len(word) >= FREE_SYLLABLES
    for place, letter in enumerate(word):
        for other in _any_jamo(letter) if free else _near_jamo(letter):
            yield word[:place] + other + word[place + 1 :]


@cache
def _any_jamo(syllable: str) -> tuple[str, ...]:
    onset, vowel, coda = apart(syllable)
    return (
        *(together(other, vowel, coda) for other in _ONSETS if other != onset),
        *(together(onset, other, coda) for other in _VOWELS if other != vowel),
        *(together(onset, vowel, other) for other in _CODAS if other != coda),
    )


def _near_jamo(syllable: str) -> Iterator[str]:
    onset, vowel, coda = apart(syllable)
    yield from (together(onset, other, coda) for other in _NEIGHBOURS.get(vowel, ""))


def _linked(word: str) -> Iterator[tuple[str, str]]:
    """As it sounds before a particle that begins with a vowel: 가슴이 is written 가스미."""
    onset, vowel, coda = apart(word[-1])
    sound = _SOUNDS.get(coda, coda)
    is_noun = coda and coda not in "ㅇㅆ" and word[-1] not in _VERBAL
    if len(word) < 2 or not is_noun or sound not in _ONSETS:
        return
    for particle in _PARTICLES:
        _, after, closing = apart(particle[0])
        joined = together(sound, after, closing) + particle[1:]
        yield word[:-1] + together(onset, vowel) + joined, word + particle


def _shortened(phrases: Iterable[str]) -> Mapping[str, str]:
    return MappingProxyType(
        {onsets(phrase): phrase for phrase in phrases if all(map(is_syllable, phrase))}
    )
