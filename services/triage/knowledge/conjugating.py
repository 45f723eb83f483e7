"""The beginnings that every conjugated form of a Korean stem has.

Wordings match beginnings, so whatever ending, politeness or dialect follows needs no listing:
of "아프다" the beginnings are 아프, 아픈, 아플, 아픔, 아픕, 아파, 아팠 (and 아퍼, 아펐 as spoken).
"""

from collections.abc import Iterator

from services.triage.knowledge.hangul import apart, together, with_coda

_REGULAR_B = frozenset("잡뽑입씹접꼽좁업집굽넓헤집")
_IRREGULAR_S = frozenset("붓낫긋짓잇젓")
_IRREGULAR_D = frozenset("걷듣싣깨닫")
_REGULAR_H = frozenset("좋낳놓넣쌓닿찧빻")
_REGULAR_RU = frozenset({"따르", "치르", "들르", "푸르"})
_JOINED = {"ㅣ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅚ": "ㅙ"}
_BRIGHT = frozenset("ㅏㅗ")
_SAME = frozenset("ㅏㅓㅐㅔㅕ")


def beginnings(stem: str) -> tuple[str, ...]:
    """All beginnings of the forms of a stem (the dictionary form without 다), the stem first."""
    last = stem[-1]
    _, vowel, coda = apart(last)
    forms = [last]
    if last == "하":
        forms += ["한", "할", "함", "합", "해", "했"]
    elif coda:
        forms += _closed(last, vowel, coda)
    else:
        forms += [*_before_vowel(stem, vowel), *(with_coda(last, c) for c in "ㄴㄹㅁㅂ")]
    doubled = _doubled(stem) if last == "르" else ()
    return (*dict.fromkeys(stem[:-1] + form for form in forms), *doubled)


def _doubled(stem: str) -> tuple[str, ...]:
    """흐르 becomes 흘러, 모르 becomes 몰라."""
    if len(stem) < 2 or stem[-2:] in _REGULAR_RU:
        return ()
    ends = ("라", "랐") if apart(stem[-2])[1] in _BRIGHT else ("러", "렀")
    return tuple(stem[:-2] + with_coda(stem[-2], "ㄹ") + end for end in ends)


def _before_vowel(stem: str, vowel: str) -> Iterator[str]:
    """What a last syllable that ends in a vowel becomes before 어."""
    onset = apart(stem[-1])[0]
    if vowel == "ㅡ":
        joined = "ㅏㅓ" if len(stem) > 1 and apart(stem[-2])[1] in _BRIGHT else "ㅓ"
    elif vowel == "ㅟ":
        joined = "ㅕ"  # 쉬어 is written 셔 as it is spoken
    elif vowel in _SAME:
        joined = vowel
    else:
        joined = _JOINED.get(vowel, "")
    for one in joined:
        yield together(onset, one)
        yield together(onset, one, "ㅆ")


def _closed(last: str, vowel: str, coda: str) -> Iterator[str]:
    """What the irregular codas become; a regular one stays as it is in every form."""
    bare = with_coda(last, "")
    if coda == "ㅂ" and last not in _REGULAR_B:
        yield from (bare + end for end in ("우", "워", "웠", "운", "울", "움", "와", "왔", "버"))
    elif coda == "ㅅ" and last in _IRREGULAR_S:
        yield from (bare + end for end in ("어", "었", "은", "을", "으", "음", "아", "았"))
    elif coda == "ㄷ" and last in _IRREGULAR_D:
        yield from (with_coda(last, "ㄹ") + end for end in ("어", "었", "은", "을", "으", "음"))
    elif coda == "ㄹ":
        yield from (with_coda(last, "ㄴ"), with_coda(last, "ㅂ"))
        yield from (bare + end for end in ("는", "네", "니", "시", "오"))
    elif coda == "ㅎ" and last not in _REGULAR_H:
        yield from (with_coda(last, c) for c in "ㄴㄹㅁㅂ")
        onset = apart(last)[0]
        joined = "ㅐ" if vowel in "ㅏㅑ" else "ㅔ"
        yield from (
            together(onset, j, c)
            for j in (joined, "ㅒ" if vowel == "ㅑ" else joined)
            for c in ("", "ㅆ")
        )
