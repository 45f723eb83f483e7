"""How texts get damaged on a phone: typos by jamo, lost spaces, stretched endings, faces."""

import re
from collections.abc import Callable
from random import Random

_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_NEAR_VOWELS = {0: 4, 1: 5, 4: 0, 5: 1, 8: 13, 13: 8, 2: 6, 6: 2, 11: 15, 10: 11, 18: 20, 20: 18}
_NEAR_FINALS = {20: 19, 22: 19, 7: 19, 19: 20, 4: 0, 16: 21, 21: 4, 25: 7}
_ENDINGS = tuple(
    (re.compile(said), written)
    for said, written in (
        ("요$", "여"),
        ("요$", "ㅛ"),
        ("요$", "용"),
        ("어요", "어여"),
        ("습니다", "슴니다"),
        ("했어", "햇어"),
        ("같아", "가타"),
        ("없어", "업어"),
        ("안 ", "않 "),
        ("돼", "되"),
        ("너무", "넘"),
    )
)
_FACES = ("ㅠㅠ", "ㅠ", "ㅜㅜ", "!!", "!!!", "...", "😭", "😰", "🚑", ";;", "ㄷㄷ")


def typo(text: str, random: Random) -> str:
    """One to three syllables with a neighbouring vowel or a lost or wrong final."""
    places = [i for i, letter in enumerate(text) if _FIRST <= ord(letter) <= _LAST]
    letters = list(text)
    for place in random.sample(places, min(len(places), random.randint(1, 3))):
        letters[place] = _slipped(letters[place], random)
    return "".join(letters)


def _slipped(letter: str, random: Random) -> str:
    code = ord(letter) - _FIRST
    initial, rest = divmod(code, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    if final and random.random() < 0.5:
        final = _NEAR_FINALS.get(final, 0)
    else:
        vowel = _NEAR_VOWELS.get(vowel, vowel)
    return chr(_FIRST + (initial * _VOWELS + vowel) * _FINALS + final)


def misspelt(text: str, random: Random) -> str:
    """An ending as people write it in a hurry."""
    pattern, written = random.choice(_ENDINGS)
    return pattern.sub(written, text)


def unspaced(text: str, _random: Random) -> str:
    """Without any space."""
    return text.replace(" ", "")


def badly_spaced(text: str, random: Random) -> str:
    """Some spaces lost."""
    return "".join("" if c == " " and random.random() < 0.4 else c for c in text)


def with_face(text: str, random: Random) -> str:
    """With what people put behind a sentence."""
    return f"{text}{random.choice(('', ' '))}{random.choice(_FACES)}"


_KINDS: tuple[Callable[[str, Random], str], ...] = (
    typo, typo, misspelt, unspaced, badly_spaced, with_face,
)  # fmt: skip


def damaged(text: str, random: Random) -> str:
    """One or two kinds of damage."""
    for kind in random.sample(_KINDS, random.choice((1, 1, 2))):
        text = kind(text, random)
    return text
