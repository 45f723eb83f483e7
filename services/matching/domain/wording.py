"""Reasons in words for the public: what is reported, never a diagnosis, never a promise."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.matching.domain.cards import Card
from services.matching.domain.question import Question
from services.matching.domain.ranking import Part, Ranked
from shared.context import Language
from shared.contracts.matching import Notice, Reason
from shared.contracts.nmc import Kind, Level, Status, catalogue
from shared.contracts.sync import Freshness, HospitalState, age_s, freshness

LEVEL_NAMES: Mapping[Level | None, tuple[str, str]] = {
    Level.REGIONAL_CENTER: ("권역응급의료센터", "regional emergency centre"),
    Level.LOCAL_CENTER: ("지역응급의료센터", "local emergency centre"),
    Level.LOCAL_INSTITUTION: ("지역응급의료기관", "local emergency institution"),
    Level.REGISTERED: ("응급실 운영 신고기관", "registered emergency room"),
    None: ("종별 정보 없음", "class not known"),
}

FIXED: Mapping[str, tuple[str, str]] = {
    "refused": ("이 환자를 이미 받지 못한다고 한 곳입니다", "has already turned this patient away"),
    "closed": (
        "응급실을 운영하지 않는다고 알렸습니다",
        "reports that its emergency room is closed",
    ),
    "open_unknown": (
        "하루 넘게 보고가 없어 운영 여부를 전화로 확인해야 합니다",
        "has not reported for over a day; call to learn whether it is open",
    ),
    "turned_away": (
        "이 환자를 받지 않는다는 알림이 있습니다. 위급할 때 먼저 안정시킬 수는 있습니다",
        "a notice in force says that it does not take this patient; it can still stabilise first",
    ),
    "blocked": (
        "필요한 진료가 지금 안 된다는 알림이 있습니다",
        "a notice in force says no to the need",
    ),
    "cannot": (
        "필요한 진료가 안 된다고 신고했습니다",
        "reports that it cannot give what is needed",
    ),
    "ask": (
        "필요한 진료가 되는지 알려지지 않아 먼저 전화해야 합니다",
        "what is needed is not reported; call first",
    ),
    "able": ("필요한 진료가 가능하다고 신고했습니다", "reports that it can give what is needed"),
    "far": ("더 가까운 응급실보다 많이 멉니다", "much farther than the nearest emergency room"),
    "far_within_error": (
        "더 가까운 응급실이 있지만 시간 차이는 추정 오차 안입니다",
        "another emergency room is nearer, by no more than the error of the minutes",
    ),
    "over_water": (
        "차로 갈 수 없는 곳입니다. 헬기·배 이송을 119에 물어보세요",
        "no road leads there; ask 119 for a helicopter or a boat",
    ),
    "conflict": (
        "가능 신고와 불가 알림이 함께 있어 알림을 따랐습니다",
        "reports a yes and has a notice that says no; the notice counts",
    ),
    "held": (
        "다른 환자들이 이 병원으로 가고 있다고 알렸습니다",
        "others have said that they are on their way there",
    ),
    "stabilise": (
        "가장 가까운 응급실입니다. 먼저 안정시킨 뒤 옮길 수 있습니다",
        "the nearest emergency room: it can stabilise before a transfer",
    ),
}

NOTICES: Mapping[str, tuple[str, str]] = {
    "refused_often": (
        "여러 병원이 받지 못한다고 했습니다. 119에 전화해 구급상황관리센터가 병원을 정하도록"
        " 요청하세요",
        "Several hospitals said no. Call 119 and ask its dispatch and coordination centre to assign"
        " a hospital",
    ),
    "none_able": (
        "필요한 진료가 가능하다고 신고한 응급실이 없습니다. 119와 상의하며 먼저 전화하세요",
        "No emergency room reports that it can give what is needed. Call first, and ask 119",
    ),
    "over_water": (
        "차로 갈 수 있는 응급실이 가까이에 없습니다. 119에 헬기·배 이송을 물어보세요",
        "No emergency room nearby can be reached by car. Ask 119 for a helicopter or a boat",
    ),
}
REFUSED_OFTEN = 3


def reasons(ranked: Ranked, question: Question, language: Language) -> list[Reason]:
    """Every part of a ranked hospital in words, in the order of the parts."""
    return [
        Reason(
            code=part.code, text=_text(part.code, ranked, question, language), points=part.points
        )
        for part in parts(ranked, question)
    ]


def parts(ranked: Ranked, question: Question) -> list[Part]:
    """What gave points, then what is only told."""
    return [*ranked.scored, *ranked.told(question)]


def notices(
    ranked: Sequence[Ranked], shown: Sequence[Ranked], question: Question, language: Language
) -> list[Notice]:
    """What has to be said of the list as a whole; the room that can stabilise by name, where a
    short list has no place for it."""
    unlisted = [entry for entry in ranked if entry.stabilise_first and entry not in shown]
    said = {
        "refused_often": len(question.refused) >= REFUSED_OFTEN,
        "none_able": not any(entry.able for entry in ranked),
        "over_water": bool(ranked) and not any(entry.candidate.eta.by_car for entry in ranked),
    }
    told = [
        Notice(code=code, text=_in(language, NOTICES[code]))
        for code, holds in said.items()
        if holds
    ]
    return told + [Notice(code="stabilise", text=_nearby(one, language)) for one in unlisted]


def compare(first: Ranked, second: Ranked, question: Question, language: Language) -> str | None:
    """What the first costs and buys against the second; silent inside the error of the minutes."""
    one, other = first.candidate.eta, second.candidate.eta
    if one.high >= other.low and other.high >= one.low:
        return None
    minutes = abs(one.seconds - other.seconds) // 60
    gained = _gained(first, second, question, language)
    if one.seconds < other.seconds:
        text = (
            f"1순위가 2순위보다 약 {minutes}분 가깝습니다",
            f"The first is about {minutes} min nearer",
        )
    else:
        text = (
            f"1순위가 2순위보다 약 {minutes}분 멉니다",
            f"The first is about {minutes} min farther",
        )
    bought = (f"{gained} 가능 신고가 있습니다", f"it reports {gained}") if gained else None
    return (
        _in(language, text)
        + (_in(language, (", ", "; ")) + _in(language, bought) if bought else "")
        + "."
    )


def _gained(first: Ranked, second: Ranked, question: Question, language: Language) -> str | None:
    for need, own, others in zip(question.needs, first.readings, second.readings, strict=True):
        if own.status is Status.AVAILABLE and others.status is not Status.AVAILABLE:
            field = catalogue().get(need.field)
            return field.name(language) if field else None
    return None


def _text(code: str, ranked: Ranked, question: Question, language: Language) -> str:
    if code == "far" and not ranked.surely_far:
        return _in(language, FIXED["far_within_error"])
    if code in FIXED:
        return _in(language, FIXED[code])
    card = ranked.candidate.card
    if code == "near":
        return _near(ranked, language)
    if code == "beds":
        return _beds(card, language)
    if code == "level":
        return _in(language, LEVEL_NAMES[card.hospital.level])
    return _age(card.hospital, question.now, language)


def _nearby(ranked: Ranked, language: Language) -> str:
    hospital = ranked.candidate.hospital
    phone = hospital.er_phone or hospital.phone
    named = f"{hospital.name} ({phone})" if phone else hospital.name
    return f"{named}: {_in(language, FIXED['stabilise'])}. {_near(ranked, language)}"


def _near(ranked: Ranked, language: Language) -> str:
    eta, km = ranked.candidate.eta, ranked.candidate.distance_m / 1000
    low, high = eta.low // 60, -(-eta.high // 60)
    by = ("차로 ", " by car") if eta.by_car else ("헬기나 배로 ", " by air or sea")
    return _in(
        language,
        (
            f"직선 {km:.1f}km, {by[0]}약 {low}~{high}분 추정",
            f"{km:.1f} km away, about {low}-{high} min{by[1]}",
        ),
    )


def _beds(card: Card, language: Language) -> str:
    free, installed = card.free, card.installed
    if free is None:
        return _in(language, ("응급실 병상 보고 없음", "no report of emergency beds"))
    of = "" if installed is None else f"/{installed}"
    if free < 0:
        return _in(
            language,
            (
                f"응급실 병상보다 환자가 {-free}명 많다고 보고",
                f"reports {-free} patients over its beds",
            ),
        )
    return _in(
        language, (f"응급실 병상 {free}{of} 보고", f"reports {free}{of} emergency beds free")
    )


def _age(hospital: HospitalState, now: datetime, language: Language) -> str:
    seconds = age_s(hospital.reported_at, now)
    if seconds is None:
        return _in(language, ("보고 시각을 알 수 없음", "time of the report not known"))
    old = freshness(Kind.COUNT, hospital.reported_at, now) is Freshness.EXPIRED
    korean, english = _duration(seconds)
    if old:
        return _in(
            language,
            (f"{korean} 전 보고라 지금과 다를 수 있음", f"reported {english} ago, may differ now"),
        )
    return _in(language, (f"{korean} 전 보고", f"reported {english} ago"))


def _duration(seconds: int) -> tuple[str, str]:
    for size, korean, english in ((86400, "일", "d"), (3600, "시간", "h"), (60, "분", "min")):
        if seconds >= size:
            return f"{seconds // size}{korean}", f"{seconds // size} {english}"
    return "1분 이내", "under 1 min"


def _in(language: Language, texts: tuple[str, str]) -> str:
    return texts[1] if language == "en" else texts[0]
