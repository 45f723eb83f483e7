"""Laws of the dialogue, whatever people write: nothing is forgotten, nothing is asked twice, advice
stays, urgency falls only where the user takes something back, and the same is always the same."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.chat.book import Book
from services.triage.chat.dialogue import (
    TIME_OUT,
    Dialogue,
    Event,
    Left,
    Located,
    Place,
    Reply,
    Said,
    begun,
)
from services.triage.chat.merging import merge
from services.triage.chat.reducer import KOREA, assessed, reduce, resumed
from services.triage.chat.understanding import understand
from tests.support.dialogues import START, book

BOOK: Book = book()
STEP = timedelta(seconds=20)
LEAST_URGENT = 6
TURNS = [
    "안녕하세요",
    "네",
    "ㅇㅇ",
    "아뇨 없음",
    "몰라요",
    "글쎄요",
    "네 맞아요 근데 더 아파요",
    "72",
    "34살이에요",
    "남자요",
    "여자요",
    "엄마요",
    "저요",
    "서울 강남",
    "북구",
    "부산",
    "당뇨요",
    "없어요",
    "어지러워요",
    "가슴이 아파요",
    "숨이 차고 식은땀이 나요",
    "배가 아프고 토했어요",
    "열이 39도예요",
    "머리가 깨질 것 같아요",
    "아니다 가슴은 괜찮고 목이 아파요",
    "열은 없어요",
    "아버지가 말이 어눌해졌어요",
    "아기가 5개월이에요",
    "제가 아니라 남편이요",
    "저는 40살인데요",
    "친구가 쓰러졌어요",
    "임신 20주예요",
    "임신 아니에요",
    "당뇨는 없어요",
    "A병원에서 안 받아준대요",
    "여기서 안 받아준대요",
    "그냥 병원이나 알려줘",
    "왜 물어봐요",
    "죽고 싶어요",
    "손목을 그었어요",
    "살려주세요",
    "얼마예요",
    "씨발",
    "肚子疼",
    "chest pain",
    "yes",
    "no",
    "",
    "ㅠㅠ",
    "70 아니고 75예요",
    "엄마도 예전에 당뇨가 있으셨어요",
    "의식이 없어요",
    "피가 안 멈춰요",
]
ADDING = [
    "네",
    "ㅇㅇ",
    "몰라요",
    "글쎄요",
    "72",
    "어지러워요",
    "가슴이 아파요",
    "숨이 차고 식은땀이 나요",
    "배가 아프고 토했어요",
    "열이 39도예요",
    "머리가 깨질 것 같아요",
    "당뇨요",
    "서울 강남",
    "의식이 없어요",
    "피가 안 멈춰요",
    "A병원에서 안 받아준대요",
    "빨리요",
    "",
    "얼마예요",
]
"""Turns in which nobody takes anything back."""
said = st.builds(
    Said,
    st.one_of(
        st.sampled_from(TURNS),
        st.lists(st.sampled_from(TURNS), min_size=2, max_size=3).map(" ".join),
        st.text(max_size=30),
    ),
)
located = st.builds(
    Located, st.builds(Place, st.floats(33, 38), st.floats(125, 131), st.none() | st.just("집"))
)
events = st.lists(st.one_of(said, said, said, located), min_size=1, max_size=12)


def led(path: list[Event]) -> list[tuple[Dialogue, tuple[Reply, ...]]]:
    """Every state on the way, the first one among them."""
    state = begun(START)
    states: list[tuple[Dialogue, tuple[Reply, ...]]] = [(state, ())]
    for event in path:
        state, replies = reduce(state, event, state.last_at + STEP, book=BOOK)
        states.append((state, replies))
    return states


def corrects(state: Dialogue, event: Event) -> bool:
    if not isinstance(event, Said):
        return False
    year = (state.last_at + STEP).astimezone(KOREA).year
    return merge(state, understand(event.text, state, BOOK, this_year=year), BOOK).corrected


@settings(max_examples=60, deadline=None)
@given(events)
def test_urgency_falls_and_advice_goes_only_with_a_correction(path: list[Event]) -> None:
    states = led(path)
    for (before, _), event, (after, _) in zip(states, path, states[1:], strict=False):
        if corrects(before, event):
            continue
        was, now = assessed(before, BOOK), assessed(after, BOOK)
        assert (now.ktas or LEAST_URGENT) <= (was.ktas or LEAST_URGENT)
        flags = {flag.code for flag in was.red_flags}
        assert flags <= {flag.code for flag in now.red_flags}
        if flags:
            assert now.advice.call_119
            assert set(was.advice.actions) <= set(now.advice.actions)
            assert set(was.advice.do_not) <= set(now.advice.do_not)
            assert set(was.advice.phones) <= set(now.advice.phones)


@settings(max_examples=60, deadline=None)
@given(events)
def test_nothing_known_is_lost_without_a_correction(path: list[Event]) -> None:
    states = led(path)
    for (before, _), event, (after, _) in zip(states, path, states[1:], strict=False):
        if corrects(before, event):
            continue
        was, now = before.case, after.case
        assert set(was.symptoms) <= set(now.symptoms)
        assert set(was.history) <= set(now.history)
        assert was.patient.gender in (None, now.patient.gender)
        assert was.patient.age_years in (None, now.patient.age_years)
        assert was.patient.is_self is None or now.patient.is_self is not None
        assert not before.place.is_known or after.place.is_known
        assert before.refused == after.refused[: len(before.refused)]
        assert not set(now.symptoms) & set(now.negated)


@settings(max_examples=60, deadline=None)
@given(events)
def test_no_question_is_put_twice_and_at_most_one_at_a_time(path: list[Event]) -> None:
    put = ["symptoms"]
    again: set[str] = set()
    state = begun(START)
    for event in path:
        before = state
        state, replies = reduce(state, event, state.last_at + STEP, book=BOOK)
        asked = [reply.code for reply in replies if reply.kind == "question"]
        assert len(asked) <= 1
        again |= set(before.asked) - set(state.asked)  # another patient than was thought
        assert not set(asked) & set(put) - again
        put += asked


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ADDING), min_size=1, max_size=12))
def test_turns_that_only_add_never_count_as_corrections(texts: list[str]) -> None:
    path: list[Event] = [Said(text) for text in texts]
    states = led(path)
    levels = [assessed(state, BOOK).ktas or LEAST_URGENT for state, _ in states]
    assert levels == sorted(levels, reverse=True)
    assert not any(
        corrects(before, event) for (before, _), event in zip(states, path, strict=False)
    )
    symptoms = [set(state.case.symptoms) for state, _ in states]
    assert all(before <= after for before, after in pairwise(symptoms))


@settings(max_examples=40, deadline=None)
@given(events)
def test_the_same_events_lead_to_the_same_state(path: list[Event]) -> None:
    assert led(path) == led(path)


@settings(max_examples=30, deadline=None)
@given(events, st.sampled_from([Said("72"), Left(), Located(Place(37.5, 127.0))]))
def test_time_and_the_end_are_final_and_a_successor_holds_the_facts(
    path: list[Event], last: Event
) -> None:
    state, _ = led(path)[-1]
    over, replies = reduce(state, last, state.last_at + TIME_OUT, book=BOOK)
    assert (over.phase, replies) == ("expired", ())
    assert reduce(over, Said("네"), over.last_at, book=BOOK) == (over, ())
    fresh, _ = resumed(state, state.last_at + TIME_OUT, book=BOOK)
    assert fresh.phase not in ("expired", "ended")
    assert (fresh.case, fresh.place, fresh.refused) == (state.case, state.place, state.refused)
    ended, _ = reduce(state, Left(), state.last_at + STEP, book=BOOK)
    assert ended.phase == "ended"
    assert reduce(ended, Said("네"), ended.last_at, book=BOOK) == (ended, ())
