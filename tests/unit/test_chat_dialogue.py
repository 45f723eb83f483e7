"""What becomes of a dialogue, turn by turn."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.triage.chat.dialogue import Dialogue, Located, Place, Reply, Said, begun
from services.triage.chat.questions import missing
from services.triage.chat.reducer import assessed, reduce
from services.triage.chat.telling import turn as told
from services.triage.domain.assessment import SEVERE
from tests.support.dialogues import START, book


def led(*texts: str) -> tuple[Dialogue, tuple[Reply, ...]]:
    state = begun(START)
    replies: tuple[Reply, ...] = ()
    for text in texts:
        state, replies = reduce(
            state, Said(text), state.last_at + timedelta(seconds=9), book=book()
        )
    return state, replies


def case_after(*texts: str) -> Dialogue:
    return led(*texts)[0]


def codes(replies: Sequence[Reply]) -> list[str]:
    return [reply.code for reply in replies]


def test_a_grave_complaint_is_answered_at_once_and_asks_for_the_place() -> None:
    state, replies = led("아버지가 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요")
    assert codes(replies) == ["message", "location"]
    answer = told("s" * 16, state, replies, consent=None, book=book(), language="ko")
    assert answer.message.startswith("지금 119에 전화하세요.")
    assert (answer.ktas, answer.advice.call_119, answer.wants_hospitals) == (2, True, False)


def test_the_list_comes_with_the_place_and_questions_go_on() -> None:
    state, replies = led("가슴이 아프고 식은땀이 나요", "부산 해운대")
    answer = told("s" * 16, state, replies, consent=None, book=book(), language="ko")
    assert answer.wants_hospitals
    assert not answer.finished
    assert answer.asked is not None


def test_a_mild_complaint_gets_its_list_when_the_questions_are_over() -> None:
    state = case_after("콧물이 나요", "30", "남자", "서울 강남")
    answer = told("s" * 16, state, (), consent=None, book=book(), language="ko")
    assert (state.phase, answer.wants_hospitals) == ("confirm", True)
    done = case_after("콧물이 나요", "30", "남자", "서울 강남", "ㅇㅇ")
    assert done.phase == "done"


def test_who_says_it_all_at_once_is_asked_nothing_again() -> None:
    state, replies = led("72세 남자 고혈압 가슴이 아프고 식은땀이 나요 서울 종로구예요")
    assert codes(replies)[-1] == "confirm"
    assert missing(state) == []


def test_a_correction_replaces_and_a_negation_removes() -> None:
    state = case_after(
        "가슴이 답답해요", "52", "아 아니다 53이에요", "아니다 가슴은 괜찮고 목이 아파요"
    )
    assert state.case.patient.age_years == 53
    assert "chest_pain" in state.case.negated
    assert "chest_pain" not in state.case.symptoms


def test_urgency_falls_with_what_it_rested_on() -> None:
    grave = case_after("가슴이 아파요")
    mended = case_after("가슴이 아파요", "아니다 가슴은 괜찮고 목이 아파요")
    assert (assessed(grave, book()).ktas or 9) <= SEVERE < (assessed(mended, book()).ktas or 9)


@pytest.mark.parametrize(
    "aside",
    ["엄마가 예전에 당뇨가 있으셨어요", "남편이 고혈압이에요", "친구가 옆에 있어요 서른 살이에요"],
)
def test_facts_of_another_person_do_not_leak_in(aside: str) -> None:
    state = case_after("저 배가 아파요", aside)
    assert (state.case.history, state.case.patient.is_self) == ((), True)
    assert (state.case.patient.age_years, state.case.patient.gender) == (None, None)


def test_the_writer_is_not_the_patient_whom_they_write_about() -> None:
    state = case_after("엄마가 배가 아파요", "저는 35살인데요", "제가 너무 무서워요")
    assert state.case.patient.age_years is None
    assert (state.case.symptoms, state.case.patient.gender) == (("abdominal_pain",), "F")


def test_two_words_that_would_make_a_person_make_none() -> None:
    patient = case_after("가슴이 아파요", "30 남자", "아 가락시장 근처예요").case.patient
    assert (patient.is_self, patient.gender) == (True, "M")


def test_another_patient_than_was_thought() -> None:
    state = case_after("배가 아파요", "제가 아니라 남편이요", "마흔하나")
    patient = state.case.patient
    assert (patient.is_self, patient.gender, patient.age_years) == (False, "M", 41)
    assert state.case.symptoms == ("abdominal_pain",)


def test_somebody_else_in_danger_is_sent_to_119_and_not_merged() -> None:
    state, replies = led("저 배가 아파요", "엄마가 쓰러졌어요 숨을 안 쉬어요")
    assert "another" in codes(replies)
    assert state.case.symptoms == ("abdominal_pain",)


def test_a_yes_is_an_answer_to_what_was_asked_and_to_nothing_else() -> None:
    _, replies = led("배가 아파요")
    asked = codes(replies)[-1]
    assert book().questions[asked].symptom == asked
    assert asked in case_after("배가 아파요", "네").case.symptoms
    assert asked in case_after("배가 아파요", "아뇨").case.negated
    dizzy = case_after("배가 아파요", "어지러워요").case
    assert (dizzy.symptoms, dizzy.negated) == (("abdominal_pain", "dizziness"), ())
    unsure = case_after("배가 아파요", "몰라요").case
    assert (unsure.symptoms, unsure.negated) == (("abdominal_pain",), ())


@pytest.mark.parametrize(
    "text",
    [
        "아이가 손가락을 칼에 베였어요",
        "5살 여자아이가 손가락을 베여서 피가 나요",
        "할머니가 코피가 나요",
    ],
)
def test_a_wound_is_first_asked_about_its_bleeding(text: str) -> None:
    calm, replies = led(text)
    assert codes(replies)[-1] == "bleeding"
    assert (case_after(text, "네").case.ktas or 9) < (calm.case.ktas or 9)
    assert case_after(text, "아니요, 멈췄어요").case.ktas == calm.case.ktas
    asked = set(case_after(text, "아니요", "몰라요", "몰라요", "몰라요").asked)
    assert asked.isdisjoint({"syncope", "altered_mental_status"})


def test_fainting_is_asked_where_it_could_change_the_answer() -> None:
    assert "syncope" in case_after("45세 남자인데 배가 아파요", "아니요", "아니요", "아니요").asked


def test_what_is_grave_at_that_age_by_itself_would_have_been_said() -> None:
    """A word like 아이 holds for newborns too, to whom a fever is grave with or without a cut."""
    asked = case_after("아이가 손가락을 칼에 베였어요", "아니요", "몰라요").asked
    assert set(asked).isdisjoint({"dyspnea", "fever", "vomiting"})


def test_a_refusal_by_name_and_one_without() -> None:
    named, replies = led("배가 아파요", "A병원에서 안 받아준대요")
    assert named.refused == ("A병원",)
    assert "refused" in codes(replies)
    _, replies = led("배가 아파요", "여기서 안 받아준대요")
    assert codes(replies)[-1] == "refused_name"
    assert case_after("배가 아파요", "여기서 안 받아준대요", "고려병원이요").refused == (
        "고려병원",
    )


def test_a_person_in_a_hurry_gets_the_list_and_no_more_questions() -> None:
    _, replies = led("배가 아파요", "그냥 병원이나 알려줘")
    assert codes(replies) == ["list", "location"]
    assert case_after("배가 아파요", "그냥 병원이나 알려줘", "대전 서구").phase == "done"


def test_a_name_of_several_places_is_asked_about_once() -> None:
    _, replies = led("콧물이 나요", "30", "남자", "북구")
    assert codes(replies)[-1] == "location_city"
    assert case_after("콧물이 나요", "30", "남자", "북구", "부산").place.text == "부산광역시 북구"


def test_a_place_may_be_told_before_and_after_it_is_asked_for() -> None:
    assert case_after("배가 아파요", "평택").place.text == "경기도 평택시"
    passed_over = case_after("콧물이 나요", "30", "남자", "몰라요", "ㅇㅇ")
    assert (passed_over.phase, passed_over.place.is_known) == ("done", False)
    late = case_after("콧물이 나요", "30", "남자", "몰라요", "ㅇㅇ", "수원시청 앞")
    assert late.place.text == "경기도 수원시"


def test_a_device_may_tell_the_place_while_another_question_stands() -> None:
    state = case_after("콧물이 나요")
    after, replies = reduce(state, Located(Place(37.5, 127.0)), state.last_at, book=book())
    assert (codes(replies), after.pending) == (["place_kept"], "age_years")
    assert "location" not in missing(after)


def test_words_do_not_move_a_point_that_was_measured() -> None:
    state = case_after("콧물이 나요")
    state, _ = reduce(state, Located(Place(37.5, 127.0)), state.last_at, book=book())
    after, _ = reduce(state, Said("부산 해운대구에서 왔어요"), state.last_at, book=book())
    assert (after.place.latitude, after.place.longitude) == (37.5, 127.0)


def test_who_writes_english_is_answered_in_english() -> None:
    state, replies = led("my wife has severe stomach pain", "31")
    answer = told("s" * 16, state, replies, consent=None, book=book(), language="ko")
    assert answer.message.isascii()
    korean, replies = led("my wife has severe stomach pain", "서른한 살이에요")
    answer = told("s" * 16, korean, replies, consent=None, book=book(), language="ko")
    assert not answer.message.isascii()


def test_the_suicide_lane_speaks_first_and_asks_little() -> None:
    state, replies = led("죽고 싶어요")
    assert codes(replies) == ["suicide", "safe_now"]
    answer = told("s" * 16, state, replies, consent=None, book=book(), language="ko")
    assert "109" in [phone.number for phone in answer.advice.phones]
    alone = case_after("죽고 싶어요", "아니요")
    assert "혼자 있음" in alone.case.special


def test_those_who_are_with_somebody_are_still_the_patient() -> None:
    assert case_after("손목을 그었어요", "네 친구 있어요").case.patient.is_self is not False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("안녕하세요", "hello"),
        ("어떡해요 빨리요", "panic"),
        ("씨발", "abuse"),
        ("날씨 어때요", "off_topic"),
        ("개인정보라 말 안할래요", "declined"),
        ("ㅁㄴㅇㄹ", "nothing"),
        ("我的妈妈不舒服", "foreign"),
    ],
)
def test_what_is_no_answer_is_met_calmly_and_nothing_is_asked_twice(text: str, code: str) -> None:
    state, replies = led(text)
    assert codes(replies)[0] == code
    assert [reply for reply in replies if reply.kind == "question"] == []
    assert state.pending == "symptoms"


def test_a_no_to_the_summary_invites_a_correction() -> None:
    path = ("콧물이 나요", "30", "남자", "서울 강남")
    state, replies = led(*path, "아니요")
    assert (codes(replies), state.phase) == (["wrong"], "confirm")
    mended = case_after(*path, "아니요", "31살이에요")
    assert (mended.case.patient.age_years, mended.phase) == (31, "done")


def test_an_english_answer_is_english() -> None:
    state, replies = led("I have chest pain and sweating")
    answer = told("s" * 16, state, replies, consent=None, book=book(), language="en")
    assert answer.message.isascii()
