"""The dialogue as one pure function: a state, an event and the time give a state and replies."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.triage.chat.book import Book
from services.triage.chat.dialogue import (
    PHASE_OF,
    Dialogue,
    Event,
    Left,
    Located,
    Place,
    Reply,
    Said,
    Told,
    is_over_time,
)
from services.triage.chat.merging import merge
from services.triage.chat.questions import is_urgent, next_question
from services.triage.chat.stance import is_bare
from services.triage.chat.understanding import Turn, understand
from services.triage.domain.assessment import Assessment, assess
from services.triage.domain.cases import Case, StatedFacts, case_of

KOREA = ZoneInfo("Asia/Seoul")
MOST_REFUSED = 50
PATIENCE = 3
"""Turns without a complaint for which we wait before other questions are put."""

SPOKEN_KINDS = ("abuse", "panic", "foreign", "off_topic", "declined", "list")


def reduce(
    state: Dialogue, event: Event, now: datetime, *, book: Book
) -> tuple[Dialogue, tuple[Reply, ...]]:
    """An ended dialogue stays ended, one without a word for five minutes expires; both are silent.
    Deterministic: nothing but the arguments counts."""
    if state.phase in ("expired", "ended"):
        return state, ()
    if is_over_time(state, now):
        return replace(state, phase="expired", pending=None), ()
    if isinstance(event, Left):
        return replace(state, phase="ended", pending=None, last_at=now), ()
    if isinstance(event, Located):
        return _located(state, event.place, now, book)
    return _said(state, event, now, book)


def resumed(state: Dialogue, now: datetime, *, book: Book) -> tuple[Dialogue, tuple[Reply, ...]]:
    """A new dialogue that holds the facts of an expired one; what was asked last may be asked
    again, as nobody answered it."""
    unanswered = {"symptoms"} if not state.case.symptoms else set()
    asked = tuple(code for code in state.asked if code != state.pending and code not in unanswered)
    fresh = replace(state, phase="collecting", last_at=now, asked=asked, pending=None, turns=0)
    return _onward(fresh, [Reply("reply", "resumed")], now, book)


def assessed(state: Dialogue, book: Book) -> Assessment:
    """Urgency and advice of a dialogue; what red flags ever advised is still told."""
    found = assess(state.case, knowledge=book.knowledge)
    advice, texts = found.advice, book.knowledge.advice
    actions = {text.code for text in advice.actions}
    do_not = {text.code for text in advice.do_not}
    phones = {phone.number for phone in advice.phones}
    told = state.told
    return replace(
        found,
        advice=replace(
            advice,
            actions=advice.actions
            + tuple(texts.actions[code] for code in told.actions if code not in actions),
            do_not=advice.do_not
            + tuple(texts.do_not[code] for code in told.do_not if code not in do_not),
            phones=advice.phones
            + tuple(texts.phones[number] for number in told.phones if number not in phones),
        ),
    )


def _said(
    state: Dialogue, event: Said, now: datetime, book: Book
) -> tuple[Dialogue, tuple[Reply, ...]]:
    turn = understand(event.text, state, book, this_year=now.astimezone(KOREA).year)
    merged = merge(state, turn, book)
    after = merged.state
    if merged.corrected:
        after = replace(after, case=replace(after.case, red_flags=(), ktas=None), told=Told())
    after = _judged(after, book)
    after, place_replies = _placed(after, turn)
    after, refusal_replies = _refused(after, turn)
    after = replace(
        after,
        turns=state.turns + 1,
        wants_list=state.wants_list or "list" in turn.kinds,
        english=state.english if turn.english is None else turn.english,
    )
    replies = [
        *_alarm(state, after, turn, book),
        *_kind_replies(turn, after),
        *place_replies,
        *refusal_replies,
    ]
    if _objects(state, turn, event.text, book):
        kept = replace(after, phase="confirm", pending=None, last_at=now)
        return kept, (*replies, Reply("reply", "wrong"))
    unnamed = turn.refusals.nameless and "refused_name" not in state.asked
    return _onward(after, replies, now, book, first="refused_name" if unnamed else None)


def _located(
    state: Dialogue, place: Place, now: datetime, book: Book
) -> tuple[Dialogue, tuple[Reply, ...]]:
    after = replace(state, place=replace(place, measured=True))
    kept = Reply("reply", "place_kept")
    if state.pending in (None, "location", "location_city"):
        return _onward(after, [kept], now, book)
    # The question that stands still waits for its answer; it is not put again.
    return replace(after, last_at=now), (kept,)


def _judged(state: Dialogue, book: Book) -> Dialogue:
    """The state with its red flags, level and their advice kept."""
    found = assessed(state, book)
    flags = tuple(flag.code for flag in found.red_flags)
    after = replace(state, case=replace(state.case, red_flags=flags, ktas=found.ktas))
    if not flags:
        return after
    advice = found.advice
    told = Told(
        actions=tuple(text.code for text in advice.actions),
        do_not=tuple(text.code for text in advice.do_not),
        phones=tuple(phone.number for phone in advice.phones),
    )
    return replace(after, told=told)


def _placed(state: Dialogue, turn: Turn) -> tuple[Dialogue, list[Reply]]:
    if turn.place is None:
        return state, []
    if state.place.measured or (turn.place.ambiguous and state.place.is_known):
        return state, []
    replies = [] if turn.place.ambiguous else [Reply("reply", "place_kept")]
    return replace(state, place=turn.place.place), replies


def _refused(state: Dialogue, turn: Turn) -> tuple[Dialogue, list[Reply]]:
    new = [name for name in turn.refusals.names if name not in state.refused]
    if new:
        refused = (*state.refused, *new)[:MOST_REFUSED]
        told = Reply("reply", "refused", (("names", tuple(new)),))
        return replace(state, refused=refused), [told]
    told_before = turn.refusals.nameless and "refused_name" in state.asked
    return state, [Reply("reply", "refused_nameless")] if told_before else []


def _alarm(before: Dialogue, after: Dialogue, turn: Turn, book: Book) -> list[Reply]:
    """What cannot wait: first words when it turns grave, or when somebody cries for help."""
    replies = []
    if after.case.lane is not None and before.case.lane is None:
        replies.append(Reply("reply", "suicide"))
    newly = is_urgent(after.case) and not is_urgent(before.case)
    if newly or (turn.found.cry_for_help and not after.case.symptoms):
        replies.append(Reply("advice", "message"))
    if turn.elsewhere is not None:
        own = Dialogue("collecting", after.last_at, case=_case_elsewhere(turn))
        if is_urgent(_judged(own, book).case):
            replies.append(Reply("reply", "another"))
    return replies


def _case_elsewhere(turn: Turn) -> Case:
    said = turn.elsewhere
    if said is None:
        return Case()
    return case_of(said, StatedFacts())


def _kind_replies(turn: Turn, state: Dialogue) -> list[Reply]:
    kinds = [kind for kind in SPOKEN_KINDS if kind in turn.kinds]
    if "greeting" in turn.kinds and state.turns == 1 and not state.case.symptoms:
        kinds.append("hello")
    if turn.says_nothing and not state.case.symptoms:
        kinds.append("nothing")
    return [Reply("reply", kind) for kind in kinds[:1]]


def _awaits_complaint(state: Dialogue) -> bool:
    """Nothing is worth asking before the complaint; after a few turns without one we go on."""
    silent = not state.case.symptoms and state.case.lane is None
    return silent and "symptoms" in state.asked and 0 < state.turns <= PATIENCE


def _invites(replies: list[Reply]) -> bool:
    return any(reply.code in ("hello", "nothing") for reply in replies)


def _objects(state: Dialogue, turn: Turn, text: str, book: Book) -> bool:
    return state.pending == "confirm" and turn.stance == "no" and is_bare(text, book.words)


def _onward(
    state: Dialogue,
    replies: list[Reply],
    now: datetime,
    book: Book,
    *,
    first: str | None = None,
) -> tuple[Dialogue, tuple[Reply, ...]]:
    """Put the next question, or say that all is told."""
    if _awaits_complaint(state):
        told = replies if _invites(replies) else [*replies, Reply("reply", "tell_more")]
        return replace(state, phase="collecting", pending="symptoms", last_at=now), tuple(told)
    question = next_question(state, book, first=first)
    if question is None:
        if state.phase == "done" and state.place.is_known:
            closing = "noted"
        else:
            closing = "done" if state.place.is_known else "place_needed"
        done = replace(state, phase="done", pending=None, last_at=now)
        return done, (*replies, Reply("reply", closing))
    after = replace(
        state,
        phase=PHASE_OF.get(question, "collecting"),
        pending=question,
        asked=(*state.asked, question),
        last_at=now,
    )
    if question == "confirm":
        replies = [*replies, Reply("reply", "summary")]
    return after, (*replies, Reply("question", question))
