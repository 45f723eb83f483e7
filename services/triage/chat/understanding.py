"""What a turn says, read in the light of the question that was asked."""

import re
from dataclasses import dataclass

from services.triage.chat.answers import age_said, is_self_said, sex_said
from services.triage.chat.book import Book
from services.triage.chat.dialogue import Dialogue
from services.triage.chat.people import CHILDREN, Subject, subject_of
from services.triage.chat.places import Found, find_place
from services.triage.chat.refusals import Refusals, find_refusals
from services.triage.chat.stance import Stance, is_bare, stance_of, tokens_of
from services.triage.domain.age_forms import Age
from services.triage.domain.extraction import Extraction, extract
from services.triage.domain.mentions import find_mentions
from services.triage.domain.reading import read
from services.triage.knowledge.model import Sex

SHORT = 4
ENGLISH_WORDS = 3
AGE_QUESTIONS = frozenset({"age_years", "age_days"})
_NOT_PREGNANT = re.compile(r"임신(?:은|이|도|한건|한거)?(?:절대|전혀)?(?:아니|아님|아닌|안)")
_JOSA = re.compile(r"(?:이|가|은|는|을|를|도)$")
_NAME_END = re.compile(r"(?:이요|요|이에요|예요|입니다|에서요|에서|이래요|래요)?[.!\s]*$")
NAME_LENGTHS = range(2, 31)
_FINE = r"(?:괜찮|멀쩡|안아[프파]|아픈(?:건|게|것은)?아니|아니|정상)"
_HANGUL = re.compile(r"[ㄱ-ㅎㅏ-ㅣ가-힣]")
_LATIN_WORD = re.compile(r"[A-Za-z']+")
_FOREIGN = re.compile(r"[^\W\d_ㄱ-ㅎㅏ-ㅣ가-힣a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Turn:
    """`found` is what the extractor reads of the part that is about the patient. The short answers
    are None where the text is none; `stance` counts only for the question that was asked.
    `tells_history` is whether a disease that is named answers the question for one; `taken_back`
    are findings of earlier turns that this one revokes by the words in which they were told."""

    found: Extraction
    stance: Stance | None
    subject: Subject
    age: Age | None
    sex: Sex | None
    is_self: bool | None
    denied_history: tuple[str, ...]
    denied_pregnancy: bool
    tells_history: bool
    taken_back: tuple[str, ...]
    place: Found | None
    refusals: Refusals
    kinds: frozenset[str]
    english: bool | None
    elsewhere: Extraction | None
    """What was said of somebody who is not the patient; it is never merged."""

    @property
    def says_nothing(self) -> bool:
        found, facts = self.found, (self.age, self.sex, self.is_self, self.place, self.stance)
        said = (found.symptoms, found.negated, found.history, found.special, found.lane,
                found.cry_for_help, self.refusals.names, self.refusals.nameless, self.kinds,
                self.denied_history, self.elsewhere, self.subject.who)  # fmt: skip
        patient = found.patient
        who = (patient.age_years, patient.age_band, patient.gender)
        return not any(said) and all(fact is None for fact in (*facts, *who))


def understand(text: str, state: Dialogue, book: Book, *, this_year: int) -> Turn:
    """Pure; `this_year` is the year in Korea, from which years of birth count."""
    knowledge = book.knowledge
    whole = extract(text, knowledge=knowledge, this_year=this_year)
    subject = subject_of(text, state, book, complaint=_complaint(text, whole))
    own, found, elsewhere = text, whole, None
    if subject.about == "other":
        own = text[: subject.start or 0]
        found = extract(own, knowledge=knowledge, this_year=this_year)
        elsewhere = whole
    stance = stance_of(text, book.words)
    is_short = len(tokens_of(own)) <= SHORT
    asks_age = state.pending in AGE_QUESTIONS or (is_short and _mends(own, state, book))
    needs_sex = state.pending == "gender" or (state.case.patient.gender is None and is_short)
    knows_age = state.case.patient.age_years is not None
    return Turn(
        found=found,
        stance=stance,
        subject=subject,
        age=None
        if knows_age and not asks_age
        else age_said(own, this_year=this_year, asked=asks_age, of_child=state.who in CHILDREN),
        sex=sex_said(own) if needs_sex else None,
        is_self=_is_self(text, stance, state),
        denied_history=_denied_history(own, book),
        denied_pregnancy=_NOT_PREGNANT.search(read(own).squeezed) is not None,
        tells_history=state.pending == "history"
        or (state.turns > 0 and len(tokens_of(own)) < SHORT - 1),
        taken_back=_taken_back(own, state, book),
        place=_place(own, state, book),
        refusals=_refusals(text, state, book),
        kinds=_kinds(text, whole, book),
        english=_is_english(text),
        elsewhere=elsewhere,
    )


def _is_english(text: str) -> bool | None:
    """None where the text does not tell: a number, a yes, a name."""
    if _HANGUL.search(text):
        return False
    return True if len(_LATIN_WORD.findall(text)) >= ENGLISH_WORDS else None


def _mends(text: str, state: Dialogue, book: Book) -> bool:
    """ "아니다 53이에요", or the answer to what is wrong with the summary."""
    if state.phase == "confirm" and state.pending is None:
        return True
    return book.words.taking_back.search(read(text).squeezed) is not None


def _is_self(text: str, stance: Stance | None, state: Dialogue) -> bool | None:
    if state.pending == "is_self":
        return is_self_said(text, stance)
    return is_self_said(text, None) if state.case.patient.is_self is None else None


def _complaint(text: str, found: Extraction) -> int | None:
    places = [text.find(symptom.quote) for symptom in found.symptoms]
    return min((place for place in places if place >= 0), default=None)


def _denied_history(text: str, book: Book) -> tuple[str, ...]:
    mentions = find_mentions(read(text), book.knowledge.lexicon.history)
    return tuple(m.matcher.name for m in mentions if m.stance == "denied")


def _taken_back(text: str, state: Dialogue, book: Book) -> tuple[str, ...]:
    """ "아니다 가슴은 괜찮고": only with a word of correction, as what has passed still counts."""
    squeezed = read(text).squeezed
    if not book.words.taking_back.search(squeezed):
        return ()
    return tuple(
        quote.code
        for quote in state.quotes
        if (noun := _noun(quote.quote))
        and re.search(rf"{re.escape(noun)}(?:은|는|이|가|도)?{_FINE}", squeezed)
    )


def _noun(quote: str) -> str | None:
    first = next(iter(quote.split()), "")
    stem = _JOSA.sub("", first)
    return stem if len(stem) > 1 and stem != first else None


def _place(text: str, state: Dialogue, book: Book) -> Found | None:
    if state.pending == "location_city":
        text = f"{text} {state.place.text or ''}"
    # Somebody who passed over the question may still name the place later.
    passed_over = "location" in state.asked and not state.place.is_known
    is_short = len(tokens_of(text)) < SHORT
    asked = state.pending in ("location", "location_city") or (passed_over and is_short)
    if asked and is_bare(text, book.words):
        return None
    return find_place(text, book.districts, asked=asked)


def _refusals(text: str, state: Dialogue, book: Book) -> Refusals:
    found = find_refusals(text, book.words)
    if state.pending != "refused_name" or found.names or is_bare(text, book.words):
        return found
    name = _NAME_END.sub("", text.strip())
    return Refusals((name,)) if len(name) in NAME_LENGTHS and len(name.split()) < SHORT else found


def _kinds(text: str, found: Extraction, book: Book) -> frozenset[str]:
    squeezed = read(text).squeezed
    kinds = {kind for kind, pattern in book.words.kinds.items() if pattern.search(squeezed)}
    letters = [c for c in text if c.isalpha()]
    if letters and not found.symptoms and len(_FOREIGN.findall(text)) * 2 > len(letters):
        kinds.add("foreign")
    return frozenset(kinds)
