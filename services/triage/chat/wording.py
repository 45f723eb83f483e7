"""Replies in words: short, calm, one question at the end."""

from collections.abc import Sequence

from services.triage.chat.book import Book
from services.triage.chat.dialogue import Dialogue, Reply
from services.triage.domain.advice import Advice
from services.triage.knowledge.model import Wording
from shared.context import Language


def message(
    replies: Sequence[Reply], state: Dialogue, advice: Advice, *, book: Book, language: Language
) -> str:
    """All replies as one text."""
    texts = [_text(reply, state, advice, book, language) for reply in replies]
    return " ".join(dict.fromkeys(texts))


def asked(replies: Sequence[Reply]) -> str | None:
    """The code of the question among the replies."""
    return next((reply.code for reply in replies if reply.kind == "question"), None)


def _text(reply: Reply, state: Dialogue, advice: Advice, book: Book, language: Language) -> str:
    if reply.kind == "advice":
        return _of(advice.message, language)
    if reply.kind == "question":
        return _of(book.questions[reply.code].text, language)
    values = {name: ", ".join(words) for name, words in reply.values}
    if reply.code == "summary":
        values["facts"] = _facts(state, book, language)
    template = _of(book.replies[reply.code], language)
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _facts(state: Dialogue, book: Book, language: Language) -> str:
    case, ontology = state.case, book.knowledge.ontology
    symptoms = [_of(Wording(ontology[c].ko, ontology[c].en), language) for c in case.symptoms]
    parts = [_patient(state, language), *symptoms, *case.history, *case.special]
    said = ", ".join(part for part in parts if part)
    return said or _of(book.replies["unknown_facts"], language)


def _patient(state: Dialogue, language: Language) -> str:
    patient = state.case.patient
    english = language == "en"
    sexes = {"M": ("남자", "male"), "F": ("여자", "female")}
    sex = sexes[patient.gender][english] if patient.gender else ""
    age = patient.age_band or ""
    if patient.age_years is not None:
        age = f"{patient.age_years} years" if english else f"{patient.age_years}세"
    return " ".join(part for part in (age, sex) if part)


def _of(text: Wording, language: Language) -> str:
    return text.en if language == "en" else text.ko
