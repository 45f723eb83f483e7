"""Who the patient is: the one the complaint belongs to, not the one who speaks."""

import re
from dataclasses import dataclass
from typing import Literal

from services.triage.domain.reading import Reading
from services.triage.knowledge.model import Relation, Sex

_SELF = re.compile(
    r"(?<![가-힣])(?:저는|제가|저도|저|난|나는|내가|나도|나|전|저희는|내|제|전요|지가|지는)(?=\s|[0-9]|$|,)"
    r"|(?<![가-힣])(?:저는|제가|나는|내가|저도|나도)"
    r"|\b(?:i|i'm|i've|i'd|im|my|me)\b(?! (?:father|dad|mother|mom|wife|husband|son|daughter|baby"
    r"|child|kid|friend|brother|sister|grand\w+|boyfriend|girlfriend|aunt|uncle|coworker|neighbou?r))"
)
_NOT_SUBJECT = re.compile(
    r"(?:이)?(?:랑|한테|에게|때문|께(?!서)|네(?:집|에서)|집에|차에|보다|말로|말이|생각)"
)
_SPEAKER = re.compile(r"(?:인데|입니다|이에요|예요|이고|이구|임|인데요|거든|이라서|으로서|로서)")
_CHAIN = re.compile(r"(?:의|네|쪽|분)?")
_THIRD = re.compile(
    r"(?<!주)(?<!하)(?:셨|세요(?!\?)|시고|시는|십니다|시네|신대|시다|셔서|셔요|으세요|시더|신데|시거든)"
    r"|아파하|힘들어하|괴로워하|[다냐라]고해요|대요(?:\||$)|래요(?:\||$)"
)
_POLITE_REQUEST = re.compile(
    r"(?:주|해|알려|가르쳐|도와|살려|찾아|하)(?:세요|십시오|셔요|실|시)|안녕하세요|계세요|수고하세요"
)
_STATEMENT = re.compile(
    r"(?:요|다|유|여|용|염|예|네|께|디|노|어|아|음|함|당|라|데|고)(?:\||$|\d)|[아어여와워해나차파려러퍼져쳐돼봐]요"
)
_NEVER_SELF = frozenset({"cardiac_arrest", "altered_mental_status", "inconsolable_crying"})
_SELDOM_SELF = frozenset({"seizure", "confusion", "agitation_violence", "drowning"})
_MALE = re.compile(
    r"남자(?!친구)|남성|남아(?![가-힣])|(?:세|살|대)\s*남(?![가-힣]|쪽)|(?<!\w)남\s*/\s*\d|\d\s*/\s*남|\d\s*남(?![가-힣])"
    r"|\b(?:male|man|guy|gentleman)\b|(?<![\w.])\d{2,3}\s*/?\s*m\b(?!\s*(?:높이|깊이|거리|정도|high|tall))|\bm\s*/\s*\d"
)
_FEMALE = re.compile(
    r"여자(?!친구)|여성(?!\s*병원)|여아|(?:세|살|대)\s*여(?![가-힣])|(?<!\w)여\s*/\s*\d|\d\s*/\s*여|\d\s*여(?![가-힣])"
    r"|\b(?:female|woman|lady)\b|(?<![\w.])\d{1,3}\s*/?\s*f\b|\bf\s*/\s*\d"
)


@dataclass(frozen=True, slots=True)
class Person:
    """`start` is where the patient is named; `stage` what the word tells of the age."""

    gender: Sex | None
    is_self: bool | None
    stage: str | None
    start: int | None


@dataclass(frozen=True, slots=True)
class _Figure:
    kind: Literal["self", "other"]
    start: int
    end: int
    sex: Sex | None = None
    stage: str | None = None


def find_person(
    reading: Reading, relation: Relation, *, complaint: int | None, codes: frozenset[str]
) -> Person:
    """The patient, judged by who is named last before the place of the first complaint."""
    others = _others(reading, relation)
    figures = sorted([*others, *_selves(reading)], key=lambda figure: figure.start)
    patient = _nearest(figures, complaint)
    if patient is None:
        return Person(_stated_sex(reading), _implied_self(reading, complaint, codes), None, None)
    if patient.kind == "self":
        return Person(_stated_sex(reading) if not others else None, True, None, patient.start)
    return Person(patient.sex or _stated_sex(reading), False, patient.stage, patient.start)


def _nearest(figures: list[_Figure], complaint: int | None) -> _Figure | None:
    if not figures:
        return None
    if complaint is None:
        return next((figure for figure in figures if figure.kind == "other"), figures[0])
    before = [figure for figure in figures if figure.start <= complaint]
    return before[-1] if before else figures[0]


def _others(reading: Reading, relation: Relation) -> list[_Figure]:
    figures: list[_Figure] = []
    roles: list[_Figure] = []
    squeezed = reading.squeezed
    for found in relation.words.finditer(squeezed):
        if _NOT_SUBJECT.match(squeezed, found.end()):
            continue
        sex, stage = relation.sex_of[found[0]], relation.stage_of.get(found[0])
        figure = _Figure("other", *reading.span(*found.span()), sex, stage)
        if figures and _CHAIN.fullmatch(reading.lowered[figures[-1].end : figure.start].strip()):
            figures[-1] = _chained(figures[-1], figure)
        elif _SPEAKER.match(squeezed, found.end()):
            roles.append(figure)
        else:
            figures.append(figure)
    for found in relation.spaced.finditer(reading.lowered):
        sex, stage = relation.sex_of[found[0]], relation.stage_of.get(found[0])
        figures.append(_Figure("other", *found.span(), sex, stage))
    return figures or roles


def _chained(first: _Figure, last: _Figure) -> _Figure:
    """Of "친구 엄마" the last is meant; of "우리 아들 애기" both say something."""
    both_child = last.stage is not None and first.sex is not None
    sex = last.sex or (first.sex if both_child else None)
    return _Figure("other", first.start, last.end, sex, last.stage or first.stage)


def _selves(reading: Reading) -> list[_Figure]:
    return [_Figure("self", *found.span()) for found in _SELF.finditer(reading.lowered)]


def _stated_sex(reading: Reading) -> Sex | None:
    male, female = _MALE.search(reading.lowered), _FEMALE.search(reading.lowered)
    if male and female:
        return None
    return "M" if male else "F" if female else None


def _implied_self(reading: Reading, complaint: int | None, codes: frozenset[str]) -> bool | None:
    """Korean tells by its endings: one feels one's own pain, and honours another's."""
    if complaint is None:
        return None
    plain = _POLITE_REQUEST.sub("", reading.squeezed)
    if codes & _NEVER_SELF or _THIRD.search(plain):
        return False
    if codes & _SELDOM_SELF:
        return None
    return True if _STATEMENT.search(plain) else None
