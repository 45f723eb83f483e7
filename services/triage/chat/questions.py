"""Which question is put next: one, the most useful, never what is known or was asked."""

from collections.abc import Iterable
from dataclasses import replace

from services.triage.chat.book import Book, Question
from services.triage.chat.dialogue import Dialogue
from services.triage.chat.judging import LEAST
from services.triage.domain.assessment import SEVERE
from services.triage.domain.cases import Case, tells_age

AGES = (3, 30, 50, 72)
FERTILE = range(12, 56)
REQUIRED = ("age_years", "gender", "symptoms", "location")


def missing(state: Dialogue) -> list[str]:
    """Of what every answer needs, what is not known."""
    patient = state.case.patient
    known = {
        "age_years": patient.age_years is not None or patient.age_band is not None,
        "gender": patient.gender is not None,
        "symptoms": bool(state.case.symptoms),
        "location": state.place.is_known,
    }
    return [name for name in REQUIRED if not known[name]]


def next_question(state: Dialogue, book: Book, *, first: str | None = None) -> str | None:
    """The code of the question, or None where nothing is left that could change the answer; `first`
    goes before all others."""
    if first is not None:
        return first
    for code in _in_order(state, book):
        if code not in state.asked:
            return code
    return None


def is_urgent(case: Case) -> bool:
    return case.ktas is not None and case.ktas <= SEVERE


def _in_order(state: Dialogue, book: Book) -> Iterable[str]:
    lacking = missing(state)
    if "symptoms" in lacking and state.case.lane is None:
        yield "symptoms"
    located = _location(state) if "location" in lacking else None
    if state.case.lane is not None:
        yield from _suicide(state, located, lacking)
        return
    if located and (is_urgent(state.case) or state.wants_list):
        yield located
    if state.wants_list:
        return
    if not is_urgent(state.case) and state.case.symptoms and state.case.patient.is_self is None:
        yield "is_self"
    yield from _collecting(state, lacking, book)
    if "history" not in state.asked and _history_matters(state, book):
        yield "history"
    if located:
        yield located
    if state.case.symptoms:
        yield "confirm"


def _suicide(state: Dialogue, located: str | None, lacking: list[str]) -> Iterable[str]:
    yield "safe_now"
    if located:
        yield located
    if "age_years" in lacking:
        yield "age_years"


def _location(state: Dialogue) -> str:
    return "location_city" if state.place.text and not state.place.is_known else "location"


def _collecting(state: Dialogue, lacking: list[str], book: Book) -> Iterable[str]:
    """What could raise the level most comes first; between equals the order of the book."""
    open_to_ask = [code for code in ("age_years", "gender") if code not in state.asked]
    gains = {code: 0 for code in open_to_ask if code in lacking}
    if "age_years" in gains:
        gains["age_years"] = max(_gain(_of_age(state.case, years), state, book) for years in AGES)
    if "age_days" not in state.asked and _is_infant_of_unknown_age(state.case):
        gain = _gain(_newborn(state.case), state, book)
        gains |= {"age_days": gain} if gain > 0 else {}
    gains |= _probes(state, book)
    order = list(book.questions)
    yield from sorted(gains, key=lambda code: (-gains[code], order.index(code)))


def _probes(state: Dialogue, book: Book) -> dict[str, int]:
    probes = {code: question for code, question in book.questions.items() if question.is_probe}
    most = book.most_probes_urgent if is_urgent(state.case) else book.most_probes_calm
    if not state.case.symptoms or sum(code in probes for code in state.asked) >= most:
        return {}
    gains = {
        code: _synergy(question, state, book)
        for code, question in probes.items()
        if code not in state.asked and _is_open(question, state.case)
    }
    return {code: gain for code, gain in gains.items() if gain > 0}


def _is_open(question: Question, case: Case) -> bool:
    years = case.patient.age_years
    if years is not None and years < question.from_years:
        return False
    if question.beside and question.beside.isdisjoint(case.symptoms):
        return False
    if question.symptom == "vaginal_bleeding" and case.patient.gender != "F":
        return False
    if question.special is not None:
        patient = case.patient
        fertile = patient.age_years is None or patient.age_years in FERTILE
        said = any(word.startswith(question.special) for word in case.special)
        return patient.gender == "F" and fertile and not said
    if question.cue is not None:
        return question.cue not in case.severity
    return question.symptom not in case.symptoms and question.symptom not in case.negated


def _synergy(question: Question, state: Dialogue, book: Book) -> int:
    """How much graver the two are together than the graver of each by itself at that age: whatever
    is grave alone would have been said, and is no reason to ask."""
    alone = LEAST
    if question.symptom is not None:
        ages = tuple(word for word in state.case.special if tells_age(word))
        single = Case(symptoms=(question.symptom,), patient=state.case.patient, special=ages)
        alone = book.judge.level(single)
    known = min(book.judge.level(state.case), alone)
    return known - book.judge.level(_with(question, state.case))


def _with(question: Question, case: Case) -> Case:
    if question.symptom is not None:
        return replace(case, symptoms=(*case.symptoms, question.symptom))
    if question.cue is not None:
        return replace(case, severity=case.severity | {question.cue})
    return replace(case, special=(*case.special, question.special or ""))


def _gain(changed: Case, state: Dialogue, book: Book) -> int:
    return max(0, book.judge.level(state.case) - book.judge.level(changed))


def _of_age(case: Case, years: int) -> Case:
    return replace(case, patient=replace(case.patient, age_years=years, age_band=None))


def _is_infant_of_unknown_age(case: Case) -> bool:
    return case.patient.age_years == 0 and case.patient.age_days is None


def _newborn(case: Case) -> Case:
    return replace(case, patient=replace(case.patient, age_days=20))


def _history_matters(state: Dialogue, book: Book) -> bool:
    """Whether any disease would change the level or what a hospital has to have."""
    if not state.case.symptoms or state.case.history:
        return False
    here = book.judge.plan(state.case)
    return any(
        book.judge.plan(replace(state.case, history=(disease,))) != here
        for disease in book.weighty_history
    )
