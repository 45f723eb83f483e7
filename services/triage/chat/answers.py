"""Short answers to the question that was asked: an age, a sex, a person."""

import re

from services.triage.chat.stance import Stance, tokens_of
from services.triage.domain.age_forms import Age
from services.triage.domain.ages import find_ages
from services.triage.domain.numbers import NATIVE, SINO
from services.triage.knowledge.model import Sex

OLDEST = 125
_TAIL = (
    r"(?:살|세)?(?:쯤|정도|가량|쯤요)?(?:이나)?(?:요|이요|이에요|예요|이예요|입니다|임|이고|이고요|이여|여"
    r"|됐어요|되세요|되셨어요|이세요|세요|이십니다|이에여|이구요|인데|인데요|이라고요?|살이요|이다|이야|야)?"
)
_AGE_WORD = re.compile(rf"(?:만|한|약|대략|올해|저는|나는|전)?(\d{{1,3}}|{SINO}|{NATIVE}){_TAIL}")
_INFANT = re.compile(
    r"(?:생후|이제|막|한)?((?:\d{1,3}|두|세|네|다섯|여섯|일곱|여덟|아홉|열)(?:개월|달|일|주))"
    r"(?:된|됐|되었|지난)?(?:아기|애기|아이)?" + _TAIL
)
_MALE = re.compile(
    r"(?:남|남자|남성|남아|남편|아들|사내)(?:애|아이|분)?"
    r"(?:요|이요|이에요|예요|이예요|입니다|임|이라고요?|라고요?|이야|야|이고|고|이고요|고요|인데요?)?"
)
_FEMALE = re.compile(
    r"(?:여|여자|여성|여아|딸)(?:애|아이|분)?"
    r"(?:요|이요|이에요|예요|이예요|입니다|임|이라고요?|라고요?|이야|야|이고|고|이고요|고요|인데요?)?"
)
_ENGLISH: dict[str, Sex] = {
    "m": "M", "male": "M", "man": "M", "boy": "M", "he": "M", "f": "F", "female": "F",
    "woman": "F", "girl": "F", "she": "F", "ㄴㅈ": "M", "ㅇㅈ": "F",
}  # fmt: skip
_ME = re.compile(
    r"(?:저|나|본인|제|내)(?:요|예요|에요|이에요|입니다|임|야|이요|이야|가요?|라고요?)?"
    r"|me|myself|self|i|it'?sme"
)


def age_said(text: str, *, this_year: int, asked: bool, of_child: bool) -> Age | None:
    """An age where a text is hardly more than one. Unasked, a number must stand alone, and months
    are an age only where the patient is a child."""
    tokens = tokens_of(text)
    squeezed = "".join(tokens)
    if not squeezed:
        return None
    infant = _INFANT.fullmatch(squeezed) if asked or of_child else None
    if infant is not None:
        found = find_ages(f"생후 {infant[1]}", this_year=this_year)
        return found[0] if found else None
    word = _AGE_WORD.fullmatch(squeezed)
    if word is not None and not _is_number(word):
        return None
    if word is None and asked:
        word = _only_number(tokens)
    if word is None:
        return None
    found = find_ages(f"{word[1]}살", this_year=this_year)
    return found[0] if found else None


def _only_number(tokens: list[str]) -> re.Match[str] | None:
    """The one word among others that is an age ("여자 28", "아마 칠십쯤")."""
    found = [match for token in tokens if (match := _AGE_WORD.fullmatch(token))]
    likely = [match for match in found if _is_number(match)]
    return likely[0] if len(likely) == 1 else None


def _is_number(word: re.Match[str]) -> bool:
    """A syllable alone is none: "네" is a yes and "한" is "about", but "네 살" is an age."""
    return word[1].isdecimal() or len(word[1]) > 1 or word[0][len(word[1]) :].startswith("살")


def sex_said(text: str) -> Sex | None:
    """The sex where a word of a short text is one."""
    for token in tokens_of(text)[:4]:
        if token in _ENGLISH:
            return _ENGLISH[token]
        if _MALE.fullmatch(token):
            return "M"
        if _FEMALE.fullmatch(token):
            return "F"
    return None


def is_self_said(text: str, stance: Stance | None) -> bool | None:
    """Whether the patient is the writer. The question offers both, so a no is somebody else."""
    tokens = tokens_of(text)
    if tokens and any(_ME.fullmatch(token) for token in tokens[:2]):
        return True
    return {"yes": True, "no": False}.get(stance or "")
