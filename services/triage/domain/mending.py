"""Misspellings turned into what was meant, letter for letter, so that every place stays."""

import re
from dataclasses import replace

from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Spelling

_SHORTENED = re.compile("[ㄱ-ㅎ]{2,}")
# Typing habits that touch many words: a single ㅅ under a past tense, 않 for 안, 몬 for 못, …
_HABITS = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (
            "않(?=하|해|했|한다|함|되|돼|된|나|났|아[프파픈픔팠]|멈|보[이여]|먹|움|들[리려]|와|왔|쉬|자|차|좋|떨어|그[치쳐])",
            "안",
        ),
        (
            "몬(?=하|해|했|묵|먹|자|잤|쉬|가|갔|일|걷|걸|움|합|살|누|눕|참|견|봐|보|봤|무|삼|써|쓰|들|드|떠|뜨|쉰|일)",
            "못",
        ),
        ("앞아", "아파"),
        ("오른짝", "오른쪽"),
        ("왼짝", "왼쪽"),
        ("토헤(?=[요서]|$|\\|)", "토해"),
        ("(?<=열[이도])낳(?=[어아았])", "났"),
        ("아퍼", "아파"),
        ("앞으(?=[다고네지])", "아프"),
        ("(?<=[은는이가도])(?:음(?=따|다고)|[엇어웃읏](?=수[다가과게꽈]|신디|수괴))", "없"),
        ("읎|웂", "없"),
        ("부서(?=갖|가지|부[렀러]|졌구)", "부어"),
        ("부섰", "부었"),
        ("구[녁녕](?=[이에을가도])", "구멍"),
        ("맥히", "막히"),
        ("맥혔", "막혔"),
        ("맥힌", "막힌"),
        ("뽀사(?=[질지졌])", "깨져"),
        ("(?<=[가-힣])칬", "쳤"),
        ("(?<=[가-힣])짔", "졌"),
        ("쎄(?=가|바닥)", "혀"),
        ("자꼬", "자꾸"),
        ("에럽", "어렵"),
        (
            "(?<=[이도가개나은는건거것])[업엄엇](?=[심스시서슴써데음네대댄댕수]|어[요서예유여]|는|다|고)",
            "없",
        ),
        ("(?<=[이도가은는])[업엄엇읍없](?=[꼬따떼]|다카|다꼬|심더)", "없"),
        ("이써", "있어"),
        ("잇(?=[는다고습음])|잇(?=어|었)", "있"),
        ("[가갓같][타테](?=[요여용유서]|$|\\|)", "같아"),
        ("거가타", "거같아"),
        ("멈[쳐처]", "멈춰"),
        ("머추", "멈추"),
        ("머춰", "멈춰"),
        ("히미(?=안|없|하나|빠|풀|쭉)", "힘이"),
        ("드러가", "들어가"),
        ("[쳐처]저(?=있|서|요)", "쳐져"),
        ("가[승심](?=이(?:답|아|조|너|찌|뻐|막|터))", "가슴"),
        ("답[따다][패페]|답따해", "답답해"),
        ("힘드[러르]", "힘들어"),
        ("겡[련년]|견련|경년(?=[해하이을])", "경련"),
    )
)
_PAST = re.compile("[가-힣](?=[어는다고습지네음던거대더을죠슴데냐나서여])")
_PAST_VOWELS = frozenset((0, 1, 4, 5, 6, 9, 14, 10, 15))  # ㅏ ㅐ ㅓ ㅔ ㅕ ㅘ ㅝ ㅙ ㅞ
_SAFE_INSIDE = 3
_UNSPACED = 8
# What may follow a mended short word inside the same word: a particle or an ending.
_ENDING = re.compile(
    "(?:[이가은는을를도에의로만랑요인어다고습지네던거대데서면하했해쪽증통때까부]|입니다)[가-힣]{0,4}|"
)
_CODA_S, _CODA_SS = 19, 20
_NEVER_PAST = frozenset("것맛갓낫첫벗섯")


def mended(reading: Reading, spelling: Spelling) -> Reading:
    """The reading with its misspellings mended; what was sent stays what is quoted."""
    text = _SHORTENED.sub(lambda found: _told_by_onsets(reading, found, spelling), reading.squeezed)
    text = _near_words(replace(reading, squeezed=_PAST.sub(_past, text)), spelling)
    for wrong, right in _HABITS:
        text = wrong.sub(right, text)
    return replace(reading, squeezed=text)


def _told_by_onsets(reading: Reading, found: re.Match[str], spelling: Spelling) -> str:
    """The phrase, or the words that were written apart in it, each by itself."""
    if found[0] in spelling.shortened:
        return spelling.shortened[found[0]]
    starts = [p for p in range(*found.span()) if p in (found.start(), reading.words[p][0])]
    ends = [*starts[1:], found.end()]
    pieces = (reading.squeezed[start:end] for start, end in zip(starts, ends, strict=True))
    return "".join(spelling.shortened.get(piece, piece) for piece in pieces)


def _past(found: re.Match[str]) -> str:
    syllable = ord(found[0]) - 0xAC00
    past = syllable % 28 == _CODA_S and syllable % 588 // 28 in _PAST_VOWELS
    if not past or found[0] in _NEVER_PAST:
        return found[0]
    return chr(ord(found[0]) + _CODA_SS - _CODA_S)


def _near_words(reading: Reading, spelling: Spelling) -> str:
    """The longest variant at every place, from left to right; right words are stepped over."""
    text = reading.squeezed
    letters: list[str] = []
    place = 0
    while place < len(text):
        step = _step(reading, place, spelling)
        wrong = text[place : place + step]
        letters.append(wrong if wrong in spelling.real else spelling.variants.get(wrong, wrong))
        place += step
    return "".join(letters)


def _step(reading: Reading, place: int, spelling: Spelling) -> int:
    """The length of the word at a place that is right or can be mended; 1 where there is none."""
    text = reading.squeezed
    for length in spelling.lengths.get(text[place : place + 2], ()):
        word = text[place : place + length]
        if word in spelling.real or (
            word in spelling.variants and _may_be_mended(reading, place, length)
        ):
            return length
    return 1


def _may_be_mended(reading: Reading, place: int, length: int) -> bool:
    """A stretch that runs from the middle of one word into the next only looks like a word."""
    first, last = reading.words[place]
    if length >= _SAFE_INSIDE:
        return place == first or (place + length <= last and last - first >= _UNSPACED)
    rest = reading.squeezed[place + length : last]
    return place == first and _ENDING.fullmatch(rest) is not None
