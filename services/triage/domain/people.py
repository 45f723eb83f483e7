"""Who the patient is: the one the complaint belongs to, not the one who speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.triage.domain.figures import ORDER, Figure, others_named, selves_named
from services.triage.domain.reading import Reading
from services.triage.domain.sexes import (
    pronoun_sex,
    sex_between,
    sex_by_marriage,
    stated_sex,
)
from services.triage.knowledge.model import Relation, Sex

_THIRD = re.compile(
    r"(?<![주쑤모다역마쉬적택부])(?<!건가)(?<!이가)(?:셨|시고|시는|십니다|시네|신대|시다(?!피|시)|셔서|셔요|시더|신데|시거든|시길래|시니까|시면서)"
    r"|(?<![주하])세요(?!\?)|아파하|힘들어하|괴로워하|(?<!할)(?<!질)(?<!칠)[다냐라자]고(?:해요|하[세네는며면]|해서|합니|그래|그러)|(?<!드)(?<!프)(?<!럽)대요(?:\||$)|[프럽르]대요|(?<!드)(?<!남자)(?<!여자)(?<!살이)(?<!아니)(?<!정상이)래요(?:\||$)"
    r"|캅니더|카네|카더|카시|다카|댄햄|댄고|다구혀|[다라]네요(?:\||$)|[다라]ㅂ니다|답니다|랍니다"
)
_POLITE_REQUEST = re.compile(
    r"(?:주|해|알려|가르쳐|도와|살려|찾아|하|와주|봐주|보내|어떡하|어쩌)(?:세요|십시오|셔요|실|시)"
    r"|안녕하세요|안녕하십니까|계세요|수고하세요|수고하십니다|수고많으십니다|고생많으십니다|병원가라[고네]\w{0,2}"
)
_OF_MOTHERS = frozenset({"decreased_fetal_movement", "labor_pain", "rupture_of_membranes"})
_NEVER_SELF = frozenset({"cardiac_arrest", "altered_mental_status", "inconsolable_crying"})
_SELDOM_SELF = frozenset(
    {"seizure", "confusion", "agitation_violence", "drowning", "airway_foreign_body"}
)
_OTHERS_WORD = re.compile(
    r"[👶👴👵]|(?:두|세|네|한|\d+)\s?살\s?(?:짜리|배기)|(?:수험생|환자|승객|노숙자|행인|등산객|인부|작업자|동료|이웃|옆집(?!이|에|은|의|도|공사|소음))(?:이|가|인데|분|한|을|를|입|이요|이에)?"
    r"|(?:어떤|모르는|보이는|지나가던|옆에)\s?(?:분|사람|남자|여자)(?!한테|에게)|사람(?:이|을|한(?!테))|[진한은는던픈]\s분(?:이|을|은)"
)
_PRONOUNS = frozenset({"he", "his", "him", "she", "her"})
_SENTENCE_END = re.compile(r"(?:요|다|죠|네|음|함|임|유|예|슈)(?=[\s.!?~])|[.!?\n]")
# Without a complaint these name nobody: "여기 사람이 답해 주나요".
_ANYBODY = ("사람", "환자", "선생", "학생", "손님", "승객", "직원")
# What the speaker has only heard of somebody is no complaint of this message.
_HEARSAY = re.compile(r"(?:다는데|다던데|라던데|다더니|다더라|다길래|다고\s?하던데|했대서|라는데)")


@dataclass(frozen=True, slots=True)
class Person:
    """`start` is where the patient is named; `stage` what the word tells of the age; `others`
    are stretches of the original in which somebody else is spoken of."""

    gender: Sex | None
    is_self: bool | None
    stage: str | None
    start: int | None
    others: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Complaint:
    """Where a finding is told, and how grave it is (the gravest is 0)."""

    start: int
    rank: int


def find_person(
    reading: Reading,
    relation: Relation,
    *,
    complaints: Sequence[Complaint],
    codes: frozenset[str],
) -> Person:
    """The patient: of several who are named with a complaint, the one who is worst."""
    others = others_named(reading, relation)
    if codes & _OF_MOTHERS:
        # The child that is spoken of is not born yet, or is another one ("둘째예요").
        others = [figure for figure in others if figure.stage is None]
    figures = _heard_of(
        sorted([*others, *selves_named(reading, others)], key=lambda figure: figure.start),
        reading,
        complaints,
    )
    patient = _patient(figures, complaints, reading.lowered)
    if patient is None:
        is_self = _implied_self(reading, complaints, codes)
        sex = stated_sex(reading) or (sex_by_marriage(reading) if is_self else None)
        return Person(sex, is_self, None, None)
    same = [figure for figure in figures if _may_be_one(figure, patient)]
    stretches = _stretches(figures, patient, reading.lowered)
    if patient.kind == "self":
        sex = stated_sex(reading) if len(same) == len(figures) or not others else None
        sex = sex or patient.sex or next((f.sex for f in same if f.sex), None)
        sex = sex or _sex_beside(reading, patient, figures) or sex_by_marriage(reading)
        return Person(sex, True, None, patient.start, stretches)
    sex = patient.sex or next((f.sex for f in same if f.sex and not f.unharmed), None)
    if sex is None and (patient.young or all(figure.sex is None for figure in others)):
        sex = stated_sex(reading)
    sex = sex or pronoun_sex(reading)
    stage = patient.stage or next((figure.stage for figure in same if figure.stage), None)
    return Person(sex, False, stage, patient.start, stretches)


def _heard_of(
    figures: list[Figure], reading: Reading, complaints: Sequence[Complaint]
) -> list[Figure]:
    """Others of whom something is only heard do not count where the speaker follows with a
    complaint of their own."""
    last = max((complaint.start for complaint in complaints), default=-1)
    last_self = max((f.start for f in figures if f.kind == "self" and f.start < last), default=-1)
    return [
        replace(figure, unharmed=True)
        if figure.kind == "other"
        and figure.start < last_self
        and _HEARSAY.search(reading.lowered, figure.end, last_self)
        else figure
        for figure in figures
    ]


def _is_pointed_at(figure: Figure, lowered: str) -> bool:
    """ "문제는 저예요", "동생이 더 급해요": the writer says for whom help is sought."""
    before, after = lowered[max(0, figure.start - 12) : figure.start], lowered[figure.end :]
    return bool(_POINTING.search(before) or _POINTED.match(after))


_POINTING = re.compile(
    r"(?:문제는|문제인\s?(?:건|사람은)|(?:급한|심한|심각한|위험한|걱정되는|걱정인)\s?(?:건|것은|사람은|쪽은))\s?(?:지금|바로|오히려)?\s?$"
)
_POINTED = re.compile(
    r"(?:이|가|쪽이)?\s?(?:제일|가장|더|훨씬|진짜|지금)?\s?(?:급해|급합|급한|심각해|심각합|위급|위독|문제예|문제입)"
)


def _patient(figures: list[Figure], complaints: Sequence[Complaint], lowered: str) -> Figure | None:
    if not figures:
        return None
    harmed = [f for f in figures if not f.unharmed] or figures
    meant = next((f for f in figures if _is_pointed_at(f, lowered)), None)
    if meant is not None:
        return meant
    told = [(complaint, _owner(figures, complaint.start)) for complaint in complaints]
    owned = [(complaint, owner) for complaint, owner in told if owner and not owner.unharmed]
    if not owned:
        strong = [figure for figure in harmed if not figure.weak] or harmed
        if complaints:
            return strong[0]
        named = [f for f in strong if f.sex or not f.word.startswith(_ANYBODY)]
        return next((f for f in named if f.kind == "other"), named[0] if named else None)
    first = min(owned, key=lambda pair: pair[0].start)[1]
    worst = min(owned, key=lambda pair: (pair[0].rank, pair[0].start))
    rivals = [c for c, owner in owned if _may_be_one(owner, first)]
    return worst[1] if worst[0].rank < min(c.rank for c in rivals) else first


def _owner(figures: Sequence[Figure], place: int) -> Figure | None:
    before = [figure for figure in figures if figure.start <= place]
    strong = [figure for figure in before if not figure.weak]
    nearest = strong or before
    return nearest[-1] if nearest else None


def _stretches(
    figures: Sequence[Figure], patient: Figure, lowered: str
) -> tuple[tuple[int, int], ...]:
    """From somebody else as a subject to the next who is named, or to the end of the sentence."""
    strong = [f for f in figures if (f.subject and not f.weak) or _may_be_one(f, patient)]
    ends = [*(figure.start for figure in strong[1:]), len(lowered)]
    stretches = []
    for figure, end in zip(strong, ends, strict=True):
        if not _may_be_one(figure, patient):
            stop = _SENTENCE_END.search(lowered, figure.end, end)
            stretches.append((figure.start, stop.end() if stop else end))
    return tuple(stretches)


def _may_be_one(one: Figure, other: Figure) -> bool:
    """Whether two words can name the same person."""
    if one.kind != other.kind:
        return False
    if one.kind == "self" or one.word == other.word:
        return True
    if one.word in _PRONOUNS or other.word in _PRONOUNS:
        return one.sex == other.sex or None in (one.sex, other.sex)
    if one.sex and other.sex and one.sex != other.sex:
        return False
    orders = ORDER.search(one.word), ORDER.search(other.word)
    if all(orders) and orders[0][0] != orders[1][0]:  # type: ignore[index]
        return False
    anybody = any(not figure.sex and not figure.stage for figure in (one, other))
    return anybody or one.young == other.young


def _sex_beside(reading: Reading, patient: Figure, figures: Sequence[Figure]) -> Sex | None:
    """The sex told between the patient's word and the next who is named."""
    stop = min((f.start for f in figures if f.start > patient.start), default=None)
    return sex_between(reading.lowered[patient.start : stop])


def _implied_self(
    reading: Reading, complaints: Sequence[Complaint], codes: frozenset[str]
) -> bool | None:
    """One tells one's own pain without a subject, and honours or quotes another's."""
    if not complaints:
        return None
    plain = _POLITE_REQUEST.sub("", reading.squeezed)
    if codes & _NEVER_SELF or _THIRD.search(plain) or _OTHERS_WORD.search(reading.lowered):
        return False
    if codes & _SELDOM_SELF:
        return None
    return True
