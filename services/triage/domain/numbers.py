"""Korean number words, as far as ages, weeks and minutes need them."""

import re

_ONES = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "넷": 4, "네": 4, "넉": 4,
    "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "여덜": 8, "야달": 8, "여섣": 6,
    "서이": 3, "너이": 4, "아홉": 9,
}  # fmt: skip
_TENS = {
    "열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60,
    "일흔": 70, "이른": 70, "여든": 80, "예슨": 60, "아흔": 90,
}  # fmt: skip
_SINO = {digit: value for value, digit in enumerate("영일이삼사오육칠팔구")}

_ones = "|".join(sorted(_ONES, key=len, reverse=True))
_tens = "|".join(_TENS)
NATIVE = rf"(?:(?:{_tens})(?:\s?(?:{_ones}))?|{_ones})"
NATIVE_TENS = rf"(?:(?:{_tens})(?:\s?(?:{_ones}))?)"
SINO = r"(?:백[일이삼사오육칠팔구]?|[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?)"
_NATIVE_PARTS = re.compile(rf"({_tens})?({_ones})?")
_SINO_PARTS = re.compile(r"(백)?(?:([이삼사오육칠팔구])?(십))?([일이삼사오육칠팔구])?")


def number_of(word: str) -> int | None:
    """The value of digits, of native words ("일흔둘") or of Sino-Korean ones ("칠십이")."""
    if word.isdecimal():
        return int(word)
    if len(word) > 1 and word[0] == "백" and _NATIVE_PARTS.fullmatch(word[1:]):
        return 100 + (number_of(word[1:]) or 0)
    native = _NATIVE_PARTS.fullmatch(word)
    if native and word:
        return _TENS.get(native[1] or "", 0) + _ONES.get(native[2] or "", 0)
    sino = _SINO_PARTS.fullmatch(word)
    if sino and word:
        tens = _SINO.get(sino[2] or "일", 1) * 10 if sino[3] else 0
        return (100 if sino[1] else 0) + tens + _SINO.get(sino[4] or "영", 0)
    return None
