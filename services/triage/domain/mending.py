"""Misspellings turned into what was meant, letter for letter, so that every place stays."""

import re
from dataclasses import replace

from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Spelling

_SHORTENED = re.compile("[ㄱ-ㅎ]{3,}")
# Typing habits that touch many words: a single ㅅ under a past tense, 않 for 안, 몬 for 못, …
_HABITS = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (
            "않(?=되|돼|된|나|났|아[프파픈픔팠]|멈|보[이여]|먹|움|들[리려]|와|왔|쉬|자|차|좋|떨어|그[치쳐])",
            "안",
        ),
        ("몬(?=하|해|했|묵|먹|자|잤|쉬|가|갔|일|걷|걸|움|합|살|누|눕|참|견|봐|보|봤|무|삼)", "못"),
        ("앞아", "아파"),
        ("아퍼", "아파"),
        ("앞으(?=[다고네지])", "아프"),
        (
            "(?<=[이도가개나])[업엄읎엇](?=[심스시서슴써데음네대댄댕수]|어[요서예유여]|는|다|고)",
            "없",
        ),
        ("이써", "있어"),
        ("잇(?=[는다고습음])|잇(?=어|었)", "있"),
        ("[가갓같][타테](?=[요여용유서]|$|\\|)", "같아"),
        ("거가타", "거같아"),
        ("멈[쳐처]", "멈춰"),
        ("머추", "멈추"),
        ("머춰", "멈춰"),
        ("힘드[러르]", "힘들어"),
    )
)
_PAST = re.compile("[가-힣](?=[어는다고습지네음던거대더을죠슴데냐나])")
_PAST_VOWELS = frozenset((0, 1, 4, 5, 6, 9, 14, 10, 15))  # ㅏ ㅐ ㅓ ㅔ ㅕ ㅘ ㅝ ㅙ ㅞ
_CODA_S, _CODA_SS = 19, 20
_NEVER_PAST = frozenset("것맛갓낫첫벗")


def mended(reading: Reading, spelling: Spelling) -> Reading:
    """The reading with its misspellings mended; what was sent stays what is quoted."""
    text = _SHORTENED.sub(
        lambda found: spelling.shortened.get(found[0], found[0]), reading.squeezed
    )
    text = _PAST.sub(_past, text)
    for wrong, right in _HABITS:
        text = wrong.sub(right, text)
    return replace(reading, squeezed=_near_words(text, spelling))


def _past(found: re.Match[str]) -> str:
    syllable = ord(found[0]) - 0xAC00
    past = syllable % 28 == _CODA_S and syllable % 588 // 28 in _PAST_VOWELS
    if not past or found[0] in _NEVER_PAST:
        return found[0]
    return chr(ord(found[0]) + _CODA_SS - _CODA_S)


def _near_words(text: str, spelling: Spelling) -> str:
    """The longest variant at every place, from left to right; right words are stepped over."""
    letters: list[str] = []
    place = 0
    while place < len(text):
        step = 1
        for length in spelling.lengths:
            wrong = text[place : place + length]
            if wrong in spelling.real:
                step = length
                break
            if wrong in spelling.variants:
                letters.append(spelling.variants[wrong])
                place += length
                step = 0
                break
        letters.append(text[place : place + step])
        place += step
    return "".join(letters)
