"""Of whom a turn speaks: the patient, somebody else, or another patient than was thought."""

from dataclasses import dataclass
from typing import Literal

from services.triage.chat.book import Book
from services.triage.chat.dialogue import SELF, Dialogue
from services.triage.domain.people import Complaint, find_person
from services.triage.domain.reading import Reading, read
from services.triage.knowledge.model import Sex

About = Literal["patient", "named", "switched", "other"]
CHILDREN = frozenset({"child", "son", "daughter"})
VAGUE = frozenset({"child", "somebody", "pronoun"})


@dataclass(frozen=True, slots=True)
class Subject:
    """`about`: `named` says for the first time who the patient is, `switched` that it is another
    than was thought, `other` that the turn is not about the patient. `start` is where the person
    is named; `who` is None where nobody is."""

    about: About
    who: str | None
    sex: Sex | None
    start: int | None


def subject_of(text: str, state: Dialogue, book: Book, *, complaint: int | None) -> Subject:
    """Judged by the words alone; endings of verbs tell too little in a second turn."""
    reading = read(text)
    complaints = [] if complaint is None else [Complaint(complaint, rank=0)]
    person = find_person(
        reading, book.knowledge.lexicon.relations, complaints=complaints, codes=frozenset()
    )
    if person.start is None:
        return Subject("patient", None, None, None)
    who, sex = (SELF, None) if person.is_self else _named(reading, person.start, book)
    if who is None:
        return Subject("patient", None, None, None)
    return Subject(_about(who, reading, state, book), who, sex, person.start)


def _about(who: str, reading: Reading, state: Dialogue, book: Book) -> About:
    if _same(who, state.who):
        return "named" if not state.who_named else "patient"
    if state.pending == "safe_now" and who != SELF:
        return "other"  # whoever is with the patient
    corrects = book.words.switching.search(reading.squeezed) is not None
    if state.pending == "is_self" or (corrects and who != SELF):
        return "named" if state.who is None else "switched"
    if state.who_named:
        return "switched" if corrects else "other"
    if state.turns > 0 and who != SELF and book.words.family_history.search(reading.squeezed):
        return "other"
    return "named"


def _same(who: str, known: str | None) -> bool:
    if who == known or known is None:
        return who == known
    if SELF in (who, known):
        return False
    return {who, known} <= CHILDREN or who in VAGUE or known in VAGUE


def _named(reading: Reading, start: int, book: Book) -> tuple[str | None, Sex | None]:
    relations = book.knowledge.lexicon.relations
    words = [w for w in relations.sex_of if _stands_at(reading, w, start)]
    if not words:
        return None, None
    word = max(words, key=len)
    return book.words.person_of.get(word, word), relations.sex_of[word]


def _stands_at(reading: Reading, word: str, start: int) -> bool:
    """Letter by letter as it was written: "아 가슴이" names no 아가."""
    return reading.lowered.startswith(word, start)
