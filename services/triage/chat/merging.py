"""One turn joins what is known: a correction replaces, a negation removes, others stay out."""

from dataclasses import dataclass, replace

from services.triage.chat.book import Book
from services.triage.chat.dialogue import SELF, Dialogue
from services.triage.chat.understanding import Turn
from services.triage.domain.cases import Case
from services.triage.domain.extraction import Lane, Patient, Symptom
from services.triage.domain.vitals import merged as merged_vitals

INFANT_WORDS = ("생후", "돌 전", "신생아", "영아", "영유아")
LANES: tuple[Lane, ...] = ("act", "plan", "wish")


@dataclass(frozen=True, slots=True)
class Merged:
    """`corrected` tells that the user took back or replaced something: only then may the urgency
    be judged anew from the facts alone."""

    state: Dialogue
    corrected: bool


def merge(state: Dialogue, turn: Turn, book: Book) -> Merged:
    """The dialogue with the turn's facts; neither phase nor question is touched."""
    patient, changed = _patient(state, turn)
    symptoms, quotes, negated, removed = _findings(state, turn, book)
    history = _history(state, turn)
    switched = turn.subject.about == "switched" or (
        turn.is_self is False and state.case.patient.is_self is True
    )
    case = replace(
        state.case,
        symptoms=symptoms,
        negated=negated,
        patient=patient,
        history=history,
        special=_special(state.case, turn, book, state.pending),
        vitals=merged_vitals(turn.found.vitals, state.case.vitals),
        said_vitals=merged_vitals(turn.found.vitals, state.case.said_vitals),
        onset_minutes=state.case.onset_minutes
        if turn.found.onset_minutes is None
        else turn.found.onset_minutes,
        severity=state.case.severity | turn.found.severity | _answered_cue(turn, book, state),
        cry_for_help=state.case.cry_for_help or turn.found.cry_for_help,
        lane=_graver_lane(state.case, turn),
    )
    corrected = bool(removed or changed or switched or set(state.case.history) - set(history))
    who, named = _who(state, turn)
    merged = replace(
        state,
        case=case,
        quotes=quotes,
        who=who,
        who_named=named,
        as_speaker=_as_speaker(state, turn),
        asked=_asked(state, switched=switched),
    )
    return Merged(merged, corrected)


def _patient(state: Dialogue, turn: Turn) -> tuple[Patient, bool]:
    known, said = state.case.patient, turn.found.patient
    moved = turn.subject.about == "switched"
    if moved and state.as_speaker:
        known = replace(known, age_years=None, age_days=None, age_band=None)
    aged, age_changed = _aged(known, turn)
    gender = turn.sex or said.gender
    if turn.subject.about in ("named", "switched"):
        gender = turn.subject.sex or gender
    gender_changed = gender is not None and known.gender not in (None, gender)
    return replace(
        aged,
        gender=gender or (None if moved else known.gender),
        is_self=_is_self(known, turn),
        pregnancy_weeks=None
        if turn.denied_pregnancy
        else said.pregnancy_weeks or known.pregnancy_weeks,
    ), age_changed or gender_changed


def _aged(known: Patient, turn: Turn) -> tuple[Patient, bool]:
    """The age with what this turn says of it, and whether that contradicts what was known."""
    said = turn.found.patient
    years, days, band = said.age_years, said.age_days, said.age_band
    if years is None and turn.age is not None:
        years, days, band = turn.age.years, turn.age.days, turn.age.band
    if years is not None:
        contradicts = known.age_years not in (None, years) and not _infant_detail(known, days)
        return replace(known, age_years=years, age_days=days, age_band=None), contradicts
    if band is not None and known.age_years is None:
        contradicts = known.age_band not in (None, band)
        return replace(known, age_band=band), contradicts
    return known, False


def _infant_detail(known: Patient, days: int | None) -> bool:
    return known.age_years == 0 and days is not None


def _is_self(known: Patient, turn: Turn) -> bool | None:
    if turn.subject.about in ("named", "switched"):
        return turn.subject.who == SELF
    if turn.is_self is not None:
        return turn.is_self
    return turn.found.patient.is_self if known.is_self is None else known.is_self


