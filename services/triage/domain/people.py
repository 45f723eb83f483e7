"""Who the patient is: the one the complaint belongs to, not the one who speaks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.triage.domain.reading import Reading
from services.triage.domain.sexes import pronoun_sex, sex_between, stated_sex
from services.triage.knowledge.model import Relation, Sex

_SELF = re.compile(
    r"(?<![가-힣])(?:저는|제가|저도|저만|전|저|난|나는|내가|나도|나만|나|저희는|내|제|전요|지가|지는|지도|내사|내는|내도|낼로)(?=\s|[0-9]|$|,)"
    r"|(?<![가-힣])(?:저는|제가|나는|내가|저도|나도)"
    r"|\b(?:i|i'm|i've|i'd|im|my|me)\b(?! (?:father|dad|mother|mom|wife|husband|son|daughter|baby"
    r"|child|kid|friend|brother|sister|grand\w+|boyfriend|girlfriend|aunt|uncle|coworker|neighbou?r"
    r"|roommate|cousin|boss|teacher|\d+))|我(?!爸|妈|老|的|儿|女|奶|爷|朋|哥|姐|弟|妹|孩)"
    r"|(?<!bạn )(?<!mẹ )(?<!bố )(?<!con )(?<!chồng )(?<!vợ )(?<!ông )(?<!bà )(?<!của )\btôi (?=bị"
    r"|đau|khó|sắp|muốn)"
)
# Who found, called or woke somebody is not the one who is ill.
_WITNESS = re.compile(
    r"[^.!?\n]{0,8}?(?:가\s?보니|들어가\s?보니|봤더니|갔더니|발견|깨우|깨웠|흔들|대신|불렀는데|신고)"
)
_REMAINS = re.compile(r"[이가도]\s*$")
_POSSESSIVE = frozenset({"제", "내", "저희", "my"})
_NOT_SUBJECT = re.compile(
    r"(?:이랑|랑|한테|에게|때문|께(?!서)|네(?:집|에서)|집에|차에|보다|말로는|말에|생각|덕분|들(?!이|은)|들은|생일|이름|명의|몰래|(?:혈압|당뇨|감기|심장)?약을?(?:주워|꺼내|몰래|잘못|먹어버|사탕)"
    r"|집|가게|회사|학교|옷|핸드폰|전화|차를|차로)"
)
_OBJECT = re.compile(r"(?:님|분|들)?(?:을|를)")
_SPEAKER = re.compile(
    r"(?:인데|입니다|이에요|예요|이고|이구|임|인데요|거든|이라서|으로서|로서|되는)"
)
# "아줌마예요": nobody calls a relative so without saying whose.
_INTRODUCED = re.compile(r"(?:이?예요|이?에요|이?요|입니다|이유|여유|라예|라우|임)")
_OWN_WORDS = frozenset({"아줌마", "아저씨", "할매", "할배", "할망", "하르방", "할머니", "할아버지"})
_CHAIN = re.compile(r"(?:의|네|쪽|분)?")
_UNHARMED = re.compile(
    r"[은는이가도만]?(?:지금은|다행히|일단|좀|다)*(?:괜찮|멀쩡|무사|이상없|안다[쳤치]|다치지않|안아[프파]|문제없|아무렇지|(?:열|감기|기침)만)"
)
_THIRD = re.compile(
    r"(?<![주쑤모다역마쉬적택부])(?<!건가)(?<!이가)(?:셨|시고|시는|십니다|시네|신대|시다(?!피|시)|셔서|셔요|시더|신데|시거든|시길래|시니까|시면서)"
    r"|(?<![주하])세요(?!\?)|아파하|힘들어하|괴로워하|(?<!할)(?<!질)(?<!칠)[다냐라자]고(?:해요|하[세네는며면]|해서|합니|그래|그러)|(?<!드)(?<!프)(?<!럽)대요(?:\||$)|[프럽르]대요|(?<!드)래요(?:\||$)"
    r"|캅니더|카네|카더|카시|다카|댄햄|댄고|다구혀|[다라]네요(?:\||$)|[다라]ㅂ니다|답니다|랍니다"
)
_POLITE_REQUEST = re.compile(
    r"(?:주|해|알려|가르쳐|도와|살려|찾아|하|와주|봐주|보내|어떡하|어쩌)(?:세요|십시오|셔요|실|시)"
    r"|안녕하세요|안녕하십니까|계세요|수고하세요|수고하십니다|수고많으십니다|고생많으십니다|병원가라[고네]\w{0,2}"
)
_STATEMENT = re.compile(
    r"(?:요|다|유|여|용|염|예|네|께|디|노|어|아|음|함|당|라|데|고|슈|더|쥬|지|픔|임|냐|죠|까|오|심|짐|됨|힘|옴|남|듯|중)(?:\||$|\d)"
    r"|[아어여와워해나차파려러퍼져쳐돼봐]요"
)
_OF_MOTHERS = frozenset({"decreased_fetal_movement", "labor_pain", "rupture_of_membranes"})
_NEVER_SELF = frozenset({"cardiac_arrest", "altered_mental_status", "inconsolable_crying"})
_SELDOM_SELF = frozenset(
    {"seizure", "confusion", "agitation_violence", "drowning", "airway_foreign_body"}
)
_OTHERS_WORD = re.compile(
    r"[👶👴👵]|(?:두|세|네|한|\d+)\s?살\s?(?:짜리|배기)|(?:수험생|환자|승객|노숙자|행인|등산객|인부|작업자|동료|이웃|옆집)(?:이|가|인데|분|한|을|를|입|이요|이에)?"
    r"|(?:어떤|모르는|보이는|지나가던|옆에)\s?(?:분|사람|남자|여자)(?!한테|에게)|사람(?:이|을|한(?!테))"
)
_PRONOUNS = frozenset({"he", "his", "him", "she", "her"})
_SENTENCE_END = re.compile(r"(?:요|다|죠|네|음|함|임|유|예|슈)(?=[\s.!?~])|[.!?\n]")
# Without a complaint these name nobody: "여기 사람이 답해 주나요".
_ANYBODY = ("사람", "환자", "선생", "학생", "손님", "승객", "직원")
# What the speaker has only heard of somebody is no complaint of this message.
_HEARSAY = re.compile(r"(?:다는데|다던데|라던데|다더니|다더라|다길래|다고\s?하던데|했대서|라는데)")
_ORDER = re.compile(r"첫째|둘째|셋째|막내|큰|작은")


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


@dataclass(frozen=True, slots=True)
class _Figure:
    kind: Literal["self", "other"]
    start: int
    end: int
    sex: Sex | None = None
    stage: str | None = None
    young: bool = False
    word: str = ""
    unharmed: bool = False
    weak: bool = False
    subject: bool = False


def find_person(
    reading: Reading,
    relation: Relation,
    *,
    complaints: Sequence[Complaint],
    codes: frozenset[str],
) -> Person:
    """The patient: of several who are named with a complaint, the one who is worst."""
    others = _others(reading, relation)
    if codes & _OF_MOTHERS:
        # The child that is spoken of is not born yet, or is another one ("둘째예요").
        others = [figure for figure in others if figure.stage is None]
    figures = _heard_of(
        sorted([*others, *_selves(reading, others)], key=lambda figure: figure.start),
        reading,
        complaints,
    )
    patient = _patient(figures, complaints)
    if patient is None:
        return Person(stated_sex(reading), _implied_self(reading, complaints, codes), None, None)
    same = [figure for figure in figures if _may_be_one(figure, patient)]
    stretches = _stretches(figures, patient, reading.lowered)
    if patient.kind == "self":
        sex = stated_sex(reading) if len(same) == len(figures) or not others else None
        sex = sex or patient.sex or next((f.sex for f in same if f.sex), None)
        sex = sex or _sex_beside(reading, patient, figures)
        return Person(sex, True, None, patient.start, stretches)
    sex = patient.sex or next((f.sex for f in same if f.sex and not f.unharmed), None)
    if sex is None and (patient.young or all(figure.sex is None for figure in others)):
        sex = stated_sex(reading)
    sex = sex or pronoun_sex(reading)
    stage = patient.stage or next((figure.stage for figure in same if figure.stage), None)
    return Person(sex, False, stage, patient.start, stretches)


def _heard_of(
    figures: list[_Figure], reading: Reading, complaints: Sequence[Complaint]
) -> list[_Figure]:
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


def _patient(figures: list[_Figure], complaints: Sequence[Complaint]) -> _Figure | None:
    if not figures:
        return None
    harmed = [f for f in figures if not f.unharmed] or figures
    told = [(complaint, _owner(figures, complaint.start)) for complaint in complaints]
    owned = [(complaint, owner) for complaint, owner in told if owner and not owner.unharmed]
    if not owned:
        strong = [figure for figure in harmed if not figure.weak] or harmed
        if complaints:
            return strong[0]
        named = [f for f in strong if not f.word.startswith(_ANYBODY)]
        return next((f for f in named if f.kind == "other"), named[0] if named else None)
    first = min(owned, key=lambda pair: pair[0].start)[1]
    worst = min(owned, key=lambda pair: (pair[0].rank, pair[0].start))
    rivals = [c for c, owner in owned if _may_be_one(owner, first)]
    return worst[1] if worst[0].rank < min(c.rank for c in rivals) else first


def _owner(figures: Sequence[_Figure], place: int) -> _Figure | None:
    before = [figure for figure in figures if figure.start <= place]
    strong = [figure for figure in before if not figure.weak]
    nearest = strong or before
    return nearest[-1] if nearest else None


def _stretches(
    figures: Sequence[_Figure], patient: _Figure, lowered: str
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


def _may_be_one(one: _Figure, other: _Figure) -> bool:
    """Whether two words can name the same person."""
    if one.kind != other.kind:
        return False
    if one.kind == "self" or one.word == other.word:
        return True
    if one.word in _PRONOUNS or other.word in _PRONOUNS:
        return one.sex == other.sex or None in (one.sex, other.sex)
    if one.sex and other.sex and one.sex != other.sex:
        return False
    orders = _ORDER.search(one.word), _ORDER.search(other.word)
    if all(orders) and orders[0][0] != orders[1][0]:  # type: ignore[index]
        return False
    anybody = any(not figure.sex and not figure.stage for figure in (one, other))
    return anybody or one.young == other.young


def _others(reading: Reading, relation: Relation) -> list[_Figure]:
    figures: list[_Figure] = []
    roles: list[_Figure] = []
    squeezed = reading.squeezed
    for found in relation.words.finditer(squeezed):
        if not _is_word(reading, *found.span()) or _remains(reading, found):
            continue
        if _NOT_SUBJECT.match(squeezed, found.end()):
            # "할머니 할아버지랑": the one named just before goes with them.
            if figures and reading.origin[found.start()] - figures[-1].end <= 1:
                figures.pop()
            continue
        figure = _figure(reading, relation, found)
        if figures and _CHAIN.fullmatch(reading.lowered[figures[-1].end : figure.start].strip()):
            figures[-1] = _chained(figures[-1], figure)
        elif _introduces(reading, figure, found.end()):
            roles.append(replace(figure, kind="self", weak=True))
        elif _SPEAKER.match(squeezed, found.end()):
            if figure.word.endswith("학생") or _has_illness(reading, figure):
                continue
            roles.append(replace(figure, weak=True))
        else:
            figures.append(figure)
    for found in relation.spaced.finditer(reading.lowered):
        sex, stage = relation.sex_of[found[0]], relation.stage_of.get(found[0])
        young = found[0] in relation.young
        figures.append(_Figure("other", *found.span(), sex, stage, young, found[0], subject=True))
    return [*figures, *roles] if figures and not any(f.sex for f in figures) else figures or roles


def _introduces(reading: Reading, figure: _Figure, end: int) -> bool:
    """ "72년생 아줌마예요", "나 예순여섯 할매요": an age and a copula, and no word whose it is."""
    before = reading.lowered[max(0, figure.start - 12) : figure.start]
    return (
        figure.word in _OWN_WORDS
        and _INTRODUCED.match(reading.squeezed, end) is not None
        and _AGED.search(before) is not None
        and _WHOSE.search(before) is None
    )


_AGED = re.compile(
    r"(?:\d|년생|살|세|대|[가-힣]{1,3}(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)|[나저]는?)\s*$"
)
_WHOSE = re.compile(r"(?:우리|저희|옆집|시댁|친정|울|외|이웃)")
_NAME_OF_ILLNESS = re.compile(r"[가-힣]{1,8}\s?$")


def _has_illness(reading: Reading, figure: _Figure) -> bool:
    """ "투석 환자예요": the writer is the patient of that illness."""
    return (
        figure.word.startswith("환자")
        and _NAME_OF_ILLNESS.search(reading.lowered, 0, figure.start) is not None
    )


def _remains(reading: Reading, found: re.Match[str]) -> bool:
    """ "자국이 남아요" is no boy."""
    before = reading.lowered[: reading.origin[found.start()]]
    return found[0] == "남아" and _REMAINS.search(before) is not None


def _is_word(reading: Reading, start: int, end: int) -> bool:
    """Relations begin a word, or follow another one in it, and do not run into the next."""
    first, last = reading.words[start]
    if end > last and start == first and last - first == 1 and end - start == _TWO_SYLLABLES:
        # "아 배가 아파요" is no "아배".
        return False
    if end > last and not _PARTICLE.fullmatch(reading.squeezed[end : reading.words[end - 1][1]]):
        return False
    if reading.begins_word(start):
        return True
    before = reading.squeezed[first:start]
    return _BEFORE_RELATION.fullmatch(before) is not None


_TWO_SYLLABLES = 2
_PARTICLE = re.compile(
    r"(?:이|가|은|는|을|를|도|께서|께서는|한테|의|요|이요|님|님이|님은|분|분이)?"
)
_SUBJECT = re.compile(r"(?:님|분)?(?:이|가|은|는|께서|께선|도|만)")
_BEFORE_RELATION = re.compile(
    r"(?:我|我的|他|她|他的|她的|tôi|우리|울|저희|제|내|옆집|친정|시댁|외|큰|작은|둘째|첫째|셋째|막내|친|사촌|증조|고조|늙은|\d+(?:살|세|대|개월)?(?:된|짜리|인|의)?|[가-힣]{1,4}(?:살|세|대|된|네|의|분|친구|엄마|아빠|누나|언니|형|오빠|동생))+"
)


def _figure(reading: Reading, relation: Relation, found: re.Match[str]) -> _Figure:
    word, squeezed = found[0], reading.squeezed
    return _Figure(
        "other",
        *reading.span(*found.span()),
        sex=relation.sex_of[word],
        stage=relation.stage_of.get(word),
        young=word in relation.young,
        word=word,
        unharmed=_UNHARMED.match(squeezed, found.end()) is not None,
        weak=_OBJECT.match(squeezed, found.end()) is not None,
        subject=_SUBJECT.match(squeezed, found.end()) is not None,
    )


def _chained(first: _Figure, last: _Figure) -> _Figure:
    """Of "친구 엄마" the last is meant; of "우리 아들 애기" both say something."""
    both_child = last.stage is not None and first.sex is not None
    return _Figure(
        "other",
        first.start,
        last.end,
        sex=last.sex or (first.sex if both_child else None),
        stage=last.stage or first.stage,
        young=last.young,
        word=first.word + last.word if _ORDER.search(first.word) else last.word,
        unharmed=last.unharmed,
        weak=last.weak,
        subject=last.subject,
    )


def _selves(reading: Reading, others: Iterable[_Figure]) -> list[_Figure]:
    starts = [figure.start for figure in others]
    figures = []
    for found in _SELF.finditer(reading.lowered):
        owns = found[0] in _POSSESSIVE and any(0 <= s - found.end() <= 4 for s in starts)
        if not owns and not (starts and _WITNESS.match(reading.lowered, found.end())):
            tail = reading.lowered[found.end() : found.end() + 12].replace(" ", "")
            figures.append(
                _Figure("self", *found.span(), unharmed=bool(_UNHARMED.match(tail)), subject=True)
            )
    return figures


def _sex_beside(reading: Reading, patient: _Figure, figures: Sequence[_Figure]) -> Sex | None:
    """The sex told between the patient's word and the next who is named."""
    stop = min((f.start for f in figures if f.start > patient.start), default=None)
    return sex_between(reading.lowered[patient.start : stop])


def _implied_self(
    reading: Reading, complaints: Sequence[Complaint], codes: frozenset[str]
) -> bool | None:
    """Korean tells by its endings: one feels one's own pain, and honours another's."""
    if not complaints:
        return None
    plain = _POLITE_REQUEST.sub("", reading.squeezed)
    if codes & _NEVER_SELF or _THIRD.search(plain) or _OTHERS_WORD.search(reading.lowered):
        return False
    if codes & _SELDOM_SELF:
        return None
    return True
