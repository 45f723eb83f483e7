"""The first words: chosen from the fixed list, never composed."""

from dataclasses import dataclass

from services.triage.domain.cases import Facts
from services.triage.domain.patterns import holds_any
from services.triage.knowledge.model import UNCLEAR, AdviceBook, AdviceText, Telephone, Wording

MOST_SITUATIONS = 3
MILD = 4
# Nobody for whom an ambulance is called drinks or eats before it is there.
_DRINKS = frozenset({"small_sips", "light_clothes"})


@dataclass(frozen=True, slots=True)
class Advice:
    """Every text carries both languages; the caller picks."""

    call_119: bool
    message: Wording
    actions: tuple[AdviceText, ...]
    do_not: tuple[AdviceText, ...]
    phones: tuple[Telephone, ...]


def advise(facts: Facts, *, urgent: bool, cry_for_help: bool, book: AdviceBook) -> Advice:
    """`urgent` is whether a red flag stands: only then, or on a cry for help without content,
    is anybody told to call 119."""
    unclear_cry = cry_for_help and not facts.codes
    call = urgent or unclear_cry
    fitting = [entry for entry in book.situations if holds_any(entry.when, facts)]
    chosen = fitting[:MOST_SITUATIONS]
    actions = [code for entry in chosen for code in entry.actions]
    do_not = [code for entry in chosen for code in entry.do_not]
    phones = [number for entry in chosen for number in entry.phones]
    if call:
        actions = _with_call(actions)
        phones.insert(0, "119")
    else:
        actions = [code for code in actions if code != "call_119"]
        phones = [number for number in phones if number != "119"]
    if urgent:
        actions = [code for code in actions if code not in _DRINKS]
        actions.append("show_crew")
        do_not.append("drive")
    lines = _consistent([*actions, *do_not], book)
    return Advice(
        call_119=call,
        message=book.messages[_message(facts, urgent=urgent, unclear_cry=unclear_cry)],
        actions=tuple(book.actions[code] for code in lines if code in book.actions),
        do_not=tuple(book.do_not[code] for code in lines if code in book.do_not),
        phones=tuple(book.phones[number] for number in dict.fromkeys(phones)),
    )


def _consistent(codes: list[str], book: AdviceBook) -> tuple[str, ...]:
    """Each line once, without what contradicts another."""
    kept = dict.fromkeys(codes)
    for stays, goes in book.contradictions:
        if stays in kept:
            kept.pop(goes, None)
    return tuple(kept)


def _with_call(actions: list[str]) -> list[str]:
    """Switching off the power or leaving the gas comes before any call."""
    if "call_119" in actions:
        return actions
    return ["call_119", *actions]


def _message(facts: Facts, *, urgent: bool, unclear_cry: bool) -> str:
    if urgent:
        return "call_119"
    if unclear_cry:
        return "call_119_help"
    if facts.lane is not None or "suicidal_ideation" in facts.codes:
        return "suicide"
    if facts.ktas is None:
        return "nothing"
    if UNCLEAR in facts.cues and not facts.codes:
        return "unclear"
    if facts.ktas > MILD:
        return "clinic"
    return "today" if facts.ktas == MILD else "urgent"