def _who(state: Dialogue, turn: Turn) -> tuple[str | None, bool]:
    if turn.subject.about in ("named", "switched"):
        return turn.subject.who, True
    if turn.is_self is not None:
        return (SELF, True) if turn.is_self else (None, False)
    return state.who, state.who_named


def _as_speaker(state: Dialogue, turn: Turn) -> bool:
    """Whether the age that is known was told of the one who writes."""
    said_age = turn.found.patient.age_years is not None
    if not said_age:
        return state.as_speaker and turn.subject.about != "switched"
    return turn.subject.who == SELF


def _asked(state: Dialogue, *, switched: bool) -> tuple[str, ...]:
    """Of another patient the age may be asked although it was asked of the first one."""
    again = {"age_years", "age_days", "gender"} if switched and state.as_speaker else set()
    return tuple(question for question in state.asked if question not in again)


def _findings(
    state: Dialogue, turn: Turn, book: Book
) -> tuple[tuple[str, ...], tuple[Symptom, ...], tuple[str, ...], set[str]]:
    said = {s.code: s for s in turn.found.symptoms if not _names_disease(s.code, turn, book)}
    denied = [code for code in turn.found.negated if code not in said]
    denied += [code for code in turn.taken_back if code not in said]
    probe = book.questions.get(state.pending or "")
    if probe is not None and probe.symptom is not None and probe.symptom not in denied:
        if turn.stance == "yes":
            said.setdefault(probe.symptom, Symptom(probe.symptom, ""))
        elif turn.stance == "no" and probe.symptom not in said:
            denied.append(probe.symptom)
    removed = {code for code in denied if code in state.case.symptoms}
    kept = [code for code in state.case.symptoms if code not in removed]
    symptoms = tuple(dict.fromkeys([*kept, *said]))
    negated = tuple(
        dict.fromkeys(code for code in [*state.case.negated, *denied] if code not in symptoms)
    )
    known = {quote.code for quote in state.quotes}
    quotes = [quote for quote in state.quotes if quote.code in symptoms]
    quotes += [symptom for code, symptom in said.items() if code not in known - removed]
    return symptoms, tuple(quotes), negated, removed


def _names_disease(code: str, turn: Turn, book: Book) -> bool:
    """ "우울증이요" as an answer is a disease that is known and no finding of today."""
    return turn.tells_history and book.words.disease_of.get(code) in turn.found.history


def _history(state: Dialogue, turn: Turn) -> tuple[str, ...]:
    found = [*state.case.history, *turn.found.history]
    return tuple(dict.fromkeys(name for name in found if name not in turn.denied_history))


def _special(case: Case, turn: Turn, book: Book, pending: str | None) -> tuple[str, ...]:
    new = list(turn.found.special)
    probe = book.questions.get(pending or "")
    pregnant_said = any(word.startswith("임신") for word in new)
    if probe is not None and probe.special and turn.stance == "yes" and not pregnant_said:
        new.append(probe.special)
    if probe is not None and probe.special_if_no and turn.stance == "no":
        new.append(probe.special_if_no)
    if turn.age is not None and turn.age.said:
        new.append(turn.age.said)
    kept = [word for word in case.special if not _replaced(word, new, turn)]
    pregnant = {"임신"} if any(word.startswith("임신 ") for word in [*kept, *new]) else set()
    return tuple(dict.fromkeys(word for word in [*kept, *new] if word not in pregnant))


def _replaced(word: str, new: list[str], turn: Turn) -> bool:
    if word.startswith("임신 ") or word == "임신":
        return turn.denied_pregnancy or any(other.startswith("임신 ") for other in new)
    if not word.startswith(INFANT_WORDS):
        return False
    years = turn.found.patient.age_years
    if years is None and turn.age is not None:
        years = turn.age.years
    return years is not None


def _answered_cue(turn: Turn, book: Book, state: Dialogue) -> frozenset[str]:
    probe = book.questions.get(state.pending or "")
    if probe is None or probe.cue is None or turn.stance != "yes":
        return frozenset()
    return frozenset({probe.cue})


def _graver_lane(case: Case, turn: Turn) -> Lane | None:
    return next((lane for lane in LANES if lane in (case.lane, turn.found.lane)), None)
