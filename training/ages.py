"""Ages as people say them."""

from random import Random

_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_ONES = ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_COUNTED = {"하나": "한", "둘": "두", "셋": "세", "넷": "네"}
_SINO = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
_SEX = {"M": ("남자", "남성", "남"), "F": ("여자", "여성", "여")}
THIS_YEAR = 2026


def native(age: int, *, counting: bool) -> str:
    """일흔둘; counting before a noun, 일흔두. Below one hundred."""
    tens, ones = divmod(age, 10)
    last = _ONES[ones]
    if counting:
        last = _COUNTED.get(last, last)
        if tens == 2 and not ones:
            return "스무"
    return _TENS[tens] + last


def sino(age: int) -> str:
    """칠십이, below one hundred."""
    tens, ones = divmod(age, 10)
    return ("" if tens < 2 else _SINO[tens]) + ("십" if tens else "") + _SINO[ones]


def said_age(age: int, sex: str | None, random: Random) -> str:
    """One of the forms in which an age, and a sex with it, is told."""
    forms = [f"{age}세", f"{age}살", f"만 {age}세", f"{age}세인데", f"{age}살인데", f"나이 {age}"]
    if 0 < age < 100:
        forms += [f"{native(age, counting=True)} 살", f"{native(age, counting=False)}이고"]
        forms += [f"{sino(age)} 세", f"올해 {native(age, counting=False)}인데"]
        forms += [f"{(THIS_YEAR - age) % 100:02d}년생", f"{THIS_YEAR - age}년생인데"]
    said = random.choice(forms)
    if sex is None:
        return said
    word = random.choice(_SEX[sex])
    return random.choice((f"{said} {word}", f"{word} {said}", f"{said} {word}인데"))
