"""Hangul syllables taken apart and put together: what spelling and conjugation rest on."""

FIRST = 0xAC00
LAST = 0xD7A3
_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

Jamo = tuple[str, str, str]


def is_syllable(letter: str) -> bool:
    """Whether a letter is one composed syllable."""
    return FIRST <= ord(letter) <= LAST


def apart(syllable: str) -> Jamo:
    """Onset, vowel and coda ("" where there is none)."""
    place = ord(syllable) - FIRST
    return _ONSETS[place // 588], _VOWELS[place % 588 // 28], _CODAS[place % 28]


def together(onset: str, vowel: str, coda: str = "") -> str:
    """One syllable of the three parts."""
    place = _ONSETS.index(onset) * 588 + _VOWELS.index(vowel) * 28 + _CODAS.index(coda)
    return chr(FIRST + place)


def with_coda(syllable: str, coda: str) -> str:
    """The syllable with another coda, or none."""
    onset, vowel, _ = apart(syllable)
    return together(onset, vowel, coda)


def onsets(word: str) -> str:
    """The onsets alone, as people abbreviate ("도와" is "ㄷㅇ")."""
    return "".join(apart(letter)[0] for letter in word)


def is_onset(letter: str) -> bool:
    """Whether a lone letter can begin a syllable."""
    return letter in _ONSETS


def can_close(letter: str) -> bool:
    """Whether a lone letter can end a syllable."""
    return letter in _CODAS[1:]
