"""From the dialogue to the contract."""

from collections.abc import Sequence
from datetime import datetime

from services.triage import answers
from services.triage.chat import wording
from services.triage.chat.book import Book
from services.triage.chat.dialogue import TIME_OUT, Dialogue, Place, Reply, is_over_time
from services.triage.chat.questions import is_urgent, missing
from services.triage.chat.reducer import assessed
from services.triage.domain.extraction import Symptom
from shared.context import Language
from shared.contracts.chat import Collected, KnownPlace, RefusedHospital, State, TurnAnswer
from shared.contracts.triage import Consent


def turn(
    session_id: str,
    state: Dialogue,
    replies: Sequence[Reply],
    *,
    consent: Consent | None,
    book: Book,
    language: Language,
) -> TurnAnswer:
    """The answer to one turn, in the language that the user writes or, where that is not told, asks
    for."""
    language = "en" if state.english else language
    found = assessed(state, book)
    quotes = {quote.code: quote.quote for quote in state.quotes}
    triage = answers.triage(
        state.case,
        found,
        quotes=[Symptom(code, quotes.get(code, "")) for code in state.case.symptoms],
        knowledge=book.knowledge,
        language=language,
        elapsed_ms=0,
    )
    return TurnAnswer(
        session_id=session_id,
        state=state.phase,
        message=wording.message(replies, state, found.advice, book=book, language=language),
        asked=wording.asked(replies),
        collected=collected(state),
        missing=missing(state),
        ktas=found.ktas,
        advice=triage.advice,
        engine=triage.engine,
        finished=state.phase == "done",
        expires_at=expires_at(state),
        triage=triage,
        consent=consent,
        wants_hospitals=_wants_hospitals(state),
    )


def collected(state: Dialogue) -> Collected:
    case, patient = state.case, state.case.patient
    return Collected(
        age_years=patient.age_years,
        age_days=patient.age_days,
        age_band=patient.age_band,
        gender=patient.gender,
        is_self=patient.is_self,
        symptoms=list(case.symptoms),
        negated=list(case.negated),
        history=list(case.history),
        special=list(case.special),
        location=_place(state.place),
        refused=[RefusedHospital(name=name) for name in state.refused],
    )


def phase_at(state: Dialogue, now: datetime) -> State:
    """The phase as a reader sees it now."""
    if state.phase != "ended" and is_over_time(state, now):
        return "expired"
    return state.phase


def expires_at(state: Dialogue) -> datetime:
    return state.last_at + TIME_OUT


def _wants_hospitals(state: Dialogue) -> bool:
    """Grave ones at once; others when the questions that could change the list are over."""
    if not state.place.is_known or state.case.ktas is None:
        return False
    return is_urgent(state.case) or state.wants_list or state.phase in ("confirm", "done")


def _place(place: Place) -> KnownPlace | None:
    if not place.is_known and place.text is None:
        return None
    return KnownPlace(latitude=place.latitude, longitude=place.longitude, text=place.text)
